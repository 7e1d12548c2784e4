import django.db.models.deletion
from django.db import migrations, models

import suite.kernel.money.fields

# Everything so far is in company currency. The guards of these tables stand aside while that is written down.
FILL = """
ALTER TABLE erp_openitem DISABLE TRIGGER USER;
ALTER TABLE erp_allocation DISABLE TRIGGER USER;
UPDATE erp_openitem o SET currency_id = c.currency_id, amount_currency = o.amount, open_currency = o.open_amount
  FROM kernel_company c WHERE c.id = o.company_id;
UPDATE erp_allocation SET amount_currency = amount;
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
ALTER TABLE erp_openitem ENABLE TRIGGER USER;
ALTER TABLE erp_allocation ENABLE TRIGGER USER;
INSERT INTO erp_journal (company_id, code, name, kind)
SELECT DISTINCT j.company_id, CASE WHEN EXISTS (SELECT 1 FROM erp_journal x WHERE x.company_id = j.company_id AND x.code = 'EXC') THEN 'EXCH' ELSE 'EXC' END,
       'Exchange differences', 'exchange'
  FROM erp_journal j WHERE NOT EXISTS (SELECT 1 FROM erp_journal x WHERE x.company_id = j.company_id AND x.kind = 'exchange')"""


class Migration(migrations.Migration):
    """Open items, allocations and documents in their own currency beside the company's; differences of exchange have their journal."""

    dependencies = [("erp", "0031_statement_functions"), ("kernel", "0002_kernel_functions")]

    operations = [
        migrations.AddField(
            model_name="openitem", name="currency",
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="kernel.currency", verbose_name="currency"),
        ),
        *(
            migrations.AddField(model_name=model, name=name, field=suite.kernel.money.fields.AmountField(
                decimal_places=3, max_digits=19, null=True, verbose_name=label))
            for model, name, label in (
                ("openitem", "amount_currency", "amount in its currency"), ("openitem", "open_currency", "open in its currency"),
                ("allocation", "amount_currency", "amount in the items' currency"),
            )
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
