from pathlib import Path

from django.db import migrations

ERP = Path(__file__).resolve().parent.parent


class Migration(migrations.Migration):
    """What PostgreSQL itself keeps of the books: balance, seal, period locks, sub-ledgers, balances for reports."""

    dependencies = [("erp", "0001_initial"), ("kernel", "0002_kernel_functions")]

    operations = [
        migrations.RunSQL(path.read_text(), migrations.RunSQL.noop)
        for domain in ("ledger", "receivables") for path in sorted((ERP / domain / "sql").glob("*.sql"))
    ]
