-- A forecast is held against what came, so nobody may make it right afterwards.
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON erp_cashforecast FOR EACH ROW EXECUTE FUNCTION kernel_refuse_change();
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON erp_cashforecastweek FOR EACH ROW EXECUTE FUNCTION kernel_refuse_change();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON erp_cashforecast FOR EACH STATEMENT EXECUTE FUNCTION kernel_refuse_change();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON erp_cashforecastweek FOR EACH STATEMENT EXECUTE FUNCTION kernel_refuse_change();

-- At commit a forecast has all its weeks, they follow upon each other, and each balance is the one before it with what the week moves.
CREATE OR REPLACE FUNCTION erp_cash_forecast_adds_up() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE the_forecast bigint := CASE TG_TABLE_NAME WHEN 'erp_cashforecast' THEN NEW.id ELSE (to_jsonb(NEW) ->> 'forecast_id')::bigint END;
BEGIN
    IF EXISTS (
        SELECT 1 FROM erp_cashforecast f
          LEFT JOIN (SELECT w.*, lag(w.closing) OVER (PARTITION BY w.forecast_id ORDER BY w.week) AS before FROM erp_cashforecastweek w
                      WHERE w.forecast_id = the_forecast) w ON w.forecast_id = f.id
         WHERE f.id = the_forecast
         GROUP BY f.id HAVING count(w.id) <> 13 OR bool_or(
               w.company_id <> f.company_id OR w.ends_on <> f.made_on + 7 * w.week
               OR w.closing <> coalesce(w.before, f.opening) + w.receipts - w.payments)) THEN
        RAISE EXCEPTION 'The weeks of a cash forecast do not add up' USING ERRCODE = '23514', CONSTRAINT = 'cash_forecast_adds_up';
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER adds_up AFTER INSERT ON erp_cashforecast DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION erp_cash_forecast_adds_up();
CREATE CONSTRAINT TRIGGER adds_up AFTER INSERT ON erp_cashforecastweek DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION erp_cash_forecast_adds_up();
