-- What was given away stays as it is, but for its coming back. So does a claim on a carrier once it is made.
CREATE TRIGGER guard_settled BEFORE UPDATE OR DELETE ON erp_giveaway FOR EACH ROW EXECUTE FUNCTION erp_guard_settled('', 'status,version,return_entry_id');
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON erp_giveaway EXECUTE FUNCTION erp_refuse_truncate();
CREATE TRIGGER guard_settled BEFORE UPDATE OR DELETE ON erp_carrierclaim FOR EACH ROW EXECUTE FUNCTION erp_guard_settled('draft', 'status,version,reversal_id');
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON erp_carrierclaim EXECUTE FUNCTION erp_refuse_truncate();

-- A claim's entry put its amount on the carrier, no more.
CREATE OR REPLACE FUNCTION erp_check_carrier_claim() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE made erp_carrierclaim; booked numeric;
BEGIN
    SELECT * INTO made FROM erp_carrierclaim WHERE id = NEW.id;
    IF made.id IS NULL OR made.entry_id IS NULL THEN RETURN NULL; END IF;
    SELECT coalesce(sum(amount), 0) INTO booked FROM erp_openitem WHERE entry_id = made.entry_id AND kind = 'claim' AND party_id = made.carrier_id;
    IF booked <> made.amount THEN
        RAISE EXCEPTION 'Claim % of % booked %', made.number, made.amount, booked USING ERRCODE = '23514', CONSTRAINT = 'carrier_claim_is_its_item';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER check_carrier_claim AFTER INSERT OR UPDATE ON erp_carrierclaim DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION erp_check_carrier_claim();
