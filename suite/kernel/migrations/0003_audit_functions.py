"""The audit trail's functions; the triggers are set after every migrate (suite.kernel.audit.database)."""

from pathlib import Path

from django.db import migrations

SQL = (Path(__file__).parents[1] / "sql" / "audit.sql").read_text()


class Migration(migrations.Migration):
    dependencies = [("kernel", "0002_kernel_functions")]

    operations = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]
