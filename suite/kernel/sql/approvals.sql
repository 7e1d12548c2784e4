-- An approval holds only what was answered: nobody answers their own question, and "approved" needs every step's answers.
CREATE OR REPLACE FUNCTION kernel_guard_approval_decision() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    asked kernel_approvalrequest%ROWTYPE;
BEGIN
    SELECT * INTO asked FROM kernel_approvalrequest WHERE id = NEW.request_id FOR UPDATE;
    IF asked.status <> 'asked' THEN
        RAISE EXCEPTION 'this request waits for no answer' USING ERRCODE = '23514', CONSTRAINT = 'approval_decision_while_asked';
    END IF;
    IF asked.created_by_id IS NULL OR asked.created_by_id IN (NEW.decided_by_id, COALESCE(NEW.decided_for_id, NEW.decided_by_id)) THEN
        RAISE EXCEPTION 'who asks for an approval does not give it' USING ERRCODE = '23514', CONSTRAINT = 'approval_by_four_eyes';
    END IF;
    IF EXISTS (SELECT 1 FROM kernel_approvaldecision d WHERE d.request_id = NEW.request_id
               AND (d.decided_by_id = NEW.decided_for_id OR d.decided_for_id = NEW.decided_by_id)) THEN
        RAISE EXCEPTION 'nobody counts twice' USING ERRCODE = '23514', CONSTRAINT = 'approval_decided_once_by_each';
    END IF;
    IF NOT EXISTS (SELECT 1 FROM kernel_approvalstep s WHERE s.id = NEW.step_id AND s.request_id = NEW.request_id AND s.company_id = NEW.company_id)
       OR asked.company_id <> NEW.company_id THEN
        RAISE EXCEPTION 'the step is of another request' USING ERRCODE = '23514', CONSTRAINT = 'approval_decision_of_its_step';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER approval_decision_guard BEFORE INSERT ON kernel_approvaldecision
    FOR EACH ROW EXECUTE FUNCTION kernel_guard_approval_decision();
CREATE OR REPLACE TRIGGER approval_decision_stays BEFORE UPDATE OR DELETE ON kernel_approvaldecision
    FOR EACH ROW EXECUTE FUNCTION kernel_refuse_change();
CREATE OR REPLACE TRIGGER approval_step_stays BEFORE UPDATE OR DELETE ON kernel_approvalstep
    FOR EACH ROW EXECUTE FUNCTION kernel_refuse_change();

CREATE OR REPLACE FUNCTION kernel_guard_approval_step() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM kernel_approvaldecision WHERE request_id = NEW.request_id)
       OR NOT EXISTS (SELECT 1 FROM kernel_approvalrequest WHERE id = NEW.request_id AND status = 'asked' AND company_id = NEW.company_id) THEN
        RAISE EXCEPTION 'steps are laid down when the question is asked' USING ERRCODE = '23514', CONSTRAINT = 'approval_step_when_asked';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER approval_step_guard BEFORE INSERT ON kernel_approvalstep
    FOR EACH ROW EXECUTE FUNCTION kernel_guard_approval_step();

CREATE OR REPLACE FUNCTION kernel_guard_approval_request() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'approval requests are never deleted' USING ERRCODE = '23514', CONSTRAINT = 'approval_request_stays';
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.status <> 'asked' OR NEW.created_by_id IS NULL THEN
            RAISE EXCEPTION 'a request begins as asked, by somebody' USING ERRCODE = '23514', CONSTRAINT = 'approval_request_begins_asked';
        END IF;
        RETURN NEW;
    END IF;
    IF (OLD.company_id, OLD.content_type_id, OLD.object_id, OLD.transition, OLD.document_version, OLD.amount, OLD.created_by_id, OLD.subject)
       IS DISTINCT FROM
       (NEW.company_id, NEW.content_type_id, NEW.object_id, NEW.transition, NEW.document_version, NEW.amount, NEW.created_by_id, NEW.subject) THEN
        RAISE EXCEPTION 'what was asked stays as it was asked' USING ERRCODE = '23514', CONSTRAINT = 'approval_request_stays';
    END IF;
    IF OLD.status <> 'asked' AND NEW.status <> OLD.status THEN
        RAISE EXCEPTION 'an answered request stays answered' USING ERRCODE = '23514', CONSTRAINT = 'approval_request_stays';
    END IF;
    IF NEW.status = 'approved' AND OLD.status <> 'approved' AND (
        NOT EXISTS (SELECT 1 FROM kernel_approvalstep WHERE request_id = NEW.id)
        OR EXISTS (SELECT 1 FROM kernel_approvalstep s WHERE s.request_id = NEW.id
                   AND s.needed > (SELECT count(*) FROM kernel_approvaldecision d WHERE d.step_id = s.id AND d.answer = 'yes'))
        OR EXISTS (SELECT 1 FROM kernel_approvaldecision d WHERE d.request_id = NEW.id AND d.answer = 'no')) THEN
        RAISE EXCEPTION 'not everybody who is asked has approved' USING ERRCODE = '23514', CONSTRAINT = 'approval_by_everybody_asked';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER approval_request_guard BEFORE INSERT OR UPDATE OR DELETE ON kernel_approvalrequest
    FOR EACH ROW EXECUTE FUNCTION kernel_guard_approval_request();
