-- Movements join draft entries only, and at commit their entry is posted.
CREATE TRIGGER guard_asset_movement BEFORE INSERT OR UPDATE OR DELETE ON erp_assetmovement FOR EACH ROW EXECUTE FUNCTION erp_guard_entry_row();
CREATE CONSTRAINT TRIGGER asset_movement_has_posted_entry AFTER INSERT ON erp_assetmovement DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION erp_require_posted_entry();
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON erp_assetmovement FOR EACH ROW EXECUTE FUNCTION kernel_refuse_change();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON erp_assetmovement EXECUTE FUNCTION erp_refuse_truncate();
ALTER TABLE erp_assetmovement ADD CONSTRAINT asset_movement_of_company FOREIGN KEY (asset_id, company_id) REFERENCES erp_asset (id, company_id);

-- From its first movement on, an asset's cost, salvage value and accumulated depreciation are the sums of its movements, whatever anybody writes.
CREATE OR REPLACE FUNCTION erp_keep_asset() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE moved record;
BEGIN
    SELECT count(*) AS rows, sum(cost) AS cost, sum(salvage) AS salvage, sum(depreciation) AS depreciation INTO moved
      FROM erp_assetmovement WHERE asset_id = OLD.id;
    IF moved.rows = 0 THEN
        IF NEW.status <> 'draft' OR NEW.accumulated <> 0 THEN
            RAISE EXCEPTION 'Asset % has no entry that places it in service', coalesce(OLD.number, OLD.id::text)
                USING ERRCODE = '23514', CONSTRAINT = 'asset_in_service_has_movements';
        END IF;
        RETURN NEW;
    END IF;
    IF NEW.company_id <> OLD.company_id OR NEW.asset_class_id <> OLD.asset_class_id
       OR (NEW.status = 'draft' AND OLD.status <> 'draft') THEN
        RAISE EXCEPTION 'Asset % is in the books: its class and company stay, and it is no draft again', coalesce(OLD.number, OLD.id::text)
            USING ERRCODE = '23514', CONSTRAINT = 'asset_in_books_stays';
    END IF;
    NEW.cost := moved.cost;
    NEW.salvage := moved.salvage;
    NEW.accumulated := moved.depreciation;
    IF moved.cost = 0 AND NEW.status NOT IN ('sold', 'scrapped') AND OLD.cost = 0 THEN
        RAISE EXCEPTION 'Asset % is gone', coalesce(OLD.number, OLD.id::text) USING ERRCODE = '23514', CONSTRAINT = 'asset_gone_stays_gone';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER keep_asset BEFORE UPDATE ON erp_asset FOR EACH ROW EXECUTE FUNCTION erp_keep_asset();

CREATE OR REPLACE FUNCTION erp_guard_new_asset() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.status <> 'draft' OR NEW.accumulated <> 0 THEN
        RAISE EXCEPTION 'An asset begins as a draft' USING ERRCODE = '23514', CONSTRAINT = 'asset_begins_as_draft';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard_new_asset BEFORE INSERT ON erp_asset FOR EACH ROW EXECUTE FUNCTION erp_guard_new_asset();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON erp_asset EXECUTE FUNCTION erp_refuse_truncate();

-- When the last part goes the status says how, in the same statement: the checks of the row hold at every moment.
CREATE OR REPLACE FUNCTION erp_move_asset() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    UPDATE erp_asset a SET status = CASE WHEN m.cost > 0 THEN a.status WHEN NEW.kind = 'sale' THEN 'sold' ELSE 'scrapped' END, cost = m.cost
      FROM (SELECT sum(cost) AS cost FROM erp_assetmovement WHERE asset_id = NEW.asset_id) m
     WHERE a.id = NEW.asset_id;
    RETURN NULL;
END $$;
CREATE TRIGGER move_asset AFTER INSERT ON erp_assetmovement FOR EACH ROW EXECUTE FUNCTION erp_move_asset();

-- What an entry puts on the accounts of fixed assets (clearing items, equal to the ledger by erp_check_entry) is what its movements say, asset by asset.
CREATE OR REPLACE FUNCTION erp_check_assets() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE guilty record;
BEGIN
    SELECT x.line_key, x.role, sum(x.amount) AS difference INTO guilty FROM (
        SELECT 'erp.asset:' || asset_id AS line_key, 'FA_COST' AS role, cost AS amount FROM erp_assetmovement WHERE entry_id = NEW.entry_id
        UNION ALL SELECT 'erp.asset:' || asset_id, 'ACCUM_DEPRECIATION', -depreciation FROM erp_assetmovement WHERE entry_id = NEW.entry_id
        UNION ALL SELECT line_key, role, -amount FROM erp_clearingitem WHERE entry_id = NEW.entry_id AND role IN ('FA_COST', 'ACCUM_DEPRECIATION')
    ) x GROUP BY 1, 2 HAVING sum(x.amount) <> 0 LIMIT 1;
    IF guilty.line_key IS NOT NULL THEN
        RAISE EXCEPTION 'Entry %: % of % differs by % from the asset register', NEW.entry_id, guilty.role, guilty.line_key, guilty.difference
            USING ERRCODE = '23514', CONSTRAINT = 'asset_register_equals_ledger';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER check_assets AFTER INSERT ON erp_assetmovement DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION erp_check_assets();
CREATE CONSTRAINT TRIGGER check_assets AFTER INSERT ON erp_clearingitem DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.role IN ('FA_COST', 'ACCUM_DEPRECIATION')) EXECUTE FUNCTION erp_check_assets();
