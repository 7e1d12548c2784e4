import django.db.models.deletion
from django.db import migrations, models

import suite.kernel.companies.cause
import suite.kernel.money.fields


class Migration(migrations.Migration):
    """Tax on payment, withholding, deposits, and what fiscal positions do to accounts."""

    dependencies = [
        ('erp', '0092_many_lines'),
        ('kernel', '0060_fiscal_positions_and_tax_points'),
    ]

    operations = [
        migrations.CreateModel(
            name='AdvanceTax',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('cause', models.BigIntegerField(db_index=True, default=suite.kernel.companies.cause.current_cause, editable=False, null=True, verbose_name='cause')),
                ('document_key', models.CharField(db_index=True, max_length=60, verbose_name='advance or deposit')),
                ('base', suite.kernel.money.fields.AmountField(decimal_places=3, max_digits=19, verbose_name='base')),
                ('amount', suite.kernel.money.fields.AmountField(decimal_places=3, max_digits=19, verbose_name='tax')),
                ('foreign', suite.kernel.money.fields.AmountField(decimal_places=3, max_digits=19, verbose_name="tax in the document's currency")),
            ],
            options={
                'verbose_name': 'tax on an advance',
                'verbose_name_plural': 'taxes on advances',
                'ordering': ('-pk',),
                'constraints': [models.CheckConstraint(condition=models.Q(('amount', 0), ('base', 0), _negated=True), name='advance_tax_has_an_amount')],
            },
        ),
        migrations.CreateModel(
            name='FiscalPositionAccount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('REVENUE', 'Revenue'), ('FREIGHT_REVENUE', 'Freight revenue'), ('SALES_RETURNS', 'Sales returns'), ('SALES_DISCOUNT', 'Sales discounts'), ('DEFERRED_REVENUE', 'Deferred revenue'), ('OUTPUT_TAX', 'Output tax'), ('INPUT_TAX', 'Input tax'), ('EXPENSE', 'Expenses')], max_length=30, verbose_name='role')),
            ],
            options={
                'verbose_name': 'account of a fiscal position',
                'verbose_name_plural': 'accounts of fiscal positions',
                'ordering': ('fiscal_position', 'role'),
            },
        ),
        migrations.CreateModel(
            name='WithheldTax',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('cause', models.BigIntegerField(db_index=True, default=suite.kernel.companies.cause.current_cause, editable=False, null=True, verbose_name='cause')),
                ('side', models.CharField(choices=[('payable', 'Withheld by us'), ('receivable', 'Withheld by the customer')], max_length=10, verbose_name='side')),
                ('document_key', models.CharField(db_index=True, max_length=60, verbose_name='document')),
                ('withheld_on', models.DateField(verbose_name='withheld on')),
                ('base', suite.kernel.money.fields.AmountField(decimal_places=3, help_text='In company currency', max_digits=19, verbose_name='base')),
                ('amount', suite.kernel.money.fields.AmountField(decimal_places=3, help_text='In company currency', max_digits=19, verbose_name='withheld')),
            ],
            options={
                'verbose_name': 'withheld tax',
                'verbose_name_plural': 'withheld taxes',
                'ordering': ('-withheld_on', '-pk'),
                'constraints': [models.CheckConstraint(condition=models.Q(('amount', 0), _negated=True), name='withheld_tax_has_an_amount')],
            },
        ),
        migrations.AlterModelOptions(
            name='customerinvoice',
            options={'ordering': ('-pk',), 'permissions': [('post_customerinvoice', 'Can post a customer invoice'), ('void_customerinvoice', 'Can void a draft invoice'), ('credit_customerinvoice', 'Can credit a posted invoice'), ('write_off_customerinvoice', 'Can write an invoice off'), ('apply_deposit_customerinvoice', 'Can set deposits against an invoice'), ('recover_customerinvoice', 'Can reopen what was written off')], 'verbose_name': 'customer invoice', 'verbose_name_plural': 'customer invoices'},
        ),
        migrations.AlterModelOptions(
            name='customerpayment',
            options={'ordering': ('-paid_on', '-pk'), 'permissions': [('post_customerpayment', 'Can post a payment'), ('reverse_customerpayment', 'Can record a bounced payment'), ('allocate_customerpayment', 'Can allocate a payment'), ('match_customerpayment', 'Can find a payment on the statement'), ('unmatch_customerpayment', 'Can take a payment off the statement again'), ('transfer_customerpayment', 'Can transfer a payment to another customer'), ('pay_back_customerpayment', 'Can pay an advance back')], 'verbose_name': 'customer payment', 'verbose_name_plural': 'customer payments'},
        ),
        migrations.AddField(
            model_name='customerinvoice',
            name='fiscal_position',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='kernel.fiscalposition', verbose_name='fiscal position'),
        ),
        migrations.AddField(
            model_name='customerinvoiceline',
            name='tax_reason',
            field=models.CharField(blank=True, editable=False, max_length=200, verbose_name='why this tax'),
        ),
        migrations.AddField(
            model_name='customerpayment',
            name='advance_tax',
            field=models.ForeignKey(blank=True, help_text='Of an advance before the invoice, where advances are taxed; empty: as the company says', limit_choices_to=models.Q(('kind', 'value_added')), null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='kernel.tax', verbose_name='tax in the advance'),
        ),
        migrations.AddField(
            model_name='customerpayment',
            name='returns',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='returned_by', to='erp.customerpayment', verbose_name='pays back the advance'),
        ),
        migrations.AddField(
            model_name='openitem',
            name='is_taxed_on_payment',
            field=models.BooleanField(default=False, editable=False, verbose_name='its tax falls due as it is settled'),
        ),
        migrations.AddField(
            model_name='openitem',
            name='withheld',
            field=suite.kernel.money.fields.AmountField(decimal_places=3, default=0, editable=False, help_text='In its currency: what whoever pays it keeps back for the tax office', max_digits=19, verbose_name='withholding tax in it'),
        ),
        migrations.AddField(
            model_name='openitem',
            name='withholding_tax',
            field=models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='kernel.tax', verbose_name='withholding tax'),
        ),
        migrations.AddField(
            model_name='supplierbill',
            name='fiscal_position',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='kernel.fiscalposition', verbose_name='fiscal position'),
        ),
        migrations.AddField(
            model_name='supplierbillline',
            name='tax_reason',
            field=models.CharField(blank=True, editable=False, max_length=200, verbose_name='why this tax'),
        ),
        migrations.AddField(
            model_name='supplierbilltax',
            name='not_deductible',
            field=suite.kernel.money.fields.AmountField(decimal_places=3, default=0, help_text='Part of the tax (charged or owed by us) that is cost', max_digits=19, verbose_name='not deductible'),
        ),
        migrations.AlterField(
            model_name='customerinvoice',
            name='kind',
            field=models.CharField(choices=[('invoice', 'Invoice'), ('credit_note', 'Credit note'), ('deposit', 'Deposit invoice')], default='invoice', max_length=12, verbose_name='kind'),
        ),
        migrations.AlterField(
            model_name='customerinvoiceline',
            name='kind',
            field=models.CharField(choices=[('goods', 'Goods'), ('service', 'Service'), ('charge', 'Charge'), ('discount', 'Discount'), ('asset', 'Fixed asset sold'), ('deposit', 'Deposit')], default='goods', max_length=8, verbose_name='kind'),
        ),
        migrations.AlterField(
            model_name='customerinvoiceline',
            name='tax',
            field=models.ForeignKey(limit_choices_to=models.Q(('kind__in', ('value_added', 'group'))), on_delete=django.db.models.deletion.PROTECT, related_name='+', to='kernel.tax', verbose_name='tax'),
        ),
        migrations.AlterField(
            model_name='openitem',
            name='kind',
            field=models.CharField(choices=[('invoice', 'Invoice'), ('credit_note', 'Credit note'), ('payment', 'Payment'), ('advance', 'Advance'), ('write_off', 'Write-off'), ('discount', 'Early payment discount'), ('rounding', 'Rounding'), ('chargeback', 'Chargeback'), ('refund', 'Refund'), ('transfer', 'Transfer between parties'), ('opening', 'Opening balance'), ('exchange', 'Exchange difference'), ('conversion', 'Conversion into another currency'), ('revaluation', 'Revaluation'), ('bill', 'Supplier bill'), ('bill_credit', 'Supplier credit note'), ('bill_payment', 'Payment to a supplier'), ('bill_advance', 'Advance to a supplier'), ('deposit', 'Deposit'), ('withholding', 'Withholding tax'), ('dunning_fee', 'Dunning fee'), ('interest', 'Interest on arrears'), ('recovery', 'Recovered bad debt'), ('set_off', 'Set-off'), ('claim', 'Claim on a carrier')], max_length=12, verbose_name='kind'),
        ),
        migrations.AlterField(
            model_name='supplierbillline',
            name='tax',
            field=models.ForeignKey(blank=True, limit_choices_to=models.Q(('kind__in', ('value_added', 'group'))), null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='kernel.tax', verbose_name='tax'),
        ),
        migrations.AddConstraint(
            model_name='openitem',
            constraint=models.CheckConstraint(condition=models.Q(('withheld', 0), models.Q(('withholding_tax__isnull', False), models.Q(models.Q(('amount_currency__gt', models.F('withheld')), ('withheld__gt', 0)), models.Q(('amount_currency__lt', models.F('withheld')), ('withheld__lt', 0)), _connector='OR')), _connector='OR'), name='open_item_withholds_less_than_it_is'),
        ),
        migrations.AddField(
            model_name='advancetax',
            name='company',
            field=models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='kernel.company', verbose_name='company'),
        ),
        migrations.AddField(
            model_name='advancetax',
            name='entry',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='advance_taxes', to='erp.journalentry', verbose_name='entry'),
        ),
        migrations.AddField(
            model_name='advancetax',
            name='party',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='kernel.party', verbose_name='party'),
        ),
        migrations.AddField(
            model_name='advancetax',
            name='tax',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='kernel.tax', verbose_name='tax'),
        ),
        migrations.AddField(
            model_name='fiscalpositionaccount',
            name='account',
            field=models.ForeignKey(limit_choices_to=models.Q(('control', '')), on_delete=django.db.models.deletion.PROTECT, related_name='+', to='erp.account', verbose_name='account'),
        ),
        migrations.AddField(
            model_name='fiscalpositionaccount',
            name='company',
            field=models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='kernel.company', verbose_name='company'),
        ),
        migrations.AddField(
            model_name='fiscalpositionaccount',
            name='fiscal_position',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='kernel.fiscalposition', verbose_name='fiscal position'),
        ),
        migrations.AddField(
            model_name='withheldtax',
            name='company',
            field=models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='kernel.company', verbose_name='company'),
        ),
        migrations.AddField(
            model_name='withheldtax',
            name='entry',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='withheld_taxes', to='erp.journalentry', verbose_name='entry'),
        ),
        migrations.AddField(
            model_name='withheldtax',
            name='item',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='withheld_taxes', to='erp.openitem', verbose_name="document's item"),
        ),
        migrations.AddField(
            model_name='withheldtax',
            name='party',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='kernel.party', verbose_name='party'),
        ),
        migrations.AddField(
            model_name='withheldtax',
            name='tax',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='kernel.tax', verbose_name='tax'),
        ),
        migrations.AddConstraint(
            model_name='fiscalpositionaccount',
            constraint=models.UniqueConstraint(fields=('fiscal_position', 'role'), name='fiscal_position_account_once', violation_error_message='This role has its account already.'),
        ),
        migrations.AddIndex(
            model_name='withheldtax',
            index=models.Index(fields=['company', 'side', 'withheld_on'], name='withheld_tax_by_day'),
        ),
    ]
