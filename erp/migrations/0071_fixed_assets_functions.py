from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "assets" / "sql"


class Migration(migrations.Migration):
    """What PostgreSQL itself keeps of fixed assets: totals from movements, register equal to the ledger; which accounts they keep."""

    dependencies = [("erp", "0070_fixed_assets")]

    operations = [migrations.RunSQL(path.read_text(), migrations.RunSQL.noop) for path in sorted(SQL.glob("*.sql"))]
