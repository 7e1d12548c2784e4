from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"


class Migration(migrations.Migration):
    """Event ids, document numbers, the audit trigger, and the guard of append-only rows."""

    dependencies = [("kernel", "0001_initial")]

    operations = [migrations.RunSQL((SQL / "kernel.sql").read_text(), migrations.RunSQL.noop)]
