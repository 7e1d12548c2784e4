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

-- Append-only and sealed rows are guarded by triggers too: the owner's own role must not slip.
CREATE OR REPLACE FUNCTION kernel_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% rows are never changed or deleted', TG_TABLE_NAME USING ERRCODE = '23514', CONSTRAINT = TG_TABLE_NAME || '_append_only';
END $$;
