from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "outbox" / "sql"


class Migration(migrations.Migration):
    """Events never change; deliveries are vacuumed early, as their rows live short lives in the index of due ones."""

    dependencies = [("integration", "0001_initial")]

    operations = [migrations.RunSQL((SQL / "outbox.sql").read_text(), migrations.RunSQL.noop)]
