-- I18. Whoever posts holds the company's gate shared until commit, and takes the time under it. Postings never wait for each other here.
CREATE OR REPLACE FUNCTION erp_known_gate(p_company bigint) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
    SELECT hashtextextended('erp.known_at', p_company);
$$;

-- The time at the gate; never before what is known already, should the clock have been set back.
CREATE OR REPLACE FUNCTION erp_pass_gate(p_company bigint) RETURNS timestamptz LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(erp_known_gate(p_company));
    RETURN greatest(clock_timestamp(), (SELECT max(known_at) FROM erp_knownentry WHERE company_id = p_company));
END $$;

CREATE OR REPLACE FUNCTION erp_know_entry() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    INSERT INTO erp_knownentry (company_id, entry_id, known_at) VALUES (NEW.company_id, NEW.id, erp_pass_gate(NEW.company_id));
    RETURN NULL;
END $$;

CREATE TRIGGER know_entry AFTER UPDATE OF status ON erp_journalentry FOR EACH ROW
    WHEN (NEW.status = 'posted' AND OLD.status <> 'posted') EXECUTE FUNCTION erp_know_entry();

CREATE OR REPLACE FUNCTION erp_know_allocation() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    INSERT INTO erp_knownallocation (company_id, allocation_id, known_at) VALUES (NEW.company_id, NEW.id, erp_pass_gate(NEW.company_id));
    RETURN NULL;
END $$;

CREATE TRIGGER know_allocation AFTER INSERT ON erp_allocation FOR EACH ROW EXECUTE FUNCTION erp_know_allocation();

-- What is known was known then: no row changes or goes.
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON erp_knownentry FOR EACH ROW EXECUTE FUNCTION kernel_refuse_change();
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON erp_knownallocation FOR EACH ROW EXECUTE FUNCTION kernel_refuse_change();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON erp_knownentry EXECUTE FUNCTION erp_refuse_truncate();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON erp_knownallocation EXECUTE FUNCTION erp_refuse_truncate();

-- Called alone, before a report as known at K: waits at the closed gate until every posting that took its time is committed or gone. Who
-- passes later takes a later time. So what the next statement sees as known at K is what everybody will ever see.
CREATE OR REPLACE FUNCTION erp_known_until(p_company bigint, p_known timestamptz) RETURNS timestamptz
LANGUAGE plpgsql SET lock_timeout = '5s' AS $$
DECLARE at timestamptz;
BEGIN
    PERFORM pg_advisory_lock(erp_known_gate(p_company));
    at := clock_timestamp();
    PERFORM pg_advisory_unlock(erp_known_gate(p_company));
    RETURN least(p_known, at);
END $$;

-- As erp_account_totals, without what the books did not know yet at a time.
CREATE OR REPLACE FUNCTION erp_account_totals_known(p_company bigint, p_date date, p_with_closing boolean, p_known timestamptz)
RETURNS TABLE (account_id bigint, debit numeric, credit numeric) LANGUAGE sql STABLE AS $$
    SELECT x.account_id, sum(x.debit), sum(x.credit) FROM (
        SELECT t.account_id, t.debit, t.credit FROM erp_account_totals(p_company, p_date, p_with_closing) t
        UNION ALL
        SELECT l.account_id, -sum(l.debit), -sum(l.credit) FROM erp_knownentry k JOIN erp_journalline l ON l.entry_id = k.entry_id
         WHERE k.company_id = p_company AND k.known_at > p_known AND l.company_id = p_company AND l.ledger_date <= p_date GROUP BY 1
        UNION ALL
        -- What was just taken off includes closing entries, which totals without them never held.
        SELECT l.account_id, sum(l.debit), sum(l.credit)
          FROM kernel_period p JOIN erp_journalentry e ON e.period_id = p.id AND e.status = 'posted' JOIN erp_knownentry k ON k.entry_id = e.id
          JOIN erp_journalline l ON l.entry_id = e.id
         WHERE NOT p_with_closing AND p.company_id = p_company AND p.is_closing AND k.known_at > p_known AND e.ledger_date <= p_date GROUP BY 1
    ) x GROUP BY 1 HAVING sum(x.debit) <> 0 OR sum(x.credit) <> 0;
$$;
