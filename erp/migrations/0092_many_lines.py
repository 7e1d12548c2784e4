from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "banking" / "sql"


class Migration(migrations.Migration):
    """Thousands of statement lines in one transaction cost what they must: each line is checked once, items settle once for all allocations."""

    dependencies = [("erp", "0132_statements_of_account")]

    operations = [migrations.RunSQL((SQL / "20_many_lines.sql").read_text(), migrations.RunSQL.noop)]
