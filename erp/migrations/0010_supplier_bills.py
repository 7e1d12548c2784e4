from pathlib import Path

import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.datetime
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

import erp.payables.models.bills
import suite.kernel.companies.cause
import suite.kernel.money.fields

SQL = Path(__file__).resolve().parent.parent / 'payables' / 'sql'


class Migration(migrations.Migration):
    """Bills and credit notes of suppliers, and what PostgreSQL keeps of them."""

    dependencies = [
        ('erp', '0022_revaluations'),
        ('kernel', '0010_tax_owed_by_the_buyer'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name='journal',
            name='kind',
            field=models.CharField(choices=[('sales', 'Sales'), ('credit', 'Credit notes'), ('purchase', 'Supplier bills'), ('bank', 'Bank and cash'), ('stock', 'Stock'), ('exchange', 'Exchange differences'), ('general', 'General'), ('opening', 'Opening'), ('closing', 'Closing')], default='general', max_length=8, verbose_name='kind'),
        ),
        migrations.AlterField(
            model_name='openitem',
            name='kind',
            field=models.CharField(choices=[('invoice', 'Invoice'), ('credit_note', 'Credit note'), ('payment', 'Payment'), ('advance', 'Advance'), ('write_off', 'Write-off'), ('discount', 'Early payment discount'), ('rounding', 'Rounding'), ('chargeback', 'Chargeback'), ('refund', 'Refund'), ('transfer', 'Transfer between parties'), ('opening', 'Opening balance'), ('exchange', 'Exchange difference'), ('conversion', 'Conversion into another currency'), ('revaluation', 'Revaluation'), ('bill', 'Supplier bill'), ('bill_credit', 'Supplier credit note'), ('bill_payment', 'Payment to a supplier'), ('bill_advance', 'Advance to a supplier')], max_length=12, verbose_name='kind'),
        ),
        migrations.CreateModel(
            name='SupplierBill',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('cause', models.BigIntegerField(db_index=True, default=suite.kernel.companies.cause.current_cause, editable=False, null=True, verbose_name='cause')),
                ('number', models.CharField(editable=False, max_length=40, null=True, verbose_name='number')),
                ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created at')),
                ('status', models.CharField(choices=[('draft', 'Draft'), ('to_approve', 'Waits for approval'), ('approved', 'Approved'), ('posted', 'Posted'), ('reversed', 'Reversed'), ('void', 'Void')], default='draft', editable=False, max_length=24, verbose_name='status')),
                ('kind', models.CharField(choices=[('bill', 'Bill'), ('credit_note', 'Credit note')], default='bill', max_length=12, verbose_name='kind')),
                ('supplier_reference', models.CharField(help_text='As printed on the bill; the same one is taken once per supplier and year', max_length=60, verbose_name="supplier's number")),
                ('issued_on', models.DateField(verbose_name='bill date')),
                ('received_on', models.DateField(blank=True, null=True, verbose_name='received on')),
                ('tax_date', models.DateField(blank=True, null=True, verbose_name='tax date')),
                ('ledger_date', models.DateField(blank=True, help_text='The day it counts in the books; empty: the bill date', null=True, verbose_name='posted on')),
                ('due_on', models.DateField(blank=True, editable=False, null=True, verbose_name='due on')),
                ('prices_include_tax', models.BooleanField(default=False, verbose_name='prices include tax')),
                ('tax_rounding', models.CharField(choices=[('per_tax_group', 'Per tax rate of the document'), ('per_line', 'Per line')], default='per_tax_group', editable=False, max_length=14, verbose_name='tax is rounded')),
                ('stated_total', suite.kernel.money.fields.AmountField(blank=True, decimal_places=3, help_text='Compared with what the lines come to; a cent or two of rounding goes to the tax', max_digits=19, null=True, verbose_name='total as printed')),
                ('net', suite.kernel.money.fields.AmountField(decimal_places=3, default=0, editable=False, max_digits=19, verbose_name='net')),
                ('tax', suite.kernel.money.fields.AmountField(decimal_places=3, default=0, editable=False, max_digits=19, verbose_name='tax')),
                ('gross', suite.kernel.money.fields.AmountField(decimal_places=3, default=0, editable=False, max_digits=19, verbose_name='total')),
                ('payment_status', models.CharField(blank=True, choices=[('', 'Not posted'), ('unpaid', 'Unpaid'), ('partial', 'Partly paid'), ('paid', 'Paid')], default='', editable=False, max_length=12, verbose_name='payment')),
                ('source_key', models.CharField(blank=True, editable=False, max_length=80, null=True, verbose_name='source')),
                ('order_key', models.CharField(blank=True, editable=False, max_length=60, verbose_name='purchase order')),
                ('note', models.CharField(blank=True, max_length=200, verbose_name='note')),
                ('company', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='kernel.company', verbose_name='company')),
                ('corrects', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='corrections', to='erp.supplierbill', verbose_name='corrects')),
                ('created_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='created by')),
                ('currency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='kernel.currency', verbose_name='currency')),
                ('entry', models.OneToOneField(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='bill', to='erp.journalentry', verbose_name='entry')),
                ('payment_term', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='kernel.paymentterm', verbose_name='payment term')),
                ('supplier', models.ForeignKey(limit_choices_to=models.Q(('is_supplier', True)), on_delete=django.db.models.deletion.PROTECT, related_name='+', to='kernel.party', verbose_name='supplier')),
            ],
            options={
                'verbose_name': 'supplier bill',
                'verbose_name_plural': 'supplier bills',
                'ordering': ('-pk',),
                'permissions': [('post_supplierbill', 'Can post a supplier bill'), ('void_supplierbill', 'Can void a draft supplier bill'), ('credit_supplierbill', "Can record a supplier's credit note"), ('reverse_supplierbill', 'Can reverse a supplier bill')],
                'indexes': [models.Index(fields=['company', 'status', '-id'], name='bill_by_status'), models.Index(fields=['company', 'supplier', 'gross', 'issued_on'], name='bill_alike')],
                'constraints': [models.UniqueConstraint(fields=('company', 'source_key'), name='bill_source_once'), models.UniqueConstraint(fields=('company', 'number'), name='bill_number_once'), models.UniqueConstraint(models.F('company'), models.F('supplier'), models.F('kind'), django.db.models.functions.datetime.ExtractYear('issued_on'), django.db.models.functions.text.Upper(erp.payables.models.bills.LettersAndDigits(models.F('supplier_reference'))), condition=models.Q(('status__in', ('void', 'reversed')), _negated=True), name='bill_reference_once', violation_error_message="This supplier's bill of that number and year is here already; it was not saved."), models.CheckConstraint(condition=models.Q(('supplier_reference', ''), _negated=True), name='bill_has_a_reference'), models.CheckConstraint(condition=models.Q(('gross', django.db.models.expressions.CombinedExpression(models.F('net'), '+', models.F('tax')))), name='bill_net_and_tax_make_gross'), models.CheckConstraint(condition=models.Q(('gross__gte', 0)), name='bill_not_negative', violation_error_message='The total is below zero: enter a credit note instead.'), models.CheckConstraint(condition=models.Q(models.Q(('status__in', ('posted', 'reversed')), _negated=True), models.Q(('entry__isnull', False), ('ledger_date__isnull', False)), _connector='OR'), name='posted_bill_has_entry')],
            },
        ),
        migrations.CreateModel(
            name='SupplierBillInstalment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('due_on', models.DateField(verbose_name='due on')),
                ('amount', suite.kernel.money.fields.AmountField(decimal_places=3, max_digits=19, verbose_name='amount')),
                ('bill', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='instalments', to='erp.supplierbill', verbose_name='bill')),
                ('company', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='kernel.company', verbose_name='company')),
            ],
            options={
                'verbose_name': 'bill instalment',
                'verbose_name_plural': 'bill instalments',
                'ordering': ('bill', 'due_on'),
            },
        ),
        migrations.CreateModel(
            name='SupplierBillLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveIntegerField(default=1, verbose_name='position')),
                ('description', models.CharField(blank=True, max_length=200, verbose_name='description')),
                ('quantity', suite.kernel.money.fields.QuantityField(decimal_places=6, default=1, max_digits=19, verbose_name='quantity')),
                ('unit_price', suite.kernel.money.fields.PriceField(decimal_places=6, default=0, max_digits=19, verbose_name='unit price')),
                ('discount', models.DecimalField(decimal_places=6, default=0, help_text='As a share: 0.15 is 15 %', max_digits=7, verbose_name='discount')),
                ('tax_rate', models.DecimalField(decimal_places=6, default=0, editable=False, max_digits=7, verbose_name='tax rate')),
                ('net', suite.kernel.money.fields.AmountField(decimal_places=3, default=0, editable=False, max_digits=19, verbose_name='net')),
                ('order_line_key', models.CharField(blank=True, editable=False, max_length=60, verbose_name='order line')),
                ('receipt_line_key', models.CharField(blank=True, editable=False, max_length=60, verbose_name='receipt line')),
                ('account', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='erp.account', verbose_name='account')),
                ('bill', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='erp.supplierbill', verbose_name='bill')),
                ('company', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='kernel.company', verbose_name='company')),
                ('corrects', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='erp.supplierbillline', verbose_name='corrects')),
                ('product', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='kernel.product', verbose_name='product')),
                ('tax', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='kernel.tax', verbose_name='tax')),
            ],
            options={
                'verbose_name': 'bill line',
                'verbose_name_plural': 'bill lines',
                'ordering': ('bill', 'position'),
                'constraints': [models.CheckConstraint(condition=models.Q(('discount__gte', 0), ('discount__lte', 1)), name='bill_line_discount_is_a_share'), models.CheckConstraint(condition=models.Q(('unit_price__gte', 0)), name='bill_line_price_positive')],
            },
        ),
        migrations.CreateModel(
            name='SupplierBillTax',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('category', models.CharField(choices=[('S', 'Standard rate'), ('Z', 'Zero rated'), ('E', 'Exempt'), ('AE', 'Reverse charge'), ('K', 'Intra-Community supply'), ('G', 'Export')], max_length=2, verbose_name='category')),
                ('rate', models.DecimalField(decimal_places=6, max_digits=7, verbose_name='rate')),
                ('base', suite.kernel.money.fields.AmountField(decimal_places=3, max_digits=19, verbose_name='base')),
                ('amount', suite.kernel.money.fields.AmountField(decimal_places=3, max_digits=19, verbose_name='tax')),
                ('self_assessed', suite.kernel.money.fields.AmountField(decimal_places=3, default=0, max_digits=19, verbose_name='owed by us')),
                ('bill', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='taxes', to='erp.supplierbill', verbose_name='bill')),
                ('code', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='kernel.tax', verbose_name='tax')),
                ('company', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='kernel.company', verbose_name='company')),
            ],
            options={
                'verbose_name': 'bill tax',
                'verbose_name_plural': 'bill taxes',
                'ordering': ('bill', 'pk'),
                'constraints': [models.UniqueConstraint(fields=('bill', 'code', 'rate'), name='bill_tax_once')],
            },
        ),
        migrations.RunSQL((SQL / '10_bills.sql').read_text(), migrations.RunSQL.noop),
    ]
