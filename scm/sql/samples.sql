-- As before, and also why a shipment without an order left.
CREATE OR REPLACE FUNCTION scm_keep_dispatched_shipment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.status IN ('planned', 'booked') THEN
        RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    IF TG_OP = 'DELETE' OR NEW.status IN ('planned', 'booked') OR OLD.status IN ('lost', 'returned') AND NEW.status <> OLD.status
       OR (NEW.company_id, NEW.number, NEW.order_key, NEW.customer_id, NEW.site_id, NEW.wave, NEW.source_key, NEW.dispatched_on, NEW.dispatched_at,
           NEW.reason_key, NEW.reason)
          IS DISTINCT FROM
          (OLD.company_id, OLD.number, OLD.order_key, OLD.customer_id, OLD.site_id, OLD.wave, OLD.source_key, OLD.dispatched_on, OLD.dispatched_at,
           OLD.reason_key, OLD.reason)
    THEN
        RAISE EXCEPTION 'Shipment % is %: what it carried, for whom and when it left no longer change', OLD.number, OLD.status
            USING ERRCODE = '23514', CONSTRAINT = 'shipment_kept_after_dispatch';
    END IF;
    RETURN NEW;
END $$;
