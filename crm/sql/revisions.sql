-- What an amendment changed is on record for good.
DROP TRIGGER IF EXISTS order_revision_append_only ON crm_orderrevision;
CREATE TRIGGER order_revision_append_only BEFORE UPDATE OR DELETE ON crm_orderrevision
    FOR EACH ROW EXECUTE FUNCTION kernel_refuse_change();
