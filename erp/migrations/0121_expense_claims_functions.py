from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "claims" / "sql"


class Migration(migrations.Migration):
    """What PostgreSQL itself keeps of claims and advances: what is open of each, four eyes, posted is final."""

    dependencies = [("erp", "0120_expense_claims")]

    operations = [migrations.RunSQL((SQL / "10_claims.sql").read_text(), migrations.RunSQL.noop)]
