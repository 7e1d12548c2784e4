from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "closing" / "sql" / "10_settled.sql"


class Migration(migrations.Migration):
    """Filed returns, posted accruals, dividends and openings never change; the parts of a deferral make up the whole."""

    dependencies = [("erp", "0060_closing_schedules_opening_compliance")]

    operations = [migrations.RunSQL(SQL.read_text(), migrations.RunSQL.noop)]
