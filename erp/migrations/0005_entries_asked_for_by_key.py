from pathlib import Path

from django.db import migrations

SQL = (Path(__file__).parents[1] / "ledger" / "sql" / "50_by_key.sql").read_text()


class Migration(migrations.Migration):
    """Checks of entries that stay quick however the tables have grown."""

    dependencies = [("erp", "0004_transfers_received_in_part")]

    operations = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]
