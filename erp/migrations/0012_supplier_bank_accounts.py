from pathlib import Path

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import suite.kernel.companies.cause

SQL = Path(__file__).resolve().parent.parent / 'payables' / 'sql'


class Migration(migrations.Migration):
    """Where suppliers are paid: two people vouch for it, and PostgreSQL sees to that."""

    dependencies = [
        ('erp', '0011_supplier_payments'),
        ('kernel', '0010_tax_owed_by_the_buyer'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='SupplierBankAccount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('cause', models.BigIntegerField(db_index=True, default=suite.kernel.companies.cause.current_cause, editable=False, null=True, verbose_name='cause')),
                ('number', models.CharField(editable=False, max_length=40, null=True, verbose_name='number')),
                ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created at')),
                ('status', models.CharField(choices=[('draft', 'Waits for a second person'), ('approved', 'Approved'), ('retired', 'Retired')], default='draft', editable=False, max_length=24, verbose_name='status')),
                ('holder', models.CharField(max_length=70, verbose_name='account holder')),
                ('iban', models.CharField(max_length=34, verbose_name='IBAN')),
                ('bic', models.CharField(blank=True, max_length=11, verbose_name='BIC')),
                ('approved_at', models.DateTimeField(editable=False, null=True, verbose_name='approved at')),
                ('approved_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='approved by')),
                ('changed_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='entered by')),
                ('company', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='kernel.company', verbose_name='company')),
                ('created_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='created by')),
                ('supplier', models.ForeignKey(limit_choices_to=models.Q(('is_supplier', True)), on_delete=django.db.models.deletion.PROTECT, related_name='+', to='kernel.party', verbose_name='supplier')),
            ],
            options={
                'verbose_name': 'supplier bank account',
                'verbose_name_plural': 'supplier bank accounts',
                'ordering': ('supplier', '-pk'),
                'permissions': [('approve_supplierbankaccount', "Can approve a supplier's bank account"), ('retire_supplierbankaccount', "Can retire a supplier's bank account")],
                'constraints': [models.UniqueConstraint(condition=models.Q(('status', 'retired'), _negated=True), fields=('company', 'supplier', 'iban'), name='supplier_iban_once', violation_error_message='The supplier has this account already.'), models.CheckConstraint(condition=models.Q(('approved_by__isnull', True), models.Q(('changed_by__isnull', False), ('created_by__isnull', False), models.Q(('approved_by', models.F('changed_by')), _negated=True), models.Q(('approved_by', models.F('created_by')), _negated=True)), _connector='OR'), name='supplier_iban_four_eyes'), models.CheckConstraint(condition=models.Q(models.Q(('status', 'approved'), _negated=True), ('approved_by__isnull', False), _connector='OR'), name='approved_supplier_iban_has_approver')],
            },
        ),
        migrations.AddField(
            model_name='supplierpayment',
            name='payee_account',
            field=models.ForeignKey(blank=True, help_text="The supplier's bank account, approved by a second person", limit_choices_to=models.Q(('status', 'approved')), null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='erp.supplierbankaccount', verbose_name='paid to'),
        ),
        migrations.RunSQL((SQL / '30_bank_accounts.sql').read_text(), migrations.RunSQL.noop),
    ]
