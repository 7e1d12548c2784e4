from pathlib import Path

from django.db import migrations, models

SQL = Path(__file__).resolve().parent.parent / "payables" / "sql"


class Migration(migrations.Migration):
    """A payment to a supplier is what its entry says: none without an entry but drafts, rejected by the mirrored entry only."""

    dependencies = [("erp", "0071_fixed_assets_functions")]

    operations = [
        migrations.AddConstraint(
            model_name="supplierpayment",
            constraint=models.CheckConstraint(condition=models.Q(("status", "draft"), ("entry__isnull", False), _connector="OR"), name="posted_supplier_payment_has_entry"),
        ),
        migrations.RunSQL((SQL / "40_payment_status.sql").read_text(), migrations.RunSQL.noop),
    ]
