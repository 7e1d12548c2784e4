import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import suite.kernel.companies.cause
import suite.kernel.money.fields


class Migration(migrations.Migration):

    dependencies = [
        ('erp', '0091_payments_guarded'),
        ('kernel', '0070_outgoing_mail'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='StatementRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('cause', models.BigIntegerField(db_index=True, default=suite.kernel.companies.cause.current_cause, editable=False, null=True, verbose_name='cause')),
                ('number', models.CharField(editable=False, max_length=40, null=True, verbose_name='number')),
                ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created at')),
                ('status', models.CharField(choices=[('draft', 'Draft'), ('made', 'Made')], default='draft', editable=False, max_length=24, verbose_name='status')),
                ('as_of', models.DateField(default=django.utils.timezone.localdate, verbose_name='as of')),
                ('only_overdue', models.BooleanField(default=False, verbose_name='only customers with something overdue')),
                ('number_of_statements', models.PositiveIntegerField(default=0, editable=False, verbose_name='statements')),
                ('balance', suite.kernel.money.fields.AmountField(decimal_places=3, default=0, editable=False, max_digits=19, verbose_name='balance')),
                ('company', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='kernel.company', verbose_name='company')),
                ('created_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='created by')),
            ],
            options={
                'verbose_name': 'statement run',
                'verbose_name_plural': 'statement runs',
                'ordering': ('-pk',),
                'permissions': [('make_statementrun', 'Can make statements of account')],
                'constraints': [models.UniqueConstraint(fields=('company', 'number'), name='statement_run_number_once')],
            },
        ),
        migrations.CreateModel(
            name='AccountStatement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('cause', models.BigIntegerField(db_index=True, default=suite.kernel.companies.cause.current_cause, editable=False, null=True, verbose_name='cause')),
                ('number', models.CharField(editable=False, max_length=40, null=True, verbose_name='number')),
                ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created at')),
                ('status', models.CharField(choices=[('made', 'Made'), ('sent', 'Sent')], default='made', editable=False, max_length=24, verbose_name='status')),
                ('as_of', models.DateField(editable=False, verbose_name='as of')),
                ('balance', suite.kernel.money.fields.AmountField(decimal_places=3, editable=False, max_digits=19, verbose_name='balance')),
                ('overdue', suite.kernel.money.fields.AmountField(decimal_places=3, editable=False, max_digits=19, verbose_name='overdue')),
                ('company', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='kernel.company', verbose_name='company')),
                ('created_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='created by')),
                ('customer', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='kernel.party', verbose_name='customer')),
                ('run', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.CASCADE, related_name='statements', to='erp.statementrun', verbose_name='statement run')),
            ],
            options={
                'verbose_name': 'account statement',
                'verbose_name_plural': 'account statements',
                'ordering': ('-pk',),
                'permissions': [('send_accountstatement', 'Can send a statement of account by mail')],
                'indexes': [models.Index(fields=['company', 'customer', '-id'], name='account_statement_of_customer')],
                'constraints': [models.UniqueConstraint(fields=('run', 'customer'), name='account_statement_once_per_run'), models.CheckConstraint(condition=models.Q(models.Q(('balance', 0), _negated=True), ('overdue__gt', 0), _connector='OR'), name='account_statement_has_a_balance')],
            },
        ),
    ]
