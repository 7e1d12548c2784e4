-- The fingerprint of a batch: its head, its lines, and the accounts and mandates behind them as they are at this moment.
CREATE OR REPLACE FUNCTION erp_payment_batch_hash(p_batch bigint) RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
    SELECT encode(sha256(convert_to(concat_ws('|', b.id, b.company_id, b.number, b.direction, b.method, b.scheme, b.bank_account_id, b.currency_id,
                                              to_char(b.execute_on, 'YYYY-MM-DD'), b.total, (
        SELECT string_agg(concat_ws('|', l.id, l.position, l.transfer, l.item_id, l.party_id, coalesce(l.payee_account_id, 0), coalesce(l.mandate_id, 0),
                                    l.sequence, l.holder, l.iban, l.bic, l.amount, l.discount, l.reference,
                                    s.status, s.supplier_id, s.iban, s.bic, s.holder, m.status = 'cancelled', m.customer_id, m.iban, m.bic, m.holder), E'\n' ORDER BY l.id)
          FROM erp_paymentbatchline l LEFT JOIN erp_supplierbankaccount s ON s.id = l.payee_account_id LEFT JOIN erp_mandate m ON m.id = l.mandate_id
         WHERE l.batch_id = b.id)), 'UTF8')), 'hex')
      FROM erp_paymentbatch b WHERE b.id = p_batch
$$;

-- A batch begins as a proposal; it is approved as it stands by somebody else; it is sent as approved, with every payment posted.
CREATE OR REPLACE FUNCTION erp_guard_payment_batch() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE later text[]; guilty record;
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'A payment batch stays; cancel it' USING ERRCODE = '23514', CONSTRAINT = 'payment_batch_stays';
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.status <> 'proposed' OR NEW.approved_by_id IS NOT NULL OR NEW.approved_hash <> '' OR NOT EXISTS (
            SELECT 1 FROM erp_bankaccount WHERE id = NEW.bank_account_id AND company_id = NEW.company_id) THEN
            RAISE EXCEPTION 'A payment batch begins as a proposal on an account of its company'
                USING ERRCODE = '23514', CONSTRAINT = 'payment_batch_begins_proposed';
        END IF;
        RETURN NEW;
    END IF;
    later := CASE NEW.status WHEN OLD.status THEN ARRAY['version'] WHEN 'approved' THEN ARRAY['status', 'version', 'approved_by_id', 'approved_at', 'approved_hash']
        WHEN 'exported' THEN ARRAY['status', 'version', 'exported_by_id', 'exported_at', 'file_format', 'file_id', 'file_sha256'] ELSE ARRAY['status', 'version'] END;
    IF to_jsonb(NEW) - later IS DISTINCT FROM to_jsonb(OLD) - later THEN
        RAISE EXCEPTION 'Payment batch % never changes but by its steps', OLD.number USING ERRCODE = '23514', CONSTRAINT = 'payment_batch_is_final';
    END IF;
    IF NEW.status = OLD.status THEN RETURN NEW; END IF;
    IF (OLD.status, NEW.status) NOT IN (('proposed', 'approved'), ('proposed', 'cancelled'), ('approved', 'exported'), ('approved', 'cancelled'),
                                        ('exported', 'confirmed'), ('exported', 'rejected'), ('confirmed', 'rejected')) THEN
        RAISE EXCEPTION 'Payment batch % is %, it does not become %', OLD.number, OLD.status, NEW.status
            USING ERRCODE = '23514', CONSTRAINT = 'payment_batch_steps';
    END IF;
    IF NEW.status = 'approved' THEN
        NEW.approved_hash := erp_payment_batch_hash(NEW.id);
    ELSIF NEW.status = 'exported' THEN
        IF OLD.approved_hash <> erp_payment_batch_hash(NEW.id) THEN
            RAISE EXCEPTION 'Payment batch % or a bank account in it was changed after its approval', OLD.number
                USING ERRCODE = '23514', CONSTRAINT = 'payment_batch_as_approved';
        END IF;
        IF EXISTS (SELECT 1 FROM erp_paymentbatchline WHERE batch_id = NEW.id AND is_watched AND vouched_by_id IS NULL) THEN
            RAISE EXCEPTION 'Payment batch % pays to an account changed lately that nobody vouched for', OLD.number
                USING ERRCODE = '23514', CONSTRAINT = 'payment_batch_accounts_vouched';
        END IF;
        SELECT x.* INTO guilty FROM (
            SELECT l.transfer, sum(l.amount) AS amount, min(coalesce(s.amount, c.amount)) AS paid, bool_or(s.id IS NULL AND c.id IS NULL) AS missing,
                   bool_or(coalesce(s.status, c.status) = 'draft' OR coalesce(s.supplier_id, c.customer_id) IS DISTINCT FROM l.party_id
                           OR coalesce(s.currency_id, c.currency_id) <> NEW.currency_id OR coalesce(s.bank_account_id, c.bank_account_id) <> NEW.bank_account_id
                           OR s.payee_account_id IS DISTINCT FROM l.payee_account_id
                           OR coalesce(s.source_key, c.source_key) IS DISTINCT FROM 'erp.paymentbatch:' || NEW.id || '/' || l.transfer
                           OR coalesce(s.company_id, c.company_id) <> NEW.company_id) AS wrong,
                   count(DISTINCT coalesce(s.id, c.id)) AS payments
              FROM erp_paymentbatchline l LEFT JOIN erp_supplierpayment s ON s.id = l.supplier_payment_id
              LEFT JOIN erp_customerpayment c ON c.id = l.customer_payment_id
             WHERE l.batch_id = NEW.id GROUP BY l.transfer) x
         WHERE x.missing OR x.wrong OR x.payments <> 1 OR x.amount <> x.paid LIMIT 1;
        IF guilty.transfer IS NOT NULL THEN
            RAISE EXCEPTION 'Payment batch %: transfer % is not the payment that is posted', OLD.number, guilty.transfer
                USING ERRCODE = '23514', CONSTRAINT = 'payment_batch_pays_what_it_says';
        END IF;
    ELSIF NEW.status = 'rejected' THEN
        IF EXISTS (SELECT 1 FROM erp_paymentbatchline l LEFT JOIN erp_supplierpayment s ON s.id = l.supplier_payment_id
                     LEFT JOIN erp_customerpayment c ON c.id = l.customer_payment_id
                    WHERE l.batch_id = NEW.id AND coalesce(s.status, c.status) <> 'reversed') THEN
            RAISE EXCEPTION 'Payment batch % has payments that stand', OLD.number USING ERRCODE = '23514', CONSTRAINT = 'payment_batch_rejected_is_reversed';
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard_batch BEFORE INSERT OR UPDATE OR DELETE ON erp_paymentbatch FOR EACH ROW EXECUTE FUNCTION erp_guard_payment_batch();

-- When a batch is sent or cancelled its bills are free for another one.
CREATE OR REPLACE FUNCTION erp_free_batch_lines() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    UPDATE erp_paymentbatchline SET is_open = false WHERE batch_id = NEW.id AND is_open;
    RETURN NULL;
END $$;
CREATE TRIGGER free_lines AFTER UPDATE OF status ON erp_paymentbatch FOR EACH ROW
    WHEN (NEW.status NOT IN ('proposed', 'approved') AND OLD.status IN ('proposed', 'approved')) EXECUTE FUNCTION erp_free_batch_lines();

-- A line names an open item of its party, an approved account of that supplier or an active mandate of that customer, and at most what is open.
CREATE OR REPLACE FUNCTION erp_guard_batch_line() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE its erp_paymentbatch; owed erp_openitem; side int;
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'A line of a payment batch stays' USING ERRCODE = '23514', CONSTRAINT = 'payment_batch_is_final';
    END IF;
    SELECT * INTO its FROM erp_paymentbatch WHERE id = NEW.batch_id FOR SHARE;
    IF TG_OP = 'UPDATE' THEN
        IF to_jsonb(NEW) - ARRAY['vouched_by_id', 'vouched_at', 'supplier_payment_id', 'customer_payment_id', 'cheque_number', 'is_open'] IS DISTINCT FROM
           to_jsonb(OLD) - ARRAY['vouched_by_id', 'vouched_at', 'supplier_payment_id', 'customer_payment_id', 'cheque_number', 'is_open']
           OR (NEW.is_open <> OLD.is_open AND (pg_trigger_depth() = 1 OR NEW.is_open)) THEN
            RAISE EXCEPTION 'A line of payment batch % never changes', its.number USING ERRCODE = '23514', CONSTRAINT = 'payment_batch_is_final';
        END IF;
        IF (NEW.vouched_by_id, NEW.vouched_at) IS DISTINCT FROM (OLD.vouched_by_id, OLD.vouched_at) AND (
            OLD.vouched_by_id IS NOT NULL OR its.status NOT IN ('proposed', 'approved') OR NEW.vouched_by_id = its.created_by_id
            OR EXISTS (SELECT 1 FROM erp_supplierbankaccount a WHERE a.id = NEW.payee_account_id AND NEW.vouched_by_id IN (a.created_by_id, a.changed_by_id))) THEN
            RAISE EXCEPTION 'Whoever proposed payment batch % or entered the account does not vouch for it', its.number
                USING ERRCODE = '23514', CONSTRAINT = 'payment_batch_accounts_vouched';
        END IF;
        IF (NEW.supplier_payment_id, NEW.customer_payment_id, NEW.cheque_number) IS DISTINCT FROM
           (OLD.supplier_payment_id, OLD.customer_payment_id, OLD.cheque_number) AND (
            its.status <> 'approved' OR coalesce(OLD.supplier_payment_id, OLD.customer_payment_id, OLD.cheque_number) IS NOT NULL) THEN
            RAISE EXCEPTION 'A line of payment batch % is paid once, when it is sent', its.number USING ERRCODE = '23514', CONSTRAINT = 'payment_batch_is_final';
        END IF;
        RETURN NEW;
    END IF;
    SELECT * INTO owed FROM erp_openitem WHERE id = NEW.item_id;
    side := CASE its.direction WHEN 'out' THEN -1 ELSE 1 END;
    IF its.status <> 'proposed' OR NOT NEW.is_open OR NEW.vouched_by_id IS NOT NULL OR NEW.supplier_payment_id IS NOT NULL
       OR NEW.customer_payment_id IS NOT NULL OR NEW.cheque_number IS NOT NULL THEN
        RAISE EXCEPTION 'Lines join payment batch % while it is proposed', its.number USING ERRCODE = '23514', CONSTRAINT = 'payment_batch_is_final';
    END IF;
    IF (owed.company_id, owed.party_id, owed.currency_id) IS DISTINCT FROM (NEW.company_id, NEW.party_id, its.currency_id) OR its.company_id <> NEW.company_id THEN
        RAISE EXCEPTION 'An open item of another party, currency or company' USING ERRCODE = '23514', CONSTRAINT = 'payment_batch_line_fits_item';
    END IF;
    IF sign(owed.open_currency) * side <> sign(NEW.amount) OR abs(NEW.amount) + NEW.discount > abs(owed.open_currency) THEN
        RAISE EXCEPTION '% are open, % were to be paid', owed.open_currency * side, NEW.amount
            USING ERRCODE = '23514', CONSTRAINT = 'payment_batch_line_within_open';
    END IF;
    IF (its.direction = 'in') <> (NEW.mandate_id IS NOT NULL) OR (NEW.payee_account_id IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM erp_supplierbankaccount a WHERE a.id = NEW.payee_account_id AND a.status = 'approved' AND a.company_id = NEW.company_id
               AND (a.supplier_id, a.iban, a.bic) = (NEW.party_id, NEW.iban, NEW.bic) FOR SHARE))
       OR (NEW.mandate_id IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM erp_mandate m WHERE m.id = NEW.mandate_id AND m.status = 'active' AND m.company_id = NEW.company_id
               AND (m.customer_id, m.iban, m.bic, m.scheme) = (NEW.party_id, NEW.iban, NEW.bic, its.scheme) FOR SHARE))
       OR (its.method = 'sepa' AND NEW.payee_account_id IS NULL AND NEW.mandate_id IS NULL)
       OR (NEW.payee_account_id IS NULL AND NEW.mandate_id IS NULL AND NEW.iban <> '') THEN
        RAISE EXCEPTION 'The account is not an approved one of the supplier, or the mandate not an active one of the customer'
            USING ERRCODE = '23514', CONSTRAINT = 'payment_batch_line_account';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard_line BEFORE INSERT OR UPDATE OR DELETE ON erp_paymentbatchline FOR EACH ROW EXECUTE FUNCTION erp_guard_batch_line();

-- A batch comes to its total, transfer by transfer above zero, each to one account. Its lines come in one statement.
CREATE OR REPLACE FUNCTION erp_require_whole_batch(p_batch bigint) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE its erp_paymentbatch; summed numeric;
BEGIN
    SELECT * INTO its FROM erp_paymentbatch WHERE id = p_batch;
    SELECT coalesce(sum(amount), 0) INTO summed FROM erp_paymentbatchline WHERE batch_id = p_batch;
    IF summed <> its.total THEN
        RAISE EXCEPTION 'Payment batch %: its lines come to %, not %', its.number, summed, its.total
            USING ERRCODE = '23514', CONSTRAINT = 'payment_batch_total';
    END IF;
    IF EXISTS (SELECT 1 FROM erp_paymentbatchline WHERE batch_id = p_batch GROUP BY transfer
               HAVING sum(amount) <= 0 OR min(party_id) <> max(party_id) OR min(coalesce(payee_account_id, 0)) <> max(coalesce(payee_account_id, 0))
                   OR min(coalesce(mandate_id, 0)) <> max(coalesce(mandate_id, 0))) THEN
        RAISE EXCEPTION 'Payment batch %: a transfer is above zero and goes to one account', its.number
            USING ERRCODE = '23514', CONSTRAINT = 'payment_batch_transfers';
    END IF;
END $$;

CREATE OR REPLACE FUNCTION erp_check_payment_batch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM erp_require_whole_batch(NEW.id);
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER check_batch AFTER INSERT ON erp_paymentbatch DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION erp_check_payment_batch();

CREATE OR REPLACE FUNCTION erp_check_batch_lines() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM erp_require_whole_batch(batch_id) FROM (SELECT DISTINCT batch_id FROM made) x;
    RETURN NULL;
END $$;
CREATE TRIGGER check_lines AFTER INSERT ON erp_paymentbatchline REFERENCING NEW TABLE AS made
    FOR EACH STATEMENT EXECUTE FUNCTION erp_check_batch_lines();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON erp_paymentbatch EXECUTE FUNCTION erp_refuse_truncate();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON erp_paymentbatchline EXECUTE FUNCTION erp_refuse_truncate();

-- A mandate that was signed is that mandate for ever; cancelled or expired it collects nothing any more.
CREATE OR REPLACE FUNCTION erp_guard_mandate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.status <> 'draft' OR NEW.last_used_on IS NOT NULL THEN
            RAISE EXCEPTION 'A mandate is entered first, then activated' USING ERRCODE = '23514', CONSTRAINT = 'mandate_begins_as_draft';
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' THEN
        IF OLD.status <> 'draft' THEN
            RAISE EXCEPTION 'Mandate % was signed: it stays', OLD.reference USING ERRCODE = '23514', CONSTRAINT = 'mandate_is_final';
        END IF;
        RETURN OLD;
    END IF;
    IF OLD.status IN ('cancelled', 'expired') AND to_jsonb(NEW) - 'version' IS DISTINCT FROM to_jsonb(OLD) - 'version' THEN
        RAISE EXCEPTION 'Mandate % is over', OLD.reference USING ERRCODE = '23514', CONSTRAINT = 'mandate_is_final';
    END IF;
    IF OLD.status = 'active' AND (NEW.status = 'draft' OR to_jsonb(NEW) - ARRAY['status', 'version', 'sequence', 'last_used_on'] IS DISTINCT FROM
                                                          to_jsonb(OLD) - ARRAY['status', 'version', 'sequence', 'last_used_on']) THEN
        RAISE EXCEPTION 'Mandate % is signed: it never changes', OLD.reference USING ERRCODE = '23514', CONSTRAINT = 'mandate_is_final';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard_mandate BEFORE INSERT OR UPDATE OR DELETE ON erp_mandate FOR EACH ROW EXECUTE FUNCTION erp_guard_mandate();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON erp_mandate EXECUTE FUNCTION erp_refuse_truncate();
