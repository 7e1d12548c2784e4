-- A posted revaluation never changes, nor do its lines.
CREATE OR REPLACE FUNCTION erp_guard_revaluation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' AND OLD.status = 'posted' THEN
        IF TG_OP = 'DELETE' OR to_jsonb(OLD) - 'version' IS DISTINCT FROM to_jsonb(NEW) - 'version' THEN
            RAISE EXCEPTION 'Revaluation % is posted: it never changes', OLD.number USING ERRCODE = '23514', CONSTRAINT = 'revaluation_posted_is_final';
        END IF;
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;

CREATE TRIGGER guard_revaluation BEFORE UPDATE OR DELETE ON erp_revaluation FOR EACH ROW EXECUTE FUNCTION erp_guard_revaluation();

CREATE OR REPLACE FUNCTION erp_guard_revaluation_line() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE its_status text; subject bigint;
BEGIN
    subject := CASE WHEN TG_OP = 'INSERT' THEN NEW.revaluation_id ELSE OLD.revaluation_id END;
    SELECT status INTO its_status FROM erp_revaluation WHERE id = subject FOR SHARE;
    IF its_status = 'posted' OR (TG_OP = 'UPDATE' AND NEW.revaluation_id <> OLD.revaluation_id) THEN
        RAISE EXCEPTION 'The revaluation is posted: its lines never change' USING ERRCODE = '23514', CONSTRAINT = 'revaluation_posted_is_final';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;

CREATE TRIGGER guard_row BEFORE INSERT OR UPDATE OR DELETE ON erp_revaluationline FOR EACH ROW EXECUTE FUNCTION erp_guard_revaluation_line();
