from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"


class Migration(migrations.Migration):
    """Dispatched shipments and carrier reports never change, whoever writes."""

    dependencies = [("scm", "0001_initial"), ("kernel", "0002_kernel_functions")]

    operations = [migrations.RunSQL((SQL / "shipping.sql").read_text(), migrations.RunSQL.noop)]
