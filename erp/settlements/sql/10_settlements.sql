CREATE TRIGGER guard_settled BEFORE UPDATE OR DELETE ON erp_smallbalancerun FOR EACH ROW EXECUTE FUNCTION erp_guard_settled('draft', 'version');
CREATE TRIGGER guard_rows BEFORE INSERT OR UPDATE OR DELETE ON erp_smallbalance FOR EACH ROW
    EXECUTE FUNCTION erp_guard_rows_of_settled('erp_smallbalancerun', 'run_id', 'draft');
CREATE TRIGGER guard_settled BEFORE UPDATE OR DELETE ON erp_setoff FOR EACH ROW EXECUTE FUNCTION erp_guard_settled('draft', 'status,version,reversal_id');
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON erp_smallbalancerun EXECUTE FUNCTION erp_refuse_truncate();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON erp_setoff EXECUTE FUNCTION erp_refuse_truncate();

-- A set-off moves its amount between the two sides of one party: its items are two, equal and opposite.
CREATE OR REPLACE FUNCTION erp_check_set_off() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE made erp_setoff; moved record;
BEGIN
    SELECT * INTO made FROM erp_setoff WHERE id = NEW.id;
    IF made.id IS NULL OR made.status = 'draft' THEN RETURN NULL; END IF;
    SELECT coalesce(sum(amount) FILTER (WHERE amount > 0), 0) AS debit, coalesce(sum(amount), 0) AS net, count(DISTINCT party_id) AS parties,
           min(party_id) AS party INTO moved FROM erp_openitem WHERE entry_id = made.entry_id AND kind = 'set_off';
    IF moved.net <> 0 OR moved.debit <> made.amount OR moved.parties <> 1 OR moved.party <> made.party_id THEN
        RAISE EXCEPTION 'Set-off % of % moved %', NEW.id, made.amount, moved.debit USING ERRCODE = '23514', CONSTRAINT = 'set_off_is_its_items';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER check_set_off AFTER INSERT OR UPDATE ON erp_setoff DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION erp_check_set_off();

-- A run's sums are its lines.
CREATE OR REPLACE FUNCTION erp_check_small_balances() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE made erp_smallbalancerun; said record;
BEGIN
    SELECT * INTO made FROM erp_smallbalancerun WHERE id = NEW.id;
    IF made.id IS NULL OR made.status = 'draft' THEN RETURN NULL; END IF;
    SELECT count(*) AS items, coalesce(sum(amount) FILTER (WHERE amount > 0), 0) AS up, coalesce(-sum(amount) FILTER (WHERE amount < 0), 0) AS down,
           max(abs(amount)) AS most INTO said FROM erp_smallbalance WHERE run_id = NEW.id;
    IF (said.items, said.up, said.down) IS DISTINCT FROM (made.number_of_items::bigint, made.given_up, made.gained) OR said.most > made.most THEN
        RAISE EXCEPTION 'Small balances %: % given up, its lines %', made.number, made.given_up, said.up
            USING ERRCODE = '23514', CONSTRAINT = 'small_balances_are_its_lines';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER check_small_balances AFTER INSERT OR UPDATE ON erp_smallbalancerun DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION erp_check_small_balances();
