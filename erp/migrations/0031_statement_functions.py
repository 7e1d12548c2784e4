from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "banking" / "sql"


class Migration(migrations.Migration):
    """What the bank said never changes, parts make up their line, a reconciled statement is proven; parts of lines matched before."""

    dependencies = [("erp", "0030_bank_statements")]

    operations = [migrations.RunSQL((SQL / "10_statements.sql").read_text(), migrations.RunSQL.noop)]
