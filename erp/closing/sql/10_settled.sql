-- A settled document never changes, but for the columns a later step of it writes. Arguments: the statuses in which it is still free, and
-- the columns that may change afterwards, both separated by commas.
CREATE OR REPLACE FUNCTION erp_guard_settled() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE free text[] := string_to_array(TG_ARGV[0], ','); later text[] := string_to_array(TG_ARGV[1], ',');
BEGIN
    IF OLD.status = ANY (free) THEN
        IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' OR to_jsonb(NEW) - later IS DISTINCT FROM to_jsonb(OLD) - later OR NEW.status = ANY (free) THEN
        RAISE EXCEPTION '% % is settled: it never changes', TG_TABLE_NAME, OLD.id USING ERRCODE = '23514', CONSTRAINT = 'settled_is_final';
    END IF;
    RETURN NEW;
END $$;

-- Rows of a settled document neither. Arguments: the document's table, the key to it, the statuses in which it is still free.
CREATE OR REPLACE FUNCTION erp_guard_rows_of_settled() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE old_parent bigint; new_parent bigint; parent_status text; parent bigint;
BEGIN
    IF TG_OP <> 'INSERT' THEN old_parent := (to_jsonb(OLD) ->> TG_ARGV[1])::bigint; END IF;
    IF TG_OP <> 'DELETE' THEN new_parent := (to_jsonb(NEW) ->> TG_ARGV[1])::bigint; END IF;
    FOREACH parent IN ARRAY array_remove(ARRAY[old_parent, new_parent], NULL) LOOP
        EXECUTE format('SELECT status FROM %I WHERE id = $1 FOR SHARE', TG_ARGV[0]) INTO parent_status USING parent;
        IF parent_status IS NOT NULL AND parent_status <> ALL (string_to_array(TG_ARGV[2], ',')) THEN
            RAISE EXCEPTION '% % is settled: its rows never change', TG_ARGV[0], parent USING ERRCODE = '23514', CONSTRAINT = 'settled_is_final';
        END IF;
    END LOOP;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER guard_settled BEFORE UPDATE OR DELETE ON erp_dividend FOR EACH ROW
    EXECUTE FUNCTION erp_guard_settled('draft', 'status,version,paid_on,payment_entry_id');
CREATE TRIGGER guard_settled BEFORE UPDATE OR DELETE ON erp_accrual FOR EACH ROW EXECUTE FUNCTION erp_guard_settled('draft', 'version');
CREATE TRIGGER guard_settled BEFORE UPDATE OR DELETE ON erp_openingbalance FOR EACH ROW EXECUTE FUNCTION erp_guard_settled('draft', 'version');
CREATE TRIGGER guard_rows BEFORE INSERT OR UPDATE OR DELETE ON erp_openingitem FOR EACH ROW
    EXECUTE FUNCTION erp_guard_rows_of_settled('erp_openingbalance', 'opening_id', 'draft');
CREATE TRIGGER guard_rows BEFORE INSERT OR UPDATE OR DELETE ON erp_openingline FOR EACH ROW
    EXECUTE FUNCTION erp_guard_rows_of_settled('erp_openingbalance', 'opening_id', 'draft');
CREATE TRIGGER guard_settled BEFORE UPDATE OR DELETE ON erp_deferral FOR EACH ROW EXECUTE FUNCTION erp_guard_settled('draft', 'status,version');

-- E20: a filed return and what it reports stay as filed. What is posted later belongs to the next return.
CREATE TRIGGER guard_settled BEFORE UPDATE OR DELETE ON erp_taxreturn FOR EACH ROW
    EXECUTE FUNCTION erp_guard_settled('open,computed', 'status,version,paid_on,payment_entry_id');
CREATE TRIGGER guard_rows BEFORE INSERT OR UPDATE OR DELETE ON erp_taxreturnbox FOR EACH ROW
    EXECUTE FUNCTION erp_guard_rows_of_settled('erp_taxreturn', 'tax_return_id', 'open,computed');
CREATE TRIGGER guard_rows BEFORE INSERT OR UPDATE OR DELETE ON erp_taxreturnentry FOR EACH ROW
    EXECUTE FUNCTION erp_guard_rows_of_settled('erp_taxreturn', 'tax_return_id', 'open,computed');
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON erp_taxreturnentry EXECUTE FUNCTION erp_refuse_truncate();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON erp_taxreturnbox EXECUTE FUNCTION erp_refuse_truncate();

-- E13: the parts of a deferral make up the whole, at every commit; a posted part stays as it is.
CREATE OR REPLACE FUNCTION erp_guard_instalment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.entry_id IS NOT NULL THEN
        RAISE EXCEPTION 'Instalment % of deferral % is posted', OLD.position, OLD.deferral_id USING ERRCODE = '23514', CONSTRAINT = 'settled_is_final';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard_instalment BEFORE UPDATE OR DELETE ON erp_deferralinstalment FOR EACH ROW EXECUTE FUNCTION erp_guard_instalment();

CREATE OR REPLACE FUNCTION erp_check_deferral() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE subject bigint; the_deferral erp_deferral; planned numeric;
BEGIN
    subject := CASE WHEN TG_TABLE_NAME = 'erp_deferral' THEN NEW.id ELSE (to_jsonb(coalesce(NEW, OLD)) ->> 'deferral_id')::bigint END;
    SELECT * INTO the_deferral FROM erp_deferral WHERE id = subject;
    IF the_deferral.id IS NULL OR the_deferral.status = 'draft' THEN RETURN NULL; END IF;
    SELECT coalesce(sum(amount), 0) INTO planned FROM erp_deferralinstalment WHERE deferral_id = subject;
    IF planned <> the_deferral.amount THEN
        RAISE EXCEPTION 'Deferral %: its parts make %, not %', subject, planned, the_deferral.amount
            USING ERRCODE = '23514', CONSTRAINT = 'deferral_parts_make_the_whole';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER check_deferral AFTER INSERT OR UPDATE ON erp_deferral DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION erp_check_deferral();
CREATE CONSTRAINT TRIGGER check_instalment AFTER INSERT OR UPDATE OR DELETE ON erp_deferralinstalment DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION erp_check_deferral();
