from pathlib import Path

from django.db import migrations

HERE = Path(__file__).resolve().parent.parent
# In this order: a later file may say anew what an earlier one said.
FILES = (
    "outbox/sql/outbox.sql",
)


class Migration(migrations.Migration):
    """What the database itself sees to: functions, triggers, keys over several columns."""

    replaces = [('integration', '0003_bulk_actions')]

    dependencies = [('integration', "0001_tables")]

    operations = [migrations.RunSQL((HERE / name).read_text(), migrations.RunSQL.noop) for name in FILES]
