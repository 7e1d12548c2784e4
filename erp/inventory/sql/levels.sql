-- I6: on hand is the sum of moves. The application's role inserts moves and reads levels; only these triggers write a level.

CREATE OR REPLACE FUNCTION erp_keep_levels() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE
    moved record; place record; article record;
BEGIN
    FOR moved IN
        SELECT a.company_id, a.product_id, a.location_id, a.lot_id, sum(a.quantity) AS quantity,
               (SELECT s.id FROM erp_stocklevel s
                 WHERE s.product_id = a.product_id AND s.location_id = a.location_id AND s.lot_id IS NOT DISTINCT FROM a.lot_id) AS level_id
          FROM added a GROUP BY 1, 2, 3, 4 ORDER BY 6 NULLS LAST, 2, 3, 4
    LOOP
        UPDATE erp_stocklevel SET on_hand = on_hand + moved.quantity WHERE id = moved.level_id AND company_id = moved.company_id;
        CONTINUE WHEN FOUND;
        SELECT kind, tracking INTO article FROM kernel_product WHERE id = moved.product_id AND company_id = moved.company_id;
        SELECT allow_negative INTO place FROM erp_location WHERE id = moved.location_id AND company_id = moved.company_id;
        IF article IS NULL OR place IS NULL THEN
            RAISE EXCEPTION 'product, location and move belong to one company' USING ERRCODE = '23514', CONSTRAINT = 'stock_move_in_one_company';
        END IF;
        IF article.kind <> 'goods' THEN
            RAISE EXCEPTION 'only goods have stock' USING ERRCODE = '23514', CONSTRAINT = 'stock_move_of_goods';
        END IF;
        IF (article.tracking = 'lot') <> (moved.lot_id IS NOT NULL) OR moved.lot_id IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM erp_lot WHERE id = moved.lot_id AND product_id = moved.product_id
        ) THEN
            RAISE EXCEPTION 'a lot-tracked product moves with a lot of its own, another product without' USING ERRCODE = '23514', CONSTRAINT = 'stock_move_lot';
        END IF;
        INSERT INTO erp_stocklevel (company_id, product_id, location_id, lot_id, on_hand, reserved, allow_negative)
        VALUES (moved.company_id, moved.product_id, moved.location_id, moved.lot_id, 0, 0, place.allow_negative)
        ON CONFLICT ON CONSTRAINT stock_level_once DO NOTHING;
        UPDATE erp_stocklevel SET on_hand = on_hand + moved.quantity
         WHERE product_id = moved.product_id AND location_id = moved.location_id AND lot_id IS NOT DISTINCT FROM moved.lot_id
           AND company_id = moved.company_id;
    END LOOP;
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER keep_levels AFTER INSERT ON erp_stockmove
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION erp_keep_levels();

-- A move without an entry (a transfer inside one account) has no period check of the ledger: it has this one (I3).
CREATE OR REPLACE FUNCTION erp_move_in_open_period() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE
    state text;
BEGIN
    SELECT p.status INTO state FROM kernel_period p
     WHERE p.company_id = NEW.company_id AND NOT p.is_closing AND NEW.ledger_date BETWEEN p.starts_on AND p.ends_on FOR SHARE;
    IF state IS DISTINCT FROM 'open' THEN
        RAISE EXCEPTION '% is not in an open period', NEW.ledger_date USING ERRCODE = '23514', CONSTRAINT = 'stock_move_period_open';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER move_in_open_period BEFORE INSERT ON erp_stockmove
    FOR EACH ROW WHEN (NEW.entry_id IS NULL) EXECUTE FUNCTION erp_move_in_open_period();

-- Quantity and value go together: each move carries its values at commit, or is one side of a transfer inside a warehouse.
CREATE OR REPLACE FUNCTION erp_check_move() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE
    valued numeric;
BEGIN
    SELECT sum(quantity) INTO valued FROM erp_stockvalue WHERE move_id = NEW.id;
    IF valued = NEW.quantity THEN RETURN NULL; END IF;
    IF valued IS NULL AND NEW.kind = 'transfer' AND 0 = (
        SELECT sum(m.quantity) FROM erp_stockmove m JOIN erp_location l ON l.id = m.location_id
         WHERE m.company_id = NEW.company_id AND m.document_key = NEW.document_key AND m.product_id = NEW.product_id AND m.kind = 'transfer'
           AND m.lot_id IS NOT DISTINCT FROM NEW.lot_id
           AND l.warehouse_id = (SELECT warehouse_id FROM erp_location WHERE id = NEW.location_id)
           AND NOT EXISTS (SELECT 1 FROM erp_stockvalue v WHERE v.move_id = m.id)
    ) THEN RETURN NULL; END IF;
    RAISE EXCEPTION 'stock move % of % is valued for %', NEW.id, NEW.quantity, coalesce(valued, 0)
        USING ERRCODE = '23514', CONSTRAINT = 'stock_move_is_valued';
END $$;

DROP TRIGGER IF EXISTS check_move ON erp_stockmove;
CREATE CONSTRAINT TRIGGER check_move AFTER INSERT ON erp_stockmove DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION erp_check_move();

-- A location's leave to go below zero stands on its levels too, where the CHECK reads it.
CREATE OR REPLACE FUNCTION erp_location_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    IF (NEW.warehouse_id, NEW.company_id) IS DISTINCT FROM (OLD.warehouse_id, OLD.company_id)
       AND EXISTS (SELECT 1 FROM erp_stocklevel WHERE location_id = NEW.id) THEN
        RAISE EXCEPTION 'Location % has had stock: it stays in its warehouse', NEW.code USING ERRCODE = '23514', CONSTRAINT = 'location_keeps_its_warehouse';
    END IF;
    IF NEW.allow_negative IS DISTINCT FROM OLD.allow_negative THEN
        UPDATE erp_stocklevel SET allow_negative = NEW.allow_negative WHERE location_id = NEW.id;
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER location_changed AFTER UPDATE ON erp_location FOR EACH ROW EXECUTE FUNCTION erp_location_changed();

-- The levels of these products, locked in key order: whoever moves and values takes this lock first.
CREATE OR REPLACE FUNCTION erp_lock_levels(p_company bigint, p_products bigint[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    PERFORM 1 FROM erp_stocklevel s WHERE s.company_id = p_company AND s.product_id = ANY (p_products) ORDER BY s.id FOR NO KEY UPDATE;
END $$;
