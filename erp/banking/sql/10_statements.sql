-- What the bank said never changes: a line of a loaded statement keeps its facts, a matched one as well, and neither is deleted.
CREATE OR REPLACE FUNCTION erp_guard_statement_line() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.statement_id IS NOT NULL OR OLD.status = 'matched' THEN
            RAISE EXCEPTION 'A line of a bank statement stays' USING ERRCODE = '23514', CONSTRAINT = 'statement_line_stays';
        END IF;
        RETURN OLD;
    END IF;
    IF (OLD.statement_id IS NOT NULL OR OLD.status = 'matched')
       AND (NEW.id, NEW.company_id, NEW.bank_account_id, NEW.booked_on, NEW.amount, NEW.external_id)
           IS DISTINCT FROM (OLD.id, OLD.company_id, OLD.bank_account_id, OLD.booked_on, OLD.amount, OLD.external_id) THEN
        RAISE EXCEPTION 'What the bank reported never changes' USING ERRCODE = '23514', CONSTRAINT = 'statement_line_is_final';
    END IF;
    IF NEW.statement_id IS DISTINCT FROM OLD.statement_id AND OLD.statement_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM erp_bankstatement o JOIN erp_bankstatement n ON n.id = NEW.statement_id AND n.bank_account_id = o.bank_account_id
         WHERE o.id = OLD.statement_id AND o.is_interim AND NOT n.is_interim) THEN
        RAISE EXCEPTION 'Only a notice gives its lines to the statement' USING ERRCODE = '23514', CONSTRAINT = 'statement_line_is_final';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard_statement_line BEFORE UPDATE OR DELETE ON erp_statementline FOR EACH ROW EXECUTE FUNCTION erp_guard_statement_line();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON erp_statementline EXECUTE FUNCTION erp_refuse_truncate();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON erp_statementmatch EXECUTE FUNCTION erp_refuse_truncate();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON erp_bankstatement EXECUTE FUNCTION erp_refuse_truncate();

-- A statement's figures are the bank's, too.
CREATE OR REPLACE FUNCTION erp_guard_statement() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR (NEW.id, NEW.company_id, NEW.bank_account_id, NEW.format, NEW.is_interim, NEW.starts_on, NEW.ends_on, NEW.opening_balance,
        NEW.closing_balance, NEW.difference, NEW.file_hash, NEW.position)
       IS DISTINCT FROM (OLD.id, OLD.company_id, OLD.bank_account_id, OLD.format, OLD.is_interim, OLD.starts_on, OLD.ends_on, OLD.opening_balance,
        OLD.closing_balance, OLD.difference, OLD.file_hash, OLD.position) THEN
        RAISE EXCEPTION 'A bank statement stays as the bank sent it' USING ERRCODE = '23514', CONSTRAINT = 'bank_statement_is_final';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard_statement BEFORE UPDATE OR DELETE ON erp_bankstatement FOR EACH ROW EXECUTE FUNCTION erp_guard_statement();

-- At commit: the parts of a matched line make up its amount, an open line has none, and each part stands on the bank's ledger account.
CREATE OR REPLACE FUNCTION erp_check_statement_line() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE wanted bigint; line erp_statementline; total numeric; many int; bank erp_bankaccount; bad bigint; state text;
BEGIN
    IF TG_TABLE_NAME = 'erp_statementline' THEN wanted := NEW.id;
    ELSIF TG_OP = 'DELETE' THEN wanted := OLD.line_id;
    ELSE wanted := NEW.line_id;
    END IF;
    SELECT * INTO line FROM erp_statementline WHERE id = wanted;
    IF line.id IS NULL THEN RETURN NULL; END IF;
    SELECT coalesce(sum(amount), 0), count(*) INTO total, many FROM erp_statementmatch WHERE line_id = wanted;
    IF (line.status = 'matched' AND (many = 0 OR total <> line.amount)) OR (line.status <> 'matched' AND many > 0) THEN
        RAISE EXCEPTION 'The parts of statement line % make up %, its amount is %', wanted, total, line.amount
            USING ERRCODE = '23514', CONSTRAINT = 'statement_parts_make_up_the_line';
    END IF;
    SELECT status INTO state FROM erp_bankstatement WHERE id = line.statement_id;
    IF line.status <> 'matched' AND state = 'reconciled' THEN
        RAISE EXCEPTION 'The statement is reconciled' USING ERRCODE = '23514', CONSTRAINT = 'reconciled_statement_is_final';
    END IF;
    IF line.status = 'matched' THEN
        SELECT * INTO bank FROM erp_bankaccount WHERE id = line.bank_account_id;
        SELECT p.entry_id INTO bad FROM (SELECT entry_id, sum(amount) AS own FROM erp_statementmatch WHERE line_id = wanted GROUP BY 1) p
          JOIN erp_journalentry e ON e.id = p.entry_id
          LEFT JOIN LATERAL (SELECT sum(abs(x.amount)) AS amount FROM (
                                 SELECT sum(m.amount) AS amount FROM erp_statementmatch m JOIN erp_statementline l ON l.id = m.line_id
                                  WHERE m.entry_id = p.entry_id AND l.bank_account_id = bank.id GROUP BY m.line_id) x) m ON true
          LEFT JOIN LATERAL (SELECT coalesce(sum(debit - credit), 0) AS amount FROM erp_journalline
                              WHERE entry_id = p.entry_id AND account_id = bank.account_id AND ledger_date IS NOT NULL) b ON true
         WHERE e.status <> 'posted' OR e.company_id <> line.company_id OR b.amount * p.own < 0 OR m.amount > abs(b.amount) LIMIT 1;
        IF bad IS NOT NULL THEN
            RAISE EXCEPTION 'Entry % does not put the amount on the bank account', bad USING ERRCODE = '23514', CONSTRAINT = 'statement_part_is_in_the_books';
        END IF;
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER check_statement_line AFTER INSERT OR UPDATE ON erp_statementline DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION erp_check_statement_line();
CREATE CONSTRAINT TRIGGER check_statement_part AFTER INSERT OR UPDATE OR DELETE ON erp_statementmatch DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION erp_check_statement_line();

-- What the ledger's bank account shows at the end of a statement, without what later statements of the same days brought.
CREATE OR REPLACE FUNCTION erp_statement_ledger_balance(p_statement bigint) RETURNS numeric LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
    SELECT coalesce((SELECT sum(l.debit - l.credit) FROM erp_journalline l WHERE l.account_id = b.account_id AND l.ledger_date <= s.ends_on), 0)
         - coalesce((SELECT sum(n.amount) FROM erp_statementline n JOIN erp_bankstatement t ON t.id = n.statement_id
                      WHERE n.bank_account_id = s.bank_account_id AND n.status = 'matched' AND coalesce(n.ledger_on, n.booked_on) <= s.ends_on
                        AND (t.ends_on, t.id) > (s.ends_on, s.id)), 0)
      FROM erp_bankstatement s JOIN erp_bankaccount b ON b.id = s.bank_account_id WHERE s.id = p_statement
$$;

-- At commit: a reconciled statement has no open line, and its closing balance is the ledger's.
CREATE OR REPLACE FUNCTION erp_check_reconciled() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE statement erp_bankstatement; ledger numeric;
BEGIN
    SELECT * INTO statement FROM erp_bankstatement WHERE id = NEW.id;
    IF statement.status <> 'reconciled' THEN RETURN NULL; END IF;
    ledger := erp_statement_ledger_balance(statement.id);
    IF ledger IS DISTINCT FROM statement.closing_balance OR EXISTS (SELECT 1 FROM erp_statementline WHERE statement_id = statement.id AND status <> 'matched') THEN
        RAISE EXCEPTION 'The ledger shows %, the statement %', ledger, statement.closing_balance
            USING ERRCODE = '23514', CONSTRAINT = 'reconciled_statement_is_proven';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER check_reconciled AFTER INSERT OR UPDATE ON erp_bankstatement DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION erp_check_reconciled();

-- Lines matched before parts were kept.
INSERT INTO erp_statementmatch (company_id, cause, line_id, position, kind, amount, fee, party_id, payment_id, account_id, entry_id)
SELECT l.company_id, l.cause, l.id, 1, CASE WHEN l.payment_id IS NULL THEN 'account' WHEN p.entry_id = l.entry_id THEN 'receipt' ELSE 'payment' END,
       l.amount, CASE WHEN l.payment_id IS NOT NULL AND p.entry_id <> l.entry_id AND p.kind <> 'refund' THEN p.amount - l.amount ELSE 0 END,
       l.party_id, l.payment_id, NULL, l.entry_id
  FROM erp_statementline l LEFT JOIN erp_customerpayment p ON p.id = l.payment_id WHERE l.status = 'matched'
   AND NOT EXISTS (SELECT 1 FROM erp_statementline e WHERE e.payment_id = l.payment_id AND e.status = 'matched' AND e.id < l.id);
