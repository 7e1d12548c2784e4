from pathlib import Path

from django.db import migrations

ERP = Path(__file__).resolve().parent.parent


class Migration(migrations.Migration):
    """Bills in foreign currency, transfers with a payee, and customers' payments that bounce by their mirror entry only."""

    dependencies = [("erp", "0090_payables_in_currency")]

    operations = [
        migrations.RunSQL((ERP / path).read_text(), migrations.RunSQL.noop)
        for path in ("payables/sql/50_in_currency.sql", "receivables/sql/40_payments_reversed.sql")
    ]
