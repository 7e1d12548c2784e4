ALTER TABLE erp_journallinedimension ADD CONSTRAINT line_dimension_of_line FOREIGN KEY (line_id) REFERENCES erp_journalline (id) ON DELETE CASCADE;

-- A value's tree has no rings and stays in its dimension and company; what a value belongs to never changes.
CREATE OR REPLACE FUNCTION erp_guard_dimension_value() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND (NEW.dimension_id, NEW.company_id) IS DISTINCT FROM (OLD.dimension_id, OLD.company_id) THEN
        RAISE EXCEPTION 'A value stays in its dimension' USING ERRCODE = '23514', CONSTRAINT = 'dimension_value_stays';
    END IF;
    IF NOT EXISTS (SELECT 1 FROM erp_dimension WHERE id = NEW.dimension_id AND company_id = NEW.company_id) THEN
        RAISE EXCEPTION 'The dimension belongs to another company' USING ERRCODE = '23514', CONSTRAINT = 'dimension_of_company';
    END IF;
    IF NEW.parent_id IS NOT NULL THEN
        PERFORM pg_advisory_xact_lock(hashtextextended('erp.dimension_tree', NEW.dimension_id));
        IF NOT EXISTS (SELECT 1 FROM erp_dimensionvalue WHERE id = NEW.parent_id AND dimension_id = NEW.dimension_id) OR EXISTS (
            WITH RECURSIVE above(id, parent_id) AS (
                SELECT id, parent_id FROM erp_dimensionvalue WHERE id = NEW.parent_id
                UNION SELECT v.id, v.parent_id FROM above JOIN erp_dimensionvalue v ON v.id = above.parent_id
            ) SELECT 1 FROM above WHERE id = NEW.id
        ) THEN
            RAISE EXCEPTION 'Value % would be part of itself, or of another dimension', NEW.code
                USING ERRCODE = '23514', CONSTRAINT = 'dimension_tree_acyclic';
        END IF;
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER guard_value BEFORE INSERT OR UPDATE ON erp_dimensionvalue FOR EACH ROW EXECUTE FUNCTION erp_guard_dimension_value();

CREATE OR REPLACE FUNCTION erp_guard_dimension_rule() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM erp_dimension WHERE id = NEW.dimension_id AND company_id = NEW.company_id)
       OR (NEW.account_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM erp_account WHERE id = NEW.account_id AND company_id = NEW.company_id))
       OR (NEW.default_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM erp_dimensionvalue WHERE id = NEW.default_id AND dimension_id = NEW.dimension_id)) THEN
        RAISE EXCEPTION 'A rule names a dimension, an account and a value of its own company and dimension'
            USING ERRCODE = '23514', CONSTRAINT = 'dimension_of_company';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER guard_rule BEFORE INSERT OR UPDATE ON erp_dimensionrule FOR EACH ROW EXECUTE FUNCTION erp_guard_dimension_rule();

-- What a line says, "CC:100 PRJ:A1" or keys of values "#12", as values; written back as codes in order. Lines without pass by.
-- Inactive values are taken only by key (reversals, rules) and where the line said them before.
CREATE OR REPLACE FUNCTION erp_read_dimensions(p_company bigint, p_text text, p_before text)
RETURNS TABLE (dimension_id bigint, value_id bigint, shown text) LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public AS $$
DECLARE token text; found record;
BEGIN
    FOR token IN SELECT t FROM regexp_split_to_table(trim(p_text), '[\s,;]+') t WHERE t <> '' LOOP
        SELECT d.id AS dimension_id, v.id AS value_id, d.code || ':' || v.code AS shown INTO found
          FROM erp_dimensionvalue v JOIN erp_dimension d ON d.id = v.dimension_id
         WHERE v.company_id = p_company
           AND (v.is_active AND d.is_active OR token LIKE '#%' OR token = ANY (string_to_array(p_before, ' ')))
           AND CASE WHEN token ~ '^#\d{1,18}$' THEN v.id = substr(token, 2)::bigint
                    ELSE upper(d.code) = upper(split_part(token, ':', 1)) AND upper(v.code) = upper(substr(token, position(':' in token) + 1)) END
         ORDER BY (d.code || ':' || v.code = token) DESC LIMIT 1;
        IF found.value_id IS NULL THEN
            RAISE EXCEPTION 'There is no dimension value %', token
                USING ERRCODE = '23514', CONSTRAINT = 'dimension_value_unknown', DETAIL = left(token, 40);
        END IF;
        dimension_id := found.dimension_id; value_id := found.value_id; shown := found.shown;
        RETURN NEXT;
    END LOOP;
END $$;

CREATE OR REPLACE FUNCTION erp_write_dimensions() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE twice text; before text := CASE WHEN TG_OP = 'UPDATE' THEN OLD.dimensions ELSE '' END;
BEGIN
    SELECT string_agg(shown, ' ' ORDER BY shown),
           (SELECT min(x.shown) FROM (SELECT r.shown, count(*) OVER (PARTITION BY r.dimension_id) AS times
                                        FROM erp_read_dimensions(NEW.company_id, NEW.dimensions, before) r) x WHERE x.times > 1)
      INTO NEW.dimensions, twice FROM erp_read_dimensions(NEW.company_id, NEW.dimensions, before);
    IF twice IS NOT NULL THEN
        RAISE EXCEPTION 'A line has two values of one dimension' USING ERRCODE = '23514', CONSTRAINT = 'line_dimension_twice', DETAIL = twice;
    END IF;
    NEW.dimensions := coalesce(NEW.dimensions, '');
    RETURN NEW;
END $$;

CREATE TRIGGER write_dimensions BEFORE INSERT OR UPDATE OF dimensions ON erp_journalline FOR EACH ROW
    WHEN (NEW.dimensions <> '') EXECUTE FUNCTION erp_write_dimensions();

CREATE OR REPLACE FUNCTION erp_keep_dimensions() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        DELETE FROM erp_journallinedimension WHERE line_id = NEW.id;
    END IF;
    INSERT INTO erp_journallinedimension (company_id, line_id, dimension_id, value_id)
    SELECT NEW.company_id, NEW.id, dimension_id, value_id FROM erp_read_dimensions(NEW.company_id, NEW.dimensions, NEW.dimensions);
    RETURN NULL;
END $$;

CREATE TRIGGER keep_dimensions_new AFTER INSERT ON erp_journalline FOR EACH ROW WHEN (NEW.dimensions <> '') EXECUTE FUNCTION erp_keep_dimensions();
CREATE TRIGGER keep_dimensions AFTER UPDATE OF dimensions ON erp_journalline FOR EACH ROW
    WHEN (NEW.dimensions IS DISTINCT FROM OLD.dimensions) EXECUTE FUNCTION erp_keep_dimensions();

-- At the seal: lines on accounts that need a dimension get its default, or the entry is not posted. Companies without rules pay one look.
CREATE OR REPLACE FUNCTION erp_require_dimensions() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE lacking record;
BEGIN
    -- Year-end entries clear whole accounts: reports by dimension leave them out.
    IF NOT EXISTS (SELECT 1 FROM erp_dimensionrule WHERE company_id = NEW.company_id AND is_active)
       OR EXISTS (SELECT 1 FROM kernel_period WHERE id = NEW.period_id AND is_closing) THEN
        RETURN NEW;
    END IF;
    UPDATE erp_journalline l SET dimensions = trim(l.dimensions || ' ' || x.more) FROM (
        SELECT line_id, string_agg('#' || default_id, ' ') AS more FROM (
            SELECT DISTINCT ON (l.id, r.dimension_id) l.id AS line_id, r.default_id
              FROM erp_journalline l JOIN erp_account a ON a.id = l.account_id
              JOIN erp_dimensionrule r ON r.company_id = NEW.company_id AND r.is_active AND r.default_id IS NOT NULL
               AND (r.account_id = a.id OR r.account_type = a.type)
             WHERE l.entry_id = NEW.id AND NOT EXISTS (
                   SELECT 1 FROM erp_journallinedimension d WHERE d.line_id = l.id AND d.dimension_id = r.dimension_id)
             ORDER BY l.id, r.dimension_id, r.account_id NULLS LAST
        ) y GROUP BY 1
    ) x WHERE l.id = x.line_id;
    SELECT a.code, a.name, m.code AS dimension, m.name AS dimension_name INTO lacking
      FROM erp_journalline l JOIN erp_account a ON a.id = l.account_id
      JOIN erp_dimensionrule r ON r.company_id = NEW.company_id AND r.is_active AND (r.account_id = a.id OR r.account_type = a.type)
      JOIN erp_dimension m ON m.id = r.dimension_id AND m.is_active
     WHERE l.entry_id = NEW.id
       AND NOT EXISTS (SELECT 1 FROM erp_journallinedimension d WHERE d.line_id = l.id AND d.dimension_id = r.dimension_id)
     ORDER BY l.position LIMIT 1;
    IF lacking.code IS NOT NULL THEN
        RAISE EXCEPTION 'A line on account % lacks dimension %', lacking.code, lacking.dimension USING ERRCODE = '23514',
            CONSTRAINT = 'dimension_required', DETAIL = lacking.code || ' ' || lacking.name || ': ' || lacking.dimension || ' ' || lacking.dimension_name;
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER require_dimensions BEFORE UPDATE OF status ON erp_journalentry FOR EACH ROW
    WHEN (NEW.status = 'posted' AND OLD.status <> 'posted') EXECUTE FUNCTION erp_require_dimensions();

-- Debits and credits per account of the lines that bear a value or one below it.
CREATE OR REPLACE FUNCTION erp_value_totals(p_company bigint, p_value bigint, p_from date, p_to date, p_known timestamptz)
RETURNS TABLE (account_id bigint, debit numeric, credit numeric) LANGUAGE sql STABLE AS $$
    WITH RECURSIVE wanted(id) AS (
        SELECT id FROM erp_dimensionvalue WHERE id = p_value AND company_id = p_company
        UNION SELECT v.id FROM wanted JOIN erp_dimensionvalue v ON v.parent_id = wanted.id
    )
    SELECT l.account_id, sum(l.debit), sum(l.credit) FROM wanted w JOIN erp_journallinedimension d ON d.value_id = w.id
      JOIN erp_journalline l ON l.id = d.line_id
     WHERE l.company_id = p_company AND l.ledger_date <= p_to AND (p_from IS NULL OR l.ledger_date >= p_from)
       AND NOT EXISTS (SELECT 1 FROM erp_knownentry k WHERE k.entry_id = l.entry_id AND k.known_at > p_known)
     GROUP BY 1;
$$;
