from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "freight" / "sql"


class Migration(migrations.Migration):
    """What PostgreSQL itself keeps of freight accruals: what is open of each; the account is theirs alone."""

    dependencies = [("erp", "0122_bills_of_assets_and_freight")]

    operations = [migrations.RunSQL((SQL / "10_freight.sql").read_text(), migrations.RunSQL.noop)]
