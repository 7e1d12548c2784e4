from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"


class Migration(migrations.Migration):
    """The reason of a dispatched gift or sample stays, and what is lost or came back is not under way again."""

    dependencies = [("scm", "0004_samples_and_losses")]

    operations = [migrations.RunSQL((SQL / "samples.sql").read_text(), migrations.RunSQL.noop)]
