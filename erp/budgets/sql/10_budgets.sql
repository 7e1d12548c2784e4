-- A year takes budgets while one of its periods is not closed and no year-end entry stands.
CREATE OR REPLACE FUNCTION erp_year_takes_budgets(p_year bigint) RETURNS boolean LANGUAGE sql STABLE SET search_path = public AS $$
    SELECT EXISTS (SELECT 1 FROM kernel_period WHERE year_id = p_year AND NOT is_closing AND status <> 'closed')
       AND NOT EXISTS (SELECT 1 FROM erp_journalentry e WHERE e.source_key LIKE 'kernel.fiscalyear:' || p_year || '/close/%' AND e.status = 'posted'
                          AND e.reverses_id IS NULL AND e.company_id = (SELECT company_id FROM kernel_fiscalyear WHERE id = p_year)
                          AND NOT EXISTS (SELECT 1 FROM erp_journalentry m WHERE m.reverses_id = e.id));
$$;

-- A budget is written as a draft, goes its way by approval, and from then on says the same for ever.
CREATE OR REPLACE FUNCTION erp_guard_budget() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.status <> 'draft' THEN
            RAISE EXCEPTION 'An approved budget stays' USING ERRCODE = '23514', CONSTRAINT = 'budget_stays';
        END IF;
        RETURN OLD;
    END IF;
    IF TG_OP = 'INSERT' AND (NEW.status <> 'draft' OR NEW.approved_by_id IS NOT NULL) THEN
        RAISE EXCEPTION 'A budget begins as a draft' USING ERRCODE = '23514', CONSTRAINT = 'budget_begins_as_draft';
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.status <> NEW.status AND (OLD.status || '>' || NEW.status) NOT IN (
        'draft>approved', 'approved>draft', 'approved>active', 'active>superseded', 'active>closed') THEN
        RAISE EXCEPTION 'A budget does not go from % to %', OLD.status, NEW.status USING ERRCODE = '23514', CONSTRAINT = 'budget_way';
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.status <> 'draft' AND to_jsonb(OLD) - '{status,version,approved_by_id,approved_at,cause}'::text[]
       IS DISTINCT FROM to_jsonb(NEW) - '{status,version,approved_by_id,approved_at,cause}'::text[] THEN
        RAISE EXCEPTION 'An approved budget is changed by a new version' USING ERRCODE = '23514', CONSTRAINT = 'budget_is_approved';
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.status <> 'draft' AND NEW.status <> 'draft'
       AND (OLD.approved_by_id, OLD.approved_at) IS DISTINCT FROM (NEW.approved_by_id, NEW.approved_at) THEN
        RAISE EXCEPTION 'Who approved a budget stays' USING ERRCODE = '23514', CONSTRAINT = 'budget_is_approved';
    END IF;
    IF TG_OP = 'UPDATE' AND (OLD.company_id, OLD.year_id, OLD.kind, OLD.dimension_id, OLD.edition, OLD.created_by_id)
       IS DISTINCT FROM (NEW.company_id, NEW.year_id, NEW.kind, NEW.dimension_id, NEW.edition, NEW.created_by_id)
       AND (NEW.company_id <> OLD.company_id OR OLD.created_by_id IS DISTINCT FROM NEW.created_by_id
            OR EXISTS (SELECT 1 FROM erp_budgetline WHERE budget_id = NEW.id)) THEN
        RAISE EXCEPTION 'A budget with lines keeps its year, kind and dimension' USING ERRCODE = '23514', CONSTRAINT = 'budget_keeps_its_frame';
    END IF;
    IF NOT EXISTS (SELECT 1 FROM kernel_fiscalyear WHERE id = NEW.year_id AND company_id = NEW.company_id)
       OR (NEW.scope_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM erp_dimensionvalue WHERE id = NEW.scope_id AND company_id = NEW.company_id))
       OR (NEW.dimension_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM erp_dimension WHERE id = NEW.dimension_id AND company_id = NEW.company_id)) THEN
        RAISE EXCEPTION 'A budget names a year, scope and dimension of its own company' USING ERRCODE = '23514', CONSTRAINT = 'budget_of_company';
    END IF;
    IF (TG_OP = 'INSERT' OR OLD.year_id <> NEW.year_id OR NEW.status IN ('approved', 'active') AND OLD.status <> NEW.status)
       AND NOT erp_year_takes_budgets(NEW.year_id) THEN
        RAISE EXCEPTION 'The year of the budget is closed' USING ERRCODE = '23514', CONSTRAINT = 'budget_year_open';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER guard_budget BEFORE INSERT OR UPDATE OR DELETE ON erp_budget FOR EACH ROW EXECUTE FUNCTION erp_guard_budget();

-- Lines are written while their budget is a draft: on accounts of its kind that take lines, in months of its year, at the currency's precision.
CREATE OR REPLACE FUNCTION erp_guard_budget_line() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE b erp_budget; a erp_account; digits int;
BEGIN
    SELECT * INTO b FROM erp_budget WHERE id = CASE WHEN TG_OP = 'DELETE' THEN OLD.budget_id ELSE NEW.budget_id END FOR SHARE;
    IF b.status <> 'draft' OR (TG_OP = 'UPDATE' AND OLD.budget_id <> NEW.budget_id) THEN
        RAISE EXCEPTION 'The lines of an approved budget stay' USING ERRCODE = '23514', CONSTRAINT = 'budget_is_approved';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    SELECT * INTO a FROM erp_account WHERE id = NEW.account_id;
    SELECT c.digits INTO digits FROM kernel_company k JOIN kernel_currency c ON c.code = k.currency_id WHERE k.id = b.company_id;
    IF NEW.company_id <> b.company_id OR a.company_id <> b.company_id
       OR NOT EXISTS (SELECT 1 FROM kernel_period p WHERE p.id = NEW.period_id AND p.year_id = b.year_id AND NOT p.is_closing)
       OR (NEW.value_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM erp_dimensionvalue v WHERE v.id = NEW.value_id AND v.dimension_id = b.dimension_id)) THEN
        RAISE EXCEPTION 'A line names a period of the budget''s year, an account of its company and a value of its dimension'
            USING ERRCODE = '23514', CONSTRAINT = 'budget_line_of_budget';
    END IF;
    IF a.is_heading THEN
        RAISE EXCEPTION 'Account % is a heading and takes no budget', a.code USING ERRCODE = '23514', CONSTRAINT = 'budget_account_is_heading';
    END IF;
    IF NOT (CASE b.kind WHEN 'expense' THEN a.type = 'expense' WHEN 'result' THEN a.type IN ('income', 'expense') ELSE a.type = 'asset' AND a.control = '' END) THEN
        RAISE EXCEPTION 'Account % does not belong in a budget of this kind', a.code USING ERRCODE = '23514', CONSTRAINT = 'budget_account_of_kind';
    END IF;
    IF NEW.amount <> round(NEW.amount, digits) THEN
        RAISE EXCEPTION 'Amount % is finer than the currency', NEW.amount USING ERRCODE = '23514', CONSTRAINT = 'budget_amount_precision';
    END IF;
    IF NOT erp_year_takes_budgets(b.year_id) THEN
        RAISE EXCEPTION 'The year of the budget is closed' USING ERRCODE = '23514', CONSTRAINT = 'budget_year_open';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER guard_budget_line BEFORE INSERT OR UPDATE OR DELETE ON erp_budgetline FOR EACH ROW EXECUTE FUNCTION erp_guard_budget_line();

-- What a document commits never falls below zero, for no account and value. Writers hold the commitment's row.
CREATE OR REPLACE FUNCTION erp_guard_commitment_line() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE left_over numeric;
BEGIN
    PERFORM 1 FROM erp_budgetcommitment WHERE id = NEW.commitment_id AND company_id = NEW.company_id FOR NO KEY UPDATE;
    IF NOT FOUND OR NOT EXISTS (SELECT 1 FROM erp_account WHERE id = NEW.account_id AND company_id = NEW.company_id AND NOT is_heading)
       OR EXISTS (SELECT 1 FROM unnest(NEW.value_ids) x LEFT JOIN erp_dimensionvalue v ON v.id = x AND v.company_id = NEW.company_id WHERE v.id IS NULL) THEN
        RAISE EXCEPTION 'A commitment names accounts and values of its own company' USING ERRCODE = '23514', CONSTRAINT = 'commitment_of_company';
    END IF;
    SELECT sum(amount) INTO left_over FROM erp_budgetcommitmentline
     WHERE commitment_id = NEW.commitment_id AND account_id = NEW.account_id AND value_ids = NEW.value_ids AND expected_on = NEW.expected_on;
    IF left_over < 0 THEN
        RAISE EXCEPTION 'More is released than was committed' USING ERRCODE = '23514', CONSTRAINT = 'commitment_not_below_zero';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER guard_commitment_line AFTER INSERT ON erp_budgetcommitmentline FOR EACH ROW EXECUTE FUNCTION erp_guard_commitment_line();

-- Whoever wrote a document gives it no leave to exceed a budget. Documents name themselves as erp.journalentry:42.
CREATE OR REPLACE FUNCTION erp_guard_override() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE author bigint; its_company bigint; pk bigint;
BEGIN
    IF NEW.document_key !~ '^[a-z]+\.[a-z]+:\d{1,18}$' THEN
        RAISE EXCEPTION 'A document is named as erp.journalentry:42' USING ERRCODE = '23514', CONSTRAINT = 'override_of_document';
    END IF;
    pk := split_part(NEW.document_key, ':', 2)::bigint;
    IF NEW.document_key LIKE 'erp.journalentry:%' THEN
        SELECT created_by_id, company_id INTO author, its_company FROM erp_journalentry WHERE id = pk;
    ELSIF NEW.document_key LIKE 'erp.supplierbill:%' THEN
        SELECT created_by_id, company_id INTO author, its_company FROM erp_supplierbill WHERE id = pk;
    ELSE
        its_company := NEW.company_id;
    END IF;
    IF its_company IS DISTINCT FROM NEW.company_id THEN
        RAISE EXCEPTION 'There is no document %', NEW.document_key USING ERRCODE = '23514', CONSTRAINT = 'override_of_document';
    END IF;
    IF author = NEW.approved_by_id THEN
        RAISE EXCEPTION 'Whoever wrote a document gives it no leave to exceed a budget' USING ERRCODE = '23514', CONSTRAINT = 'override_four_eyes';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER guard_override BEFORE INSERT ON erp_budgetoverride FOR EACH ROW EXECUTE FUNCTION erp_guard_override();
