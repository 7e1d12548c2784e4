from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "forecasting" / "sql" / "10_forecasts.sql"


class Migration(migrations.Migration):
    """Forecasts are never changed, and add up."""

    dependencies = [("erp", "0140_cash_forecasts")]

    operations = [migrations.RunSQL(SQL.read_text(), migrations.RunSQL.noop)]
