from pathlib import Path

from django.db import migrations

ERP = Path(__file__).resolve().parent.parent
FILES = (ERP / "closing" / "sql" / "20_runs.sql", ERP / "einvoicing" / "sql" / "10_received.sql")


class Migration(migrations.Migration):
    """Posted depreciation runs and e-invoices that came in are never changed."""

    dependencies = [("erp", "0141_cash_forecasts_kept")]

    operations = [migrations.RunSQL(path.read_text(), migrations.RunSQL.noop) for path in FILES]
