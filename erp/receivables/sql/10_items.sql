-- Sub-ledger rows join draft entries, and at commit their entry is posted: then it equals its lines on control accounts.
CREATE TRIGGER guard_item BEFORE INSERT OR DELETE ON erp_openitem FOR EACH ROW EXECUTE FUNCTION erp_guard_entry_row();
CREATE TRIGGER guard_clearing BEFORE INSERT OR UPDATE OR DELETE ON erp_clearingitem FOR EACH ROW EXECUTE FUNCTION erp_guard_entry_row();
CREATE TRIGGER guard_entry_value BEFORE INSERT OR UPDATE OR DELETE ON erp_stockvalue FOR EACH ROW EXECUTE FUNCTION erp_guard_entry_row();
CREATE CONSTRAINT TRIGGER item_has_posted_entry AFTER INSERT ON erp_openitem DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION erp_require_posted_entry();
CREATE CONSTRAINT TRIGGER clearing_has_posted_entry AFTER INSERT ON erp_clearingitem DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION erp_require_posted_entry();
CREATE CONSTRAINT TRIGGER value_has_posted_entry AFTER INSERT ON erp_stockvalue DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION erp_require_posted_entry();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON erp_openitem EXECUTE FUNCTION erp_refuse_truncate();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON erp_allocation EXECUTE FUNCTION erp_refuse_truncate();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON erp_clearingitem EXECUTE FUNCTION erp_refuse_truncate();

-- What an item has left is its amount less its allocations, whatever anybody writes.
CREATE OR REPLACE FUNCTION erp_keep_open_amount() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        NEW.open_amount := NEW.amount;
        RETURN NEW;
    END IF;
    IF (NEW.id, NEW.company_id, NEW.account_id, NEW.party_id, NEW.entry_id, NEW.kind, NEW.document_key, NEW.issued_on, NEW.amount)
       IS DISTINCT FROM
       (OLD.id, OLD.company_id, OLD.account_id, OLD.party_id, OLD.entry_id, OLD.kind, OLD.document_key, OLD.issued_on, OLD.amount) THEN
        RAISE EXCEPTION 'An open item never changes; allocate it' USING ERRCODE = '23514', CONSTRAINT = 'open_item_is_final';
    END IF;
    NEW.open_amount := OLD.amount
        - coalesce((SELECT sum(amount) FROM erp_allocation WHERE debit_item_id = OLD.id), 0)
        + coalesce((SELECT sum(amount) FROM erp_allocation WHERE credit_item_id = OLD.id), 0);
    RETURN NEW;
END $$;

CREATE TRIGGER keep_open_amount BEFORE INSERT OR UPDATE ON erp_openitem FOR EACH ROW EXECUTE FUNCTION erp_keep_open_amount();

-- Both items are locked in key order before an allocation is judged.
CREATE OR REPLACE FUNCTION erp_guard_allocation() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE debit erp_openitem; credit erp_openitem; original erp_allocation;
BEGIN
    PERFORM 1 FROM erp_openitem WHERE id IN (NEW.debit_item_id, NEW.credit_item_id) ORDER BY id FOR NO KEY UPDATE;
    SELECT * INTO debit FROM erp_openitem WHERE id = NEW.debit_item_id;
    SELECT * INTO credit FROM erp_openitem WHERE id = NEW.credit_item_id;
    IF debit.amount < 0 OR credit.amount > 0 OR (debit.company_id, debit.account_id, debit.party_id)
       IS DISTINCT FROM (credit.company_id, credit.account_id, credit.party_id) OR debit.company_id <> NEW.company_id THEN
        RAISE EXCEPTION 'An allocation sets a debit against a credit of the same party and account'
            USING ERRCODE = '23514', CONSTRAINT = 'allocation_matches_its_items';
    END IF;
    IF NEW.undoes_id IS NOT NULL THEN
        SELECT * INTO original FROM erp_allocation WHERE id = NEW.undoes_id;
        IF (original.debit_item_id, original.credit_item_id, original.amount) IS DISTINCT FROM (NEW.debit_item_id, NEW.credit_item_id, -NEW.amount)
           OR original.undoes_id IS NOT NULL THEN
            RAISE EXCEPTION 'An allocation is undone whole, once' USING ERRCODE = '23514', CONSTRAINT = 'allocation_undone_whole';
        END IF;
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER guard_allocation BEFORE INSERT ON erp_allocation FOR EACH ROW EXECUTE FUNCTION erp_guard_allocation();
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON erp_allocation FOR EACH ROW EXECUTE FUNCTION kernel_refuse_change();

CREATE OR REPLACE FUNCTION erp_settle_items() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    UPDATE erp_openitem SET open_amount = open_amount WHERE id IN (NEW.debit_item_id, NEW.credit_item_id);
    RETURN NULL;
END $$;

CREATE TRIGGER settle_items AFTER INSERT ON erp_allocation FOR EACH ROW EXECUTE FUNCTION erp_settle_items();

-- An invoice's payment status follows from its items.
CREATE OR REPLACE FUNCTION erp_derive_payment_status() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    UPDATE erp_customerinvoice i SET payment_status = s.derived
      FROM (SELECT CASE
                WHEN sum(abs(o.open_amount)) = sum(abs(o.amount)) THEN 'unpaid'
                WHEN sum(abs(o.open_amount)) > 0 THEN 'partial'
                WHEN EXISTS (SELECT 1 FROM erp_allocation a JOIN erp_openitem c ON c.id = a.credit_item_id JOIN erp_openitem d ON d.id = a.debit_item_id
                              WHERE d.entry_id = NEW.entry_id AND c.kind = 'write_off' GROUP BY d.entry_id HAVING sum(a.amount) > 0) THEN 'written_off'
                ELSE 'paid' END AS derived
              FROM erp_openitem o WHERE o.entry_id = NEW.entry_id) s
     WHERE i.entry_id = NEW.entry_id AND i.payment_status IS DISTINCT FROM s.derived;
    RETURN NULL;
END $$;

CREATE TRIGGER derive_payment_status AFTER UPDATE ON erp_openitem FOR EACH ROW
    WHEN (OLD.open_amount IS DISTINCT FROM NEW.open_amount AND NEW.kind IN ('invoice', 'credit_note'))
    EXECUTE FUNCTION erp_derive_payment_status();

-- Items, locked in key order, for those who may not write them.
CREATE OR REPLACE FUNCTION erp_lock_open_items(p_items bigint[]) RETURNS SETOF erp_openitem
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    -- The invoice before its items, as whoever credits it does: allocating writes its payment status.
    PERFORM 1 FROM erp_customerinvoice WHERE entry_id IN (SELECT entry_id FROM erp_openitem WHERE id = ANY (p_items)) ORDER BY id FOR NO KEY UPDATE;
    RETURN QUERY SELECT * FROM erp_openitem WHERE id = ANY (p_items) ORDER BY id FOR NO KEY UPDATE;
END $$;
