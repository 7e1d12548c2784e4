-- What has left stays as it left: the rest of an order travels with the next shipment, a return is a fact of its own.
CREATE OR REPLACE FUNCTION scm_keep_dispatched_line() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    shipment bigint := CASE WHEN TG_OP = 'INSERT' THEN NEW.shipment_id ELSE OLD.shipment_id END;
    state text;
BEGIN
    SELECT status INTO state FROM scm_shipment WHERE id = shipment;
    IF state NOT IN ('planned', 'booked') AND (
        TG_OP <> 'UPDATE'
        OR (NEW.shipment_id, NEW.order_line_key, NEW.product_id, NEW.quantity, NEW.shipped, NEW.over_allowed, NEW.company_id)
           IS DISTINCT FROM (OLD.shipment_id, OLD.order_line_key, OLD.product_id, OLD.quantity, OLD.shipped, OLD.over_allowed, OLD.company_id)
    ) THEN
        RAISE EXCEPTION 'Shipment % is %: its lines no longer change', shipment, state
            USING ERRCODE = '23514', CONSTRAINT = 'shipment_line_kept_after_dispatch';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;

CREATE OR REPLACE TRIGGER keep_dispatched BEFORE INSERT OR UPDATE OR DELETE ON scm_shipmentline
    FOR EACH ROW EXECUTE FUNCTION scm_keep_dispatched_line();

CREATE OR REPLACE FUNCTION scm_keep_dispatched_shipment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.status IN ('planned', 'booked') THEN
        RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    IF TG_OP = 'DELETE' OR NEW.status IN ('planned', 'booked')
       OR (NEW.company_id, NEW.number, NEW.order_key, NEW.customer_id, NEW.site_id, NEW.wave, NEW.source_key, NEW.dispatched_on, NEW.dispatched_at)
          IS DISTINCT FROM
          (OLD.company_id, OLD.number, OLD.order_key, OLD.customer_id, OLD.site_id, OLD.wave, OLD.source_key, OLD.dispatched_on, OLD.dispatched_at)
    THEN
        RAISE EXCEPTION 'Shipment % is %: what it carried, for whom and when it left no longer change', OLD.number, OLD.status
            USING ERRCODE = '23514', CONSTRAINT = 'shipment_kept_after_dispatch';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER keep_dispatched BEFORE UPDATE OR DELETE ON scm_shipment
    FOR EACH ROW EXECUTE FUNCTION scm_keep_dispatched_shipment();

CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON scm_trackingevent
    FOR EACH ROW EXECUTE FUNCTION kernel_refuse_change();
