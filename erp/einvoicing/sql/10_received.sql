-- An e-invoice is kept as it came in: its file and what the file says never change, and it does not go.
CREATE OR REPLACE FUNCTION erp_keep_received() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR (NEW.company_id, NEW.number, NEW.kind, NEW.syntax, NEW.file, NEW.file_name, NEW.sha256, NEW.seller_name, NEW.seller_vat,
            NEW.seller_key, NEW.issued_on, NEW.due_on, NEW.currency_code, NEW.net, NEW.tax, NEW.gross, NEW.payable) IS DISTINCT FROM
           (OLD.company_id, OLD.number, OLD.kind, OLD.syntax, OLD.file, OLD.file_name, OLD.sha256, OLD.seller_name, OLD.seller_vat,
            OLD.seller_key, OLD.issued_on, OLD.due_on, OLD.currency_code, OLD.net, OLD.tax, OLD.gross, OLD.payable) THEN
        RAISE EXCEPTION 'E-invoice % is kept as it came in', OLD.id USING ERRCODE = '23514', CONSTRAINT = 'settled_is_final';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER keep_received BEFORE UPDATE OR DELETE ON erp_receivedinvoice FOR EACH ROW EXECUTE FUNCTION erp_keep_received();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON erp_receivedinvoice EXECUTE FUNCTION erp_refuse_truncate();
