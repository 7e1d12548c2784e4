DROP TRIGGER IF EXISTS event_append_only ON integration_event;
CREATE TRIGGER event_append_only BEFORE UPDATE OR DELETE ON integration_event FOR EACH ROW EXECUTE FUNCTION kernel_refuse_change();
DROP TRIGGER IF EXISTS event_no_truncate ON integration_event;
CREATE TRIGGER event_no_truncate BEFORE TRUNCATE ON integration_event FOR EACH STATEMENT EXECUTE FUNCTION kernel_refuse_change();
DROP TRIGGER IF EXISTS replay_append_only ON integration_replay;
CREATE TRIGGER replay_append_only BEFORE UPDATE OR DELETE ON integration_replay FOR EACH ROW EXECUTE FUNCTION kernel_refuse_change();

ALTER TABLE integration_delivery SET (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 1000);
