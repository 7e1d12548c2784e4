from pathlib import Path

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import suite.kernel.companies.cause
import suite.kernel.money.fields

SQL = Path(__file__).resolve().parent.parent / 'payables' / 'sql'


class Migration(migrations.Migration):
    """Payments to suppliers, and what PostgreSQL keeps of them."""

    dependencies = [
        ('erp', '0010_supplier_bills'),
        ('kernel', '0010_tax_owed_by_the_buyer'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='SupplierPayment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('cause', models.BigIntegerField(db_index=True, default=suite.kernel.companies.cause.current_cause, editable=False, null=True, verbose_name='cause')),
                ('number', models.CharField(editable=False, max_length=40, null=True, verbose_name='number')),
                ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created at')),
                ('status', models.CharField(choices=[('draft', 'Draft'), ('posted', 'Posted'), ('matched', 'On the statement'), ('reversed', 'Rejected')], default='draft', editable=False, max_length=24, verbose_name='status')),
                ('kind', models.CharField(choices=[('payment', 'Payment'), ('advance', 'Advance before the bill'), ('refund', 'Refund by the supplier')], default='payment', max_length=8, verbose_name='kind')),
                ('method', models.CharField(choices=[('transfer', 'Bank transfer'), ('card', 'Card'), ('cash', 'Cash'), ('direct_debit', 'Direct debit')], default='transfer', max_length=12, verbose_name='method')),
                ('paid_on', models.DateField(verbose_name='paid on')),
                ('amount', suite.kernel.money.fields.AmountField(decimal_places=3, max_digits=19, verbose_name='amount')),
                ('reference', models.CharField(blank=True, max_length=140, verbose_name='reference')),
                ('source_key', models.CharField(blank=True, editable=False, max_length=80, null=True, verbose_name='source')),
                ('bank_account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='erp.bankaccount', verbose_name='bank or cash account')),
                ('company', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='kernel.company', verbose_name='company')),
                ('created_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='created by')),
                ('currency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='kernel.currency', verbose_name='currency')),
                ('entry', models.OneToOneField(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='supplier_payment', to='erp.journalentry', verbose_name='entry')),
                ('supplier', models.ForeignKey(limit_choices_to=models.Q(('is_supplier', True)), on_delete=django.db.models.deletion.PROTECT, related_name='+', to='kernel.party', verbose_name='supplier')),
            ],
            options={
                'verbose_name': 'supplier payment',
                'verbose_name_plural': 'supplier payments',
                'ordering': ('-paid_on', '-pk'),
                'permissions': [('post_supplierpayment', 'Can post a payment to a supplier'), ('reverse_supplierpayment', 'Can record a rejected payment'), ('allocate_supplierpayment', 'Can allocate a payment to a supplier'), ('match_supplierpayment', 'Can find a payment to a supplier on the statement')],
                'constraints': [models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='supplier_payment_positive', violation_error_message='A payment is above zero.'), models.UniqueConstraint(fields=('company', 'source_key'), name='supplier_payment_source_once'), models.UniqueConstraint(fields=('company', 'number'), name='supplier_payment_number_once')],
            },
        ),
        migrations.RunSQL((SQL / '20_payments.sql').read_text(), migrations.RunSQL.noop),
    ]
