-- Which lots left with a shipment stays as it was: a recall trusts it.
CREATE OR REPLACE FUNCTION scm_keep_dispatched_lot() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    shipment bigint := CASE WHEN TG_OP = 'INSERT' THEN NEW.shipment_id ELSE OLD.shipment_id END;
    state text;
BEGIN
    SELECT status INTO state FROM scm_shipment WHERE id = shipment;
    IF state NOT IN ('planned', 'booked') THEN
        RAISE EXCEPTION 'Shipment % is %: its lots no longer change', shipment, state
            USING ERRCODE = '23514', CONSTRAINT = 'shipment_lot_kept_after_dispatch';
    END IF;
    IF TG_OP <> 'DELETE' AND NOT EXISTS (
        SELECT 1 FROM scm_shipmentline l WHERE l.id = NEW.line_id AND l.shipment_id = NEW.shipment_id AND l.company_id = NEW.company_id
    ) THEN
        RAISE EXCEPTION 'Line % is not of shipment %', NEW.line_id, NEW.shipment_id
            USING ERRCODE = '23514', CONSTRAINT = 'shipment_lot_fits_its_line';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;

CREATE OR REPLACE TRIGGER keep_dispatched BEFORE INSERT OR UPDATE OR DELETE ON scm_shipmentlot
    FOR EACH ROW EXECUTE FUNCTION scm_keep_dispatched_lot();
