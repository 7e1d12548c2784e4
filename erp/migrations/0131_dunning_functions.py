from pathlib import Path

from django.db import migrations

ERP = Path(__file__).resolve().parent.parent
FILES = [path for domain in ("dunning", "allowances", "settlements", "giveaways") for path in sorted((ERP / domain / "sql").glob("*.sql"))]


class Migration(migrations.Migration):
    """What PostgreSQL itself keeps of dunning, allowances, set-offs, giveaways and claims; delivery stops count in the credit decision."""

    dependencies = [("erp", "0130_dunning_allowances_settlements")]

    operations = [migrations.RunSQL(path.read_text(), migrations.RunSQL.noop) for path in FILES]
