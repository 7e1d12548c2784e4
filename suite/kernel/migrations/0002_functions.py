from pathlib import Path

from django.db import migrations

HERE = Path(__file__).resolve().parent.parent
# In this order: a later file may say anew what an earlier one said.
FILES = (
    "sql/kernel.sql",
    "sql/audit.sql",
    "sql/approvals.sql",
)


class Migration(migrations.Migration):
    """What the database itself sees to: functions, triggers, keys over several columns."""

    replaces = [('kernel', '0060_fiscal_positions_and_tax_points')]

    dependencies = [('kernel', "0001_tables")]

    operations = [migrations.RunSQL((HERE / name).read_text(), migrations.RunSQL.noop) for name in FILES]
