-- What a run has depreciated stays as it was posted.
CREATE TRIGGER guard_settled BEFORE UPDATE OR DELETE ON erp_depreciationrun FOR EACH ROW EXECUTE FUNCTION erp_guard_settled('draft', 'version');
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON erp_depreciationrun EXECUTE FUNCTION erp_refuse_truncate();
