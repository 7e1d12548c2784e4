-- A bill's payment status follows from its items, in the currency it is owed in.
CREATE OR REPLACE FUNCTION erp_derive_bill_status() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    UPDATE erp_supplierbill b SET payment_status = s.derived
      FROM (SELECT CASE WHEN sum(abs(o.open_currency)) = sum(abs(o.amount_currency)) THEN 'unpaid' WHEN sum(abs(o.open_currency)) > 0 THEN 'partial'
                        ELSE 'paid' END AS derived
              FROM erp_openitem o WHERE o.entry_id = NEW.entry_id AND o.kind IN ('bill', 'bill_credit')) s
     WHERE b.entry_id = NEW.entry_id AND b.status <> 'reversed' AND b.payment_status IS DISTINCT FROM s.derived;
    RETURN NULL;
END $$;

DROP TRIGGER derive_bill_status ON erp_openitem;
CREATE TRIGGER derive_bill_status AFTER UPDATE ON erp_openitem FOR EACH ROW
    WHEN (OLD.open_currency IS DISTINCT FROM NEW.open_currency AND NEW.kind IN ('bill', 'bill_credit')) EXECUTE FUNCTION erp_derive_bill_status();

-- Posting writes into a bill's taxes what they are in the books; but for that, lines and taxes change only while the bill is a draft.
CREATE OR REPLACE FUNCTION erp_guard_bill_row() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE its erp_supplierbill; subject bigint; is_conversion boolean;
BEGIN
    subject := CASE WHEN TG_OP = 'INSERT' THEN NEW.bill_id ELSE OLD.bill_id END;
    SELECT * INTO its FROM erp_supplierbill WHERE id = subject FOR SHARE;
    is_conversion := TG_TABLE_NAME = 'erp_supplierbilltax' AND TG_OP = 'UPDATE'
        AND to_jsonb(NEW) - 'books_base' - 'books_amount' - 'books_self_assessed'
            = to_jsonb(OLD) - 'books_base' - 'books_amount' - 'books_self_assessed';
    IF its.number IS NOT NULL OR (its.status <> 'draft' AND TG_TABLE_NAME <> 'erp_supplierbillinstalment' AND NOT is_conversion) THEN
        RAISE EXCEPTION 'Bill % is no draft: its % rows never change', coalesce(its.number, its.supplier_reference), TG_TABLE_NAME
            USING ERRCODE = '23514', CONSTRAINT = 'bill_posted_is_final';
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.bill_id <> OLD.bill_id THEN
        RAISE EXCEPTION 'A line stays in its bill' USING ERRCODE = '23514', CONSTRAINT = 'row_stays_in_its_bill';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;

-- Money goes to an approved account of its supplier; a transfer that waits for the bank names one.
CREATE OR REPLACE FUNCTION erp_guard_payee() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.payee_account_id IS NOT NULL AND NEW.status <> 'draft' AND NOT EXISTS (
        SELECT 1 FROM erp_supplierbankaccount WHERE id = NEW.payee_account_id AND status = 'approved' AND supplier_id = NEW.supplier_id FOR SHARE
    ) THEN
        RAISE EXCEPTION 'The account is not approved, or not the supplier''s' USING ERRCODE = '23514', CONSTRAINT = 'payee_is_approved';
    END IF;
    IF NEW.payee_account_id IS NULL AND NEW.status = 'posted' AND NEW.method = 'transfer' AND NEW.kind <> 'refund' THEN
        RAISE EXCEPTION 'A transfer names the account it goes to' USING ERRCODE = '23514', CONSTRAINT = 'transfer_has_a_payee';
    END IF;
    RETURN NEW;
END $$;
