from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "budgets" / "sql" / "30_closed_year.sql"


class Migration(migrations.Migration):
    """Whether a year takes budgets is asked by its closing period: once per line, in books of any size."""

    dependencies = [
        ('erp', '0081_taxes_functions'),
    ]

    operations = [
        migrations.RunSQL(SQL.read_text(), migrations.RunSQL.noop),
    ]
