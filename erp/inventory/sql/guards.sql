-- I2: what moved and what it was worth is never changed. The owner's own role must not slip either.

CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON erp_stockmove FOR EACH ROW EXECUTE FUNCTION kernel_refuse_change();
CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON erp_stockvalue FOR EACH ROW EXECUTE FUNCTION kernel_refuse_change();
CREATE OR REPLACE TRIGGER keeps_rows BEFORE TRUNCATE ON erp_stockmove FOR EACH STATEMENT EXECUTE FUNCTION kernel_refuse_change();
CREATE OR REPLACE TRIGGER keeps_rows BEFORE TRUNCATE ON erp_stockvalue FOR EACH STATEMENT EXECUTE FUNCTION kernel_refuse_change();
CREATE OR REPLACE TRIGGER keeps_rows BEFORE TRUNCATE ON erp_costlayer FOR EACH STATEMENT EXECUTE FUNCTION kernel_refuse_change();
CREATE OR REPLACE TRIGGER keeps_rows BEFORE TRUNCATE ON erp_stocklevel FOR EACH STATEMENT EXECUTE FUNCTION kernel_refuse_change();
CREATE OR REPLACE TRIGGER keeps_rows BEFORE TRUNCATE ON erp_reservation FOR EACH STATEMENT EXECUTE FUNCTION kernel_refuse_change();

-- Levels and layers change only where a trigger keeps them.
CREATE OR REPLACE TRIGGER kept_by_moves BEFORE INSERT OR UPDATE OR DELETE ON erp_stocklevel
    FOR EACH ROW WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION kernel_refuse_change();
CREATE OR REPLACE TRIGGER kept_by_values BEFORE UPDATE OR DELETE ON erp_costlayer
    FOR EACH ROW WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION kernel_refuse_change();

-- What stock is counted in, how it is valued and tracked, is fixed once it moved.
CREATE OR REPLACE FUNCTION erp_product_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    IF (NEW.kind, NEW.unit_id, NEW.valuation, NEW.tracking, NEW.company_id) IS DISTINCT FROM (OLD.kind, OLD.unit_id, OLD.valuation, OLD.tracking, OLD.company_id)
       AND EXISTS (SELECT 1 FROM erp_stockmove WHERE product_id = NEW.id) THEN
        RAISE EXCEPTION 'Stock of % has moved: kind, unit, valuation and tracking stay as they are', NEW.sku
            USING ERRCODE = '23514', CONSTRAINT = 'product_fixed_once_moved';
    END IF;
    IF NEW.valuation = 'standard' AND NEW.standard_cost <> OLD.standard_cost AND coalesce(current_setting('suite.revaluing', true), '') <> NEW.id::text
       AND EXISTS (SELECT 1 FROM erp_costlayer WHERE product_id = NEW.id AND remaining_quantity <> 0) THEN
        RAISE EXCEPTION 'Stock of % is on hand: change its standard cost by a revaluation', NEW.sku
            USING ERRCODE = '23514', CONSTRAINT = 'standard_cost_by_revaluation';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER product_changed BEFORE UPDATE ON kernel_product FOR EACH ROW EXECUTE FUNCTION erp_product_changed();

CREATE OR REPLACE FUNCTION erp_unit_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM kernel_product p WHERE p.unit_id = OLD.id AND EXISTS (SELECT 1 FROM erp_stockmove m WHERE m.product_id = p.id)) THEN
        RAISE EXCEPTION 'Stock is counted in %: the unit stays as it is', OLD.code USING ERRCODE = '23514', CONSTRAINT = 'unit_fixed_once_moved';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER unit_changed BEFORE UPDATE OF code, uncl_code ON kernel_unit
    FOR EACH ROW WHEN ((NEW.code, NEW.uncl_code) IS DISTINCT FROM (OLD.code, OLD.uncl_code)) EXECUTE FUNCTION erp_unit_changed();

CREATE OR REPLACE FUNCTION erp_lot_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM erp_stocklevel WHERE lot_id = OLD.id) THEN
        RAISE EXCEPTION 'Lot % has had stock: it stays with its product', OLD.number USING ERRCODE = '23514', CONSTRAINT = 'lot_keeps_its_product';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER lot_changed BEFORE UPDATE OF product_id, company_id ON erp_lot
    FOR EACH ROW WHEN ((NEW.product_id, NEW.company_id) IS DISTINCT FROM (OLD.product_id, OLD.company_id)) EXECUTE FUNCTION erp_lot_changed();
