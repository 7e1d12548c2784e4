from pathlib import Path

from django.db import migrations

HERE = Path(__file__).resolve().parent.parent
# In this order: a later file may say anew what an earlier one said.
FILES = (
    "sql/shipping.sql",
    "sql/lots.sql",
    "sql/samples.sql",
)


class Migration(migrations.Migration):
    """What the database itself sees to: functions, triggers, keys over several columns."""

    replaces = [('scm', '0005_samples_functions')]

    dependencies = [('scm', "0001_tables")]

    operations = [migrations.RunSQL((HERE / name).read_text(), migrations.RunSQL.noop) for name in FILES]
