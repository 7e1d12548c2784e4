-- What an entry puts on the accounts of employees names an advance or a claim, which then count it themselves (see below).
CREATE OR REPLACE FUNCTION erp_touch_claim() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE subject bigint := nullif(regexp_replace(NEW.line_key, '^erp\.(employeeadvance|expenseclaim):(\d+)$', '\2'), NEW.line_key)::bigint;
BEGIN
    IF NEW.role = 'EMPLOYEE_ADVANCES' AND NEW.line_key LIKE 'erp.employeeadvance:%' THEN
        UPDATE erp_employeeadvance SET open_amount = open_amount WHERE id = subject AND company_id = NEW.company_id;
    ELSIF NEW.role = 'EMPLOYEE_PAYABLE' AND NEW.line_key LIKE 'erp.expenseclaim:%' THEN
        UPDATE erp_expenseclaim SET open_amount = open_amount WHERE id = subject AND company_id = NEW.company_id;
    ELSE
        RAISE EXCEPTION 'Money of employees belongs to an advance or a claim, not to %', NEW.line_key
            USING ERRCODE = '23514', CONSTRAINT = 'employee_item_names_its_document';
    END IF;
    IF NOT FOUND THEN
        RAISE EXCEPTION '% does not exist in this company', NEW.line_key USING ERRCODE = '23514', CONSTRAINT = 'employee_item_names_its_document';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER touch_claim AFTER INSERT ON erp_clearingitem FOR EACH ROW
    WHEN (NEW.role IN ('EMPLOYEE_ADVANCES', 'EMPLOYEE_PAYABLE')) EXECUTE FUNCTION erp_touch_claim();

-- An advance has open what its items make; nobody writes it. Paid out, it is fixed, and its status follows. The row is locked before it counts, so
-- two claims that cover themselves from one advance take turns and the check of the row refuses the one that comes too late.
CREATE OR REPLACE FUNCTION erp_keep_advance() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE items bigint; total numeric; is_out boolean;
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.status <> 'draft' OR NEW.open_amount <> 0 OR NEW.approved_by_id IS NOT NULL THEN
            RAISE EXCEPTION 'An advance begins as a draft' USING ERRCODE = '23514', CONSTRAINT = 'employee_advance_begins_as_draft';
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' THEN
        IF OLD.status NOT IN ('draft', 'refused') THEN
            RAISE EXCEPTION 'Advance % is decided: it stays', OLD.number USING ERRCODE = '23514', CONSTRAINT = 'employee_advance_stays';
        END IF;
        RETURN OLD;
    END IF;
    SELECT count(*), coalesce(sum(amount), 0) INTO items, total FROM erp_clearingitem
     WHERE company_id = OLD.company_id AND role = 'EMPLOYEE_ADVANCES' AND line_key = 'erp.employeeadvance:' || OLD.id;
    NEW.open_amount := total;
    IF OLD.status <> 'draft' AND NEW.status <> 'draft' AND (NEW.company_id, NEW.claimant_id, NEW.amount, NEW.number)
       IS DISTINCT FROM (OLD.company_id, OLD.claimant_id, OLD.amount, OLD.number) THEN
        RAISE EXCEPTION 'Advance % is decided: employee and amount stay', OLD.number USING ERRCODE = '23514', CONSTRAINT = 'employee_advance_stays';
    END IF;
    IF NEW.approved_by_id IS NOT NULL AND NEW.approved_by_id IS DISTINCT FROM OLD.approved_by_id AND EXISTS (
        SELECT 1 FROM erp_employeeuser u WHERE u.party_id = NEW.claimant_id AND u.user_id = NEW.approved_by_id) THEN
        RAISE EXCEPTION 'Nobody approves an advance of their own' USING ERRCODE = '23514', CONSTRAINT = 'employee_advance_four_eyes';
    END IF;
    IF items > 0 THEN
        SELECT EXISTS (SELECT 1 FROM erp_employeepayment WHERE advance_id = OLD.id AND kind = 'advance' AND status = 'posted') INTO is_out;
        NEW.status := CASE WHEN total > 0 THEN 'paid' WHEN is_out THEN 'settled' ELSE 'approved' END;
        NEW.approved_by_id := OLD.approved_by_id;
    ELSIF NEW.status NOT IN ('draft', 'approved', 'refused') THEN
        RAISE EXCEPTION 'Advance % has no entry that pays it out', OLD.number USING ERRCODE = '23514', CONSTRAINT = 'employee_advance_paid_by_entry';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER keep_advance BEFORE INSERT OR UPDATE OR DELETE ON erp_employeeadvance FOR EACH ROW EXECUTE FUNCTION erp_keep_advance();

-- A claim: open is what its items make; submitted, its content is fixed; posted, everything is.
CREATE OR REPLACE FUNCTION erp_keep_claim() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE total numeric;
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.status <> 'draft' OR NEW.entry_id IS NOT NULL OR NEW.open_amount <> 0 OR NEW.covered <> 0 OR NEW.approved_by_id IS NOT NULL THEN
            RAISE EXCEPTION 'A claim begins as a draft' USING ERRCODE = '23514', CONSTRAINT = 'expense_claim_begins_as_draft';
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' THEN
        IF OLD.status <> 'draft' THEN
            RAISE EXCEPTION 'Claim % is no draft: it stays', OLD.number USING ERRCODE = '23514', CONSTRAINT = 'expense_claim_stays';
        END IF;
        RETURN OLD;
    END IF;
    SELECT -coalesce(sum(amount), 0) INTO total FROM erp_clearingitem
     WHERE company_id = OLD.company_id AND role = 'EMPLOYEE_PAYABLE' AND line_key = 'erp.expenseclaim:' || OLD.id;
    NEW.open_amount := total;
    IF OLD.entry_id IS NOT NULL AND to_jsonb(NEW) - 'version' - 'status' - 'open_amount'
       IS DISTINCT FROM to_jsonb(OLD) - 'version' - 'status' - 'open_amount' THEN
        RAISE EXCEPTION 'Claim % is posted: it never changes, reverse it', OLD.number USING ERRCODE = '23514', CONSTRAINT = 'expense_claim_posted_is_final';
    END IF;
    IF OLD.status <> 'draft' AND NEW.status <> 'draft' AND (NEW.company_id, NEW.claimant_id, NEW.net, NEW.tax, NEW.gross, NEW.number, NEW.submitted_by_id)
       IS DISTINCT FROM (OLD.company_id, OLD.claimant_id, OLD.net, OLD.tax, OLD.gross, OLD.number, OLD.submitted_by_id) THEN
        RAISE EXCEPTION 'Claim % is submitted: employee and amounts stay', OLD.number USING ERRCODE = '23514', CONSTRAINT = 'expense_claim_submitted_stays';
    END IF;
    IF NEW.approved_by_id IS NOT NULL AND NEW.approved_by_id IS DISTINCT FROM OLD.approved_by_id AND EXISTS (
        SELECT 1 FROM erp_employeeuser u WHERE u.party_id = NEW.claimant_id AND u.user_id = NEW.approved_by_id) THEN
        RAISE EXCEPTION 'Nobody approves a claim of their own' USING ERRCODE = '23514', CONSTRAINT = 'expense_claim_four_eyes';
    END IF;
    IF NEW.status = 'approved' AND OLD.status NOT IN ('submitted', 'approved') THEN
        RAISE EXCEPTION 'Claim % was not submitted', OLD.number USING ERRCODE = '23514', CONSTRAINT = 'expense_claim_submitted_first';
    END IF;
    IF NEW.entry_id IS NULL THEN
        IF NEW.status NOT IN ('draft', 'submitted', 'approved', 'refused') THEN
            RAISE EXCEPTION 'Claim % has no entry', OLD.number USING ERRCODE = '23514', CONSTRAINT = 'posted_expense_claim_has_entry';
        END IF;
    ELSIF OLD.entry_id IS NULL AND OLD.status <> 'approved' THEN
        RAISE EXCEPTION 'Claim % is not approved', OLD.number USING ERRCODE = '23514', CONSTRAINT = 'posted_expense_claim_was_approved';
    ELSIF NEW.status = 'reversed' OR OLD.status = 'reversed' THEN
        IF NEW.status <> 'reversed' OR NOT EXISTS (SELECT 1 FROM erp_journalentry WHERE reverses_id = NEW.entry_id) THEN
            RAISE EXCEPTION 'Claim % is reversed by its reversing entry', OLD.number
                USING ERRCODE = '23514', CONSTRAINT = 'expense_claim_posted_is_final';
        END IF;
    ELSE
        NEW.status := CASE WHEN total = 0 THEN 'paid' ELSE 'posted' END;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER keep_claim BEFORE INSERT OR UPDATE OR DELETE ON erp_expenseclaim FOR EACH ROW EXECUTE FUNCTION erp_keep_claim();

-- At commit the entry of a posted claim is the claim's own, and says of advances and of what is owed exactly what the claim says.
CREATE OR REPLACE FUNCTION erp_check_claim() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE its erp_expenseclaim; owed numeric; taken numeric; lines numeric;
BEGIN
    SELECT * INTO its FROM erp_expenseclaim WHERE id = NEW.id;
    IF its.entry_id IS NULL THEN RETURN NULL; END IF;
    SELECT -coalesce(sum(amount) FILTER (WHERE role = 'EMPLOYEE_PAYABLE' AND line_key = 'erp.expenseclaim:' || its.id), 0),
           -coalesce(sum(amount) FILTER (WHERE role = 'EMPLOYEE_ADVANCES' AND invoice_line_key = 'erp.expenseclaim:' || its.id), 0)
      INTO owed, taken FROM erp_clearingitem WHERE entry_id = its.entry_id;
    SELECT coalesce(sum(gross), 0) INTO lines FROM erp_expenseclaimline WHERE claim_id = its.id;
    IF owed <> its.gross - its.covered OR taken <> its.covered OR lines <> its.gross OR NOT EXISTS (
        SELECT 1 FROM erp_journalentry e WHERE e.id = its.entry_id AND e.company_id = its.company_id AND e.status = 'posted'
           AND e.source_key = 'erp.expenseclaim:' || its.id AND e.ledger_date = its.ledger_date) THEN
        RAISE EXCEPTION 'Claim % differs from its entry', its.number USING ERRCODE = '23514', CONSTRAINT = 'expense_claim_equals_its_entry';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER check_claim AFTER UPDATE ON erp_expenseclaim DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (OLD.entry_id IS NULL AND NEW.entry_id IS NOT NULL) EXECUTE FUNCTION erp_check_claim();

-- Lines and receipts are written while the claim is a draft.
CREATE OR REPLACE FUNCTION erp_guard_claim_row() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE its erp_expenseclaim;
BEGIN
    SELECT * INTO its FROM erp_expenseclaim WHERE id = CASE WHEN TG_OP = 'INSERT' THEN NEW.claim_id ELSE OLD.claim_id END FOR SHARE;
    IF its.status <> 'draft' THEN
        RAISE EXCEPTION 'Claim % is no draft: its % rows stay', its.number, TG_TABLE_NAME USING ERRCODE = '23514', CONSTRAINT = 'expense_claim_rows_stay';
    END IF;
    IF TG_OP = 'UPDATE' AND (NEW.claim_id <> OLD.claim_id OR NEW.company_id <> OLD.company_id) OR TG_OP <> 'DELETE' AND NEW.company_id <> its.company_id THEN
        RAISE EXCEPTION 'A row stays in its claim' USING ERRCODE = '23514', CONSTRAINT = 'row_stays_in_its_claim';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER guard_row BEFORE INSERT OR UPDATE OR DELETE ON erp_expenseclaimline FOR EACH ROW EXECUTE FUNCTION erp_guard_claim_row();
CREATE TRIGGER guard_row BEFORE INSERT OR UPDATE OR DELETE ON erp_expensereceipt FOR EACH ROW EXECUTE FUNCTION erp_guard_claim_row();

-- A payment is what its entry says, never changes, and counts as reversed when its entry is.
CREATE OR REPLACE FUNCTION erp_guard_employee_payment() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    IF TG_OP = 'DELETE' OR to_jsonb(NEW) - 'version' - 'status' IS DISTINCT FROM to_jsonb(OLD) - 'version' - 'status'
       OR OLD.status = 'reversed' AND NEW.status <> 'reversed'
       OR NEW.status = 'reversed' AND NOT EXISTS (SELECT 1 FROM erp_journalentry WHERE reverses_id = OLD.entry_id) THEN
        RAISE EXCEPTION 'Payment % is posted: it never changes, reverse it', OLD.number
            USING ERRCODE = '23514', CONSTRAINT = 'employee_payment_is_final';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard_employee_payment BEFORE UPDATE OR DELETE ON erp_employeepayment FOR EACH ROW EXECUTE FUNCTION erp_guard_employee_payment();

CREATE OR REPLACE FUNCTION erp_touch_paid() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    UPDATE erp_employeeadvance SET open_amount = open_amount WHERE id = NEW.advance_id;
    UPDATE erp_expenseclaim SET open_amount = open_amount WHERE id = NEW.claim_id;
    RETURN NULL;
END $$;
CREATE TRIGGER touch_paid AFTER UPDATE OF status ON erp_employeepayment FOR EACH ROW EXECUTE FUNCTION erp_touch_paid();

CREATE OR REPLACE FUNCTION erp_check_employee_payment() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE moved numeric; expected numeric; subject text;
BEGIN
    subject := CASE WHEN NEW.claim_id IS NULL THEN 'erp.employeeadvance:' || NEW.advance_id ELSE 'erp.expenseclaim:' || NEW.claim_id END;
    expected := CASE WHEN NEW.kind = 'return' THEN -NEW.amount ELSE NEW.amount END;
    SELECT sum(amount) INTO moved FROM erp_clearingitem
     WHERE entry_id = NEW.entry_id AND line_key = subject AND invoice_line_key = 'erp.employeepayment:' || NEW.id;
    IF moved IS DISTINCT FROM expected OR NOT EXISTS (
        SELECT 1 FROM erp_journalentry WHERE id = NEW.entry_id AND company_id = NEW.company_id AND status = 'posted')
       OR NOT EXISTS (SELECT 1 FROM erp_employeeadvance WHERE id = NEW.advance_id AND claimant_id = NEW.employee_id AND company_id = NEW.company_id
                      UNION ALL SELECT 1 FROM erp_expenseclaim WHERE id = NEW.claim_id AND claimant_id = NEW.employee_id AND company_id = NEW.company_id) THEN
        RAISE EXCEPTION 'Payment % differs from its entry', NEW.number USING ERRCODE = '23514', CONSTRAINT = 'employee_payment_equals_its_entry';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER check_employee_payment AFTER INSERT ON erp_employeepayment DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION erp_check_employee_payment();

CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON erp_employeeadvance EXECUTE FUNCTION erp_refuse_truncate();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON erp_expenseclaim EXECUTE FUNCTION erp_refuse_truncate();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON erp_employeepayment EXECUTE FUNCTION erp_refuse_truncate();
