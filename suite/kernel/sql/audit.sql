-- The audit trail of rows. An insert is recorded without its values (the row has them); an update with what changed; a delete whole.
CREATE OR REPLACE FUNCTION kernel_audit_row() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE
    was jsonb; now_is jsonb; subject jsonb; old_part jsonb; new_part jsonb;
BEGIN
    IF TG_OP <> 'INSERT' THEN was := to_jsonb(OLD); END IF;
    IF TG_OP <> 'DELETE' THEN now_is := to_jsonb(NEW); END IF;
    subject := coalesce(now_is, was);
    IF TG_OP = 'UPDATE' THEN
        SELECT jsonb_object_agg(n.key, was->n.key), jsonb_object_agg(n.key, n.value) INTO old_part, new_part
          FROM jsonb_each(now_is) n WHERE n.value IS DISTINCT FROM was->n.key AND n.key NOT IN ('version', 'password', 'last_login');
        IF old_part IS NULL THEN RETURN NULL; END IF;
    ELSIF TG_OP = 'DELETE' THEN
        old_part := was - 'password';
    END IF;
    INSERT INTO kernel_rowchange (company_id, table_name, row_id, operation, actor_id, trace, at, before, after)
    VALUES ((CASE WHEN TG_TABLE_NAME = 'kernel_company' THEN subject->>'id' ELSE subject->>'company_id' END)::bigint, TG_TABLE_NAME,
            coalesce(subject->>'id', subject->>'code'), TG_OP, nullif(current_setting('suite.actor', true), '')::bigint,
            coalesce(current_setting('suite.trace', true), ''), clock_timestamp(), old_part, new_part);
    RETURN NULL;
END $$;

-- The rows of one INSERT together, for tables that have `id` and `company_id`: most rows come as the lines of a document.
CREATE OR REPLACE FUNCTION kernel_audit_inserted() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    INSERT INTO kernel_rowchange (company_id, table_name, row_id, operation, actor_id, trace, at)
    SELECT made.company_id, TG_TABLE_NAME, made.id::text, 'INSERT', nullif(current_setting('suite.actor', true), '')::bigint,
           coalesce(current_setting('suite.trace', true), ''), clock_timestamp()
      FROM made;
    RETURN NULL;
END $$;
