-- Event ids are drawn before the act that emits the event, so that what the act writes can carry them as its cause.
CREATE SEQUENCE IF NOT EXISTS kernel_event_id;

-- Document numbers: one PostgreSQL sequence per company and series, made when first asked for.
CREATE OR REPLACE FUNCTION kernel_next_number(company bigint, series text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE
    name text := format('kernel_number_%s_%s', company, lower(regexp_replace(series, '[^A-Za-z0-9]', '', 'g')));
BEGIN
    IF to_regclass(quote_ident(name)) IS NULL THEN
        PERFORM pg_advisory_xact_lock(hashtext(name));
        IF to_regclass(quote_ident(name)) IS NULL THEN
            EXECUTE format('CREATE SEQUENCE IF NOT EXISTS %I', name);  -- the catalogue cache may not show a rival's yet
        END IF;
    END IF;
    RETURN nextval(quote_ident(name)::regclass);
END $$;

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
        SELECT jsonb_object_agg(o.key, o.value), jsonb_object_agg(o.key, n.value) INTO old_part, new_part
          FROM jsonb_each(was) o JOIN jsonb_each(now_is) n ON n.key = o.key
         WHERE o.value IS DISTINCT FROM n.value AND o.key NOT IN ('version', 'password', 'last_login');
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

-- Append-only and sealed rows are guarded by triggers too: the owner's own role must not slip.
CREATE OR REPLACE FUNCTION kernel_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% rows are never changed or deleted', TG_TABLE_NAME USING ERRCODE = '23514', CONSTRAINT = TG_TABLE_NAME || '_append_only';
END $$;
