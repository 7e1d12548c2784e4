-- Rows of dunning stay in their company.
ALTER TABLE erp_dunninglevel ADD CONSTRAINT dunning_level_of_company UNIQUE (id, company_id);
ALTER TABLE erp_dunningrun ADD CONSTRAINT dunning_run_of_company UNIQUE (id, company_id);
ALTER TABLE erp_dunningnotice ADD CONSTRAINT dunning_notice_of_company UNIQUE (id, company_id);
ALTER TABLE erp_dunningtext ADD CONSTRAINT dunning_text_level_of_company FOREIGN KEY (level_id, company_id) REFERENCES erp_dunninglevel (id, company_id);
ALTER TABLE erp_dunningnotice ADD CONSTRAINT dunning_notice_run_of_company FOREIGN KEY (run_id, company_id) REFERENCES erp_dunningrun (id, company_id);
ALTER TABLE erp_dunningnotice ADD CONSTRAINT dunning_notice_level_of_company FOREIGN KEY (level_id, company_id) REFERENCES erp_dunninglevel (id, company_id);
ALTER TABLE erp_dunningnoticeline ADD CONSTRAINT dunned_item_notice_of_company FOREIGN KEY (notice_id, company_id) REFERENCES erp_dunningnotice (id, company_id);

-- Levels are 1, 2, 3 … without a gap when a transaction ends, whoever wrote.
CREATE OR REPLACE FUNCTION erp_check_dunning_levels() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE subject bigint := coalesce(NEW.company_id, OLD.company_id);
BEGIN
    IF EXISTS (SELECT 1 FROM erp_dunninglevel WHERE company_id = subject HAVING count(*) > 0 AND max(position) <> count(*)) THEN
        RAISE EXCEPTION 'Dunning levels are numbered without a gap' USING ERRCODE = '23514', CONSTRAINT = 'dunning_levels_without_gap';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER check_levels AFTER INSERT OR UPDATE OR DELETE ON erp_dunninglevel DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION erp_check_dunning_levels();

-- A posted or discarded run, and an issued letter with its lines, stay as they are.
CREATE TRIGGER guard_settled BEFORE UPDATE OR DELETE ON erp_dunningrun FOR EACH ROW EXECUTE FUNCTION erp_guard_settled('draft,proposed', 'version');
CREATE TRIGGER guard_settled BEFORE UPDATE OR DELETE ON erp_dunningnotice FOR EACH ROW
    EXECUTE FUNCTION erp_guard_settled('proposed,left_out', 'status,version,waiver_id');
CREATE TRIGGER guard_rows BEFORE INSERT OR UPDATE OR DELETE ON erp_dunningnoticeline FOR EACH ROW
    EXECUTE FUNCTION erp_guard_rows_of_settled('erp_dunningnotice', 'notice_id', 'proposed,left_out');
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON erp_dunningnotice EXECUTE FUNCTION erp_refuse_truncate();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON erp_dunningnoticeline EXECUTE FUNCTION erp_refuse_truncate();

-- A line names an item of the letter's customer and currency, and the letter's run.
CREATE OR REPLACE FUNCTION erp_guard_dunned_item() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM erp_dunningnotice n JOIN erp_openitem o ON o.id = NEW.item_id
         WHERE n.id = NEW.notice_id AND n.run_id = NEW.run_id AND n.company_id = NEW.company_id AND o.company_id = n.company_id
           AND o.party_id = n.customer_id AND o.currency_id = n.currency_id AND o.amount > 0
    ) THEN
        RAISE EXCEPTION 'A dunned item belongs to the customer, currency and run of its letter' USING ERRCODE = '23514', CONSTRAINT = 'dunned_item_of_its_letter';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard_item BEFORE INSERT OR UPDATE ON erp_dunningnoticeline FOR EACH ROW EXECUTE FUNCTION erp_guard_dunned_item();

-- What an issued letter says is what its issued lines say, and its fee and interest are open items of its own; a proposed one has issued nothing.
CREATE OR REPLACE FUNCTION erp_check_dunning_notice() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE subject bigint; letter erp_dunningnotice; said record; booked numeric; run_status text;
BEGIN
    subject := NEW.id;
    SELECT * INTO letter FROM erp_dunningnotice WHERE id = subject;
    IF letter.id IS NULL THEN RETURN NULL; END IF;
    SELECT count(*) FILTER (WHERE is_issued) AS issued, coalesce(sum(open_amount) FILTER (WHERE is_issued), 0) AS overdue,
           coalesce(sum(interest) FILTER (WHERE is_issued), 0) AS interest INTO said FROM erp_dunningnoticeline WHERE notice_id = subject;
    IF letter.status NOT IN ('issued', 'waived') THEN
        IF said.issued > 0 THEN
            RAISE EXCEPTION 'Letter % is not issued, its lines are' , subject USING ERRCODE = '23514', CONSTRAINT = 'dunning_notice_is_its_lines';
        END IF;
        RETURN NULL;
    END IF;
    SELECT status INTO run_status FROM erp_dunningrun WHERE id = letter.run_id;
    IF run_status <> 'posted' OR said.issued = 0 OR (said.overdue, said.interest) IS DISTINCT FROM (letter.overdue, letter.interest) THEN
        RAISE EXCEPTION 'Letter % says % overdue and % interest, its lines % and %', letter.number, letter.overdue, letter.interest, said.overdue, said.interest
            USING ERRCODE = '23514', CONSTRAINT = 'dunning_notice_is_its_lines';
    END IF;
    SELECT coalesce(sum(amount_currency), 0) INTO booked FROM erp_openitem
     WHERE document_key = 'erp.dunningnotice:' || subject AND kind IN ('dunning_fee', 'interest') AND company_id = letter.company_id;
    IF booked <> (CASE WHEN letter.status = 'waived' THEN 0 ELSE letter.fee + letter.interest END) THEN
        RAISE EXCEPTION 'Letter % charges %, its open items are %', letter.number, letter.fee + letter.interest, booked
            USING ERRCODE = '23514', CONSTRAINT = 'dunning_charges_are_open_items';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER check_letter AFTER INSERT OR UPDATE ON erp_dunningnotice DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION erp_check_dunning_notice();
-- Once it is issued its lines stay; before, none of them is.
CREATE OR REPLACE FUNCTION erp_check_dunned_item() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM erp_dunningnotice WHERE id = NEW.notice_id AND status NOT IN ('issued', 'waived')) THEN
        RAISE EXCEPTION 'The letter of a dunned item is not issued' USING ERRCODE = '23514', CONSTRAINT = 'dunning_notice_is_its_lines';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER check_line AFTER INSERT OR UPDATE ON erp_dunningnoticeline DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.is_issued) EXECUTE FUNCTION erp_check_dunned_item();

-- Charges come from letters alone.
CREATE OR REPLACE FUNCTION erp_guard_charge() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM erp_dunningnotice n WHERE 'erp.dunningnotice:' || n.id = NEW.document_key AND n.status IN ('issued', 'waived')
                      AND n.customer_id = NEW.party_id AND n.company_id = NEW.company_id
                      AND n.id = nullif(regexp_replace(NEW.document_key, '\D', '', 'g'), '')::bigint) THEN
        RAISE EXCEPTION 'A dunning charge belongs to an issued letter' USING ERRCODE = '23514', CONSTRAINT = 'dunning_charges_are_open_items';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER charge_has_a_letter AFTER INSERT ON erp_openitem DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.kind IN ('dunning_fee', 'interest')) EXECUTE FUNCTION erp_guard_charge();

-- A block names an item of its customer.
CREATE OR REPLACE FUNCTION erp_guard_dunning_block() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM kernel_party p WHERE p.id = NEW.customer_id AND p.company_id = NEW.company_id)
       OR NEW.item_id IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM erp_openitem o WHERE o.id = NEW.item_id AND o.company_id = NEW.company_id AND o.party_id = NEW.customer_id) THEN
        RAISE EXCEPTION 'A block names a customer of the company and an item of that customer' USING ERRCODE = '23514', CONSTRAINT = 'dunning_block_of_customer';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard_block BEFORE INSERT OR UPDATE ON erp_dunningblock FOR EACH ROW EXECUTE FUNCTION erp_guard_dunning_block();
