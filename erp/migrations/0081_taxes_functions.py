from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "taxes" / "sql"


class Migration(migrations.Migration):
    """What posting reads of taxes, and what PostgreSQL itself keeps of withheld tax and tax not yet due."""

    dependencies = [("erp", "0080_taxes_that_wait")]

    operations = [migrations.RunSQL(path.read_text(), migrations.RunSQL.noop) for path in sorted(SQL.glob("*.sql"))]
