from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "paymentruns" / "sql"


class Migration(migrations.Migration):
    """What PostgreSQL itself keeps of payment batches: four eyes, sent as approved, one open batch per bill; and of mandates."""

    dependencies = [("erp", "0100_payment_batches")]

    operations = [migrations.RunSQL(path.read_text(), migrations.RunSQL.noop) for path in sorted(SQL.glob("*.sql"))]
