-- I14: what a layer has left is the sum of its values. That the values of an entry equal its lines on stock accounts (I8), the ledger
-- checks when it seals; so values join draft entries only, and at commit their entry is posted.

CREATE OR REPLACE FUNCTION erp_new_layer() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM kernel_product WHERE id = NEW.product_id AND company_id = NEW.company_id)
       OR NOT EXISTS (SELECT 1 FROM erp_warehouse WHERE id = NEW.warehouse_id AND company_id = NEW.company_id)
       OR NOT EXISTS (SELECT 1 FROM erp_account WHERE id = NEW.account_id AND company_id = NEW.company_id AND control = 'stock')
       OR NEW.lot_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM erp_lot WHERE id = NEW.lot_id AND product_id = NEW.product_id) THEN
        RAISE EXCEPTION 'a cost layer names product, warehouse, lot and stock account of its own company'
            USING ERRCODE = '23514', CONSTRAINT = 'cost_layer_in_one_company';
    END IF;
    NEW.remaining_quantity := 0;
    NEW.remaining_value := 0;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER new_layer BEFORE INSERT ON erp_costlayer FOR EACH ROW EXECUTE FUNCTION erp_new_layer();

CREATE OR REPLACE FUNCTION erp_keep_layers() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE
    change record;
BEGIN
    IF EXISTS (
        SELECT 1 FROM added a LEFT JOIN erp_stockmove m ON m.id = a.move_id LEFT JOIN erp_location l ON l.id = m.location_id
         WHERE CASE WHEN a.move_id IS NULL THEN a.quantity <> 0 OR a.entry_id IS NULL
               ELSE (m.company_id, m.product_id, l.warehouse_id, m.ledger_date) <> (a.company_id, a.product_id, a.warehouse_id, a.ledger_date)
                    OR m.entry_id IS DISTINCT FROM a.entry_id OR m.quantity * a.quantity < 0 OR a.quantity * a.value < 0 END
    ) THEN
        RAISE EXCEPTION 'a stock value does not fit its move' USING ERRCODE = '23514', CONSTRAINT = 'stock_value_fits_its_move';
    END IF;
    IF 'posted' = ANY (ARRAY(SELECT e.status FROM erp_journalentry e WHERE e.id IN (SELECT a.entry_id FROM added a) FOR SHARE)) THEN
        RAISE EXCEPTION 'the entry is posted: no value joins it' USING ERRCODE = '23514', CONSTRAINT = 'stock_value_joins_a_draft';
    END IF;
    FOR change IN
        SELECT a.company_id, a.layer_id, a.product_id, a.warehouse_id, a.account_id, sum(a.quantity) AS quantity, sum(a.value) AS value
          FROM added a GROUP BY 1, 2, 3, 4, 5 ORDER BY 2
    LOOP
        UPDATE erp_costlayer c
           SET remaining_quantity = c.remaining_quantity + change.quantity, remaining_value = c.remaining_value + change.value
         WHERE c.id = change.layer_id AND c.company_id = change.company_id AND c.product_id = change.product_id
           AND c.warehouse_id = change.warehouse_id AND c.account_id = change.account_id;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'a stock value does not fit its layer' USING ERRCODE = '23514', CONSTRAINT = 'stock_value_fits_its_layer';
        END IF;
    END LOOP;
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER keep_layers AFTER INSERT ON erp_stockvalue
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION erp_keep_layers();

CREATE OR REPLACE FUNCTION erp_check_value() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE
    entry record; returned record;
BEGIN
    IF NEW.line_key <> '' AND NEW.quantity > 0 THEN
        SELECT sum(v.quantity) AS quantity, bool_or(m.kind = 'return') AS is_return INTO returned
          FROM erp_stockvalue v JOIN erp_stockmove m ON m.id = v.move_id WHERE v.company_id = NEW.company_id AND v.line_key = NEW.line_key;
        IF returned.is_return AND returned.quantity > 0 THEN
            RAISE EXCEPTION '% brings back more than left', NEW.line_key USING ERRCODE = '23514', CONSTRAINT = 'returned_within_issued';
        END IF;
    END IF;
    IF NEW.entry_id IS NULL THEN
        IF EXISTS (
            SELECT 1 FROM erp_stockvalue v JOIN erp_stockmove m ON m.id = v.move_id
             WHERE v.entry_id IS NULL AND m.company_id = NEW.company_id
               AND m.document_key = (SELECT document_key FROM erp_stockmove WHERE id = NEW.move_id)
             GROUP BY v.account_id, v.ledger_date HAVING sum(v.value) <> 0
        ) THEN
            RAISE EXCEPTION 'value moved between accounts without an entry' USING ERRCODE = '23514', CONSTRAINT = 'stock_value_has_an_entry';
        END IF;
        RETURN NULL;
    END IF;
    IF EXISTS (SELECT 1 FROM erp_stockvalue WHERE entry_id = NEW.entry_id AND id > NEW.id) THEN
        RETURN NULL;
    END IF;
    SELECT status, ledger_date, company_id INTO entry FROM erp_journalentry WHERE id = NEW.entry_id;
    IF EXISTS (SELECT 1 FROM erp_stockvalue v WHERE v.entry_id = NEW.entry_id
                  AND (v.ledger_date, v.company_id) IS DISTINCT FROM (entry.ledger_date, entry.company_id)) THEN
        RAISE EXCEPTION 'stock values and entry % differ in date or company', NEW.entry_id USING ERRCODE = '23514', CONSTRAINT = 'stock_value_dated_as_entry';
    END IF;
    IF entry.status <> 'posted' THEN
        RAISE EXCEPTION 'stock was valued by entry %, which is not posted', NEW.entry_id USING ERRCODE = '23514', CONSTRAINT = 'stock_value_is_posted';
    END IF;
    RETURN NULL;
END $$;

-- These stand for the ledger's plain ones, which do not know values without an entry.
DROP TRIGGER IF EXISTS guard_entry_value ON erp_stockvalue;
DROP TRIGGER IF EXISTS value_has_posted_entry ON erp_stockvalue;
DROP TRIGGER IF EXISTS check_value ON erp_stockvalue;
CREATE CONSTRAINT TRIGGER check_value AFTER INSERT ON erp_stockvalue DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION erp_check_value();

-- Layers of these products in these warehouses, locked in key order: those with stock, the pools, and what is owed.
CREATE OR REPLACE FUNCTION erp_open_layers(p_company bigint, p_products bigint[], p_warehouses bigint[]) RETURNS TABLE (
    id bigint, product_id bigint, warehouse_id bigint, account_id bigint, lot_id bigint, is_pool boolean, is_owed boolean, kept_for text,
    received_on date, unit_cost numeric, remaining_quantity numeric, remaining_value numeric
) LANGUAGE sql SECURITY DEFINER SET search_path = public AS $$
    SELECT c.id, c.product_id, c.warehouse_id, c.account_id, c.lot_id, c.is_pool, c.is_owed, c.kept_for, c.received_on, c.unit_cost,
           c.remaining_quantity, c.remaining_value
      FROM erp_costlayer c
     WHERE c.company_id = p_company AND c.product_id = ANY (p_products) AND c.warehouse_id = ANY (p_warehouses)
       AND (c.remaining_quantity <> 0 OR c.is_pool OR c.is_owed)
     ORDER BY c.id FOR NO KEY UPDATE
$$;

-- What document lines issued and did not get back yet, per lot; who asks holds the lines until the transaction ends.
CREATE OR REPLACE FUNCTION erp_issued(p_company bigint, p_lines text[]) RETURNS TABLE (
    line_key text, product_id bigint, lot_id bigint, quantity numeric, value numeric
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended(p_company || ' issued ' || k, 0)) FROM (SELECT DISTINCT unnest(p_lines) AS k ORDER BY 1) keys;
    RETURN QUERY
        SELECT v.line_key::text, v.product_id, c.lot_id, -sum(v.quantity), -sum(v.value)
          FROM erp_stockvalue v JOIN erp_costlayer c ON c.id = v.layer_id
         WHERE v.company_id = p_company AND v.line_key = ANY (p_lines) AND v.line_key <> ''
         GROUP BY 1, 2, 3 HAVING sum(v.quantity) < 0 ORDER BY 1, 2, 3;
END $$;
