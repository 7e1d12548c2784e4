-- A draft entry in one round trip: the journal of its kind, the period held, the row. With a source that already has an entry, that
-- entry (is_new false). `p_lock` orders work on one subject (an order: dispatch against invoice) before the period is held.
CREATE OR REPLACE FUNCTION erp_begin_entry(
    p_company bigint, p_kind text, p_journal bigint, p_date date, p_description text, p_source text, p_actor bigint, p_cause bigint,
    p_closing boolean, p_closer boolean, p_lock text, p_reverses bigint
) RETURNS TABLE (id bigint, journal_id bigint, period_id bigint, is_new boolean) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE the_journal bigint := p_journal; the_period bigint; the_entry erp_journalentry;
BEGIN
    PERFORM set_config('suite.closer', CASE WHEN p_closer THEN 'on' ELSE '' END, true);
    IF p_lock IS NOT NULL THEN
        PERFORM pg_advisory_xact_lock(hashtextextended(p_lock, p_company));
    END IF;
    IF p_source IS NOT NULL THEN
        SELECT * INTO the_entry FROM erp_journalentry e WHERE e.company_id = p_company AND e.source_key = p_source;
        IF the_entry.id IS NOT NULL THEN
            RETURN QUERY SELECT the_entry.id, the_entry.journal_id, the_entry.period_id, false;
            RETURN;
        END IF;
    END IF;
    IF the_journal IS NULL THEN
        SELECT j.id INTO the_journal FROM erp_journal j WHERE j.company_id = p_company AND j.kind = p_kind ORDER BY j.id LIMIT 1;
        IF the_journal IS NULL THEN
            RAISE EXCEPTION 'The books have no journal of kind %', p_kind USING ERRCODE = '23514', CONSTRAINT = 'journal_exists';
        END IF;
    END IF;
    IF p_closing THEN
        SELECT p.id INTO the_period FROM kernel_period p
         WHERE p.company_id = p_company AND p.is_closing AND daterange(p.starts_on, p.ends_on, '[]') @> p_date;
        IF the_period IS NULL THEN
            RAISE EXCEPTION 'The books have no closing period for %', p_date USING ERRCODE = '23514', CONSTRAINT = 'period_exists';
        END IF;
    END IF;
    INSERT INTO erp_journalentry (company_id, cause, status, version, created_at, created_by_id, journal_id, ledger_date, period_id, description,
                                  source_key, reverses_id)
    VALUES (p_company, p_cause, 'draft', 1, now(), p_actor, the_journal, p_date, the_period, left(p_description, 200), p_source, p_reverses)
    RETURNING * INTO the_entry;
    RETURN QUERY SELECT the_entry.id, the_entry.journal_id, the_entry.period_id, true;
END $$;
