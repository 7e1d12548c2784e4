from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"


class Migration(migrations.Migration):
    """The guard of order revisions in the database."""

    dependencies = [("crm", "0001_initial"), ("kernel", "0002_kernel_functions")]

    operations = [migrations.RunSQL((SQL / "revisions.sql").read_text(), migrations.RunSQL.noop)]
