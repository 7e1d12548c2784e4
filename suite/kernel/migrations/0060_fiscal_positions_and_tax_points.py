import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Fiscal positions, groups of taxes, when tax falls due, withholding."""

    dependencies = [
        ('kernel', '0075_freight_setting'),
    ]

    operations = [
        migrations.CreateModel(
            name='FiscalPosition',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=20, verbose_name='code')),
                ('name', models.CharField(max_length=80, verbose_name='name')),
                ('country_group', models.CharField(choices=[('any', 'Any country'), ('domestic', 'Our own country'), ('eu', 'Other member states of the EU'), ('elsewhere', 'Outside the EU'), ('listed', 'The countries named')], default='any', max_length=10, verbose_name='where the party is')),
                ('countries', models.CharField(blank=True, help_text='ISO codes: CH, NO', max_length=200, verbose_name='countries')),
                ('needs_tax_number', models.BooleanField(default=False, verbose_name='only with a tax number')),
                ('is_automatic', models.BooleanField(default=True, help_text='Otherwise only where the party names it', verbose_name='applied by itself')),
                ('priority', models.PositiveSmallIntegerField(default=10, help_text='The lowest that fits is taken', verbose_name='priority')),
                ('valid_from', models.DateField(blank=True, null=True, verbose_name='valid from')),
                ('valid_until', models.DateField(blank=True, null=True, verbose_name='valid until')),
                ('is_active', models.BooleanField(default=True, verbose_name='active')),
            ],
            options={
                'verbose_name': 'fiscal position',
                'verbose_name_plural': 'fiscal positions',
                'ordering': ('priority', 'code'),
                'constraints': [models.CheckConstraint(condition=models.Q(('valid_until__gte', models.F('valid_from')), ('valid_from__isnull', True), ('valid_until__isnull', True), _connector='OR'), name='fiscal_position_ends_after_start', violation_error_message='It ends before it begins.'), models.CheckConstraint(condition=models.Q(models.Q(('country_group', 'listed'), models.Q(('countries', ''), _negated=True)), models.Q(models.Q(('country_group', 'listed'), _negated=True), ('countries', '')), _connector='OR'), name='fiscal_position_names_its_countries', violation_error_message='Name the countries, or choose a group of countries; not both.')],
            },
        ),
        migrations.CreateModel(
            name='FiscalPositionTax',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ],
            options={
                'verbose_name': 'tax of a fiscal position',
                'verbose_name_plural': 'taxes of fiscal positions',
                'ordering': ('fiscal_position', 'pk'),
            },
        ),
        migrations.CreateModel(
            name='TaxPart',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField(default=1, verbose_name='position')),
                ('is_on_earlier', models.BooleanField(default=False, help_text='Computed on the price and the taxes before it', verbose_name='on top of the earlier ones')),
            ],
            options={
                'verbose_name': 'part of a tax',
                'verbose_name_plural': 'parts of taxes',
                'ordering': ('group', 'position', 'pk'),
            },
        ),
        migrations.AddField(
            model_name='company',
            name='advance_tax',
            field=models.ForeignKey(blank=True, help_text='Where advances are taxed: the tax that a payment before the invoice contains. Empty: advances are not taxed', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='kernel.tax', verbose_name='tax in advances received'),
        ),
        migrations.AddField(
            model_name='company',
            name='tax_point',
            field=models.CharField(choices=[('invoice', 'With the invoice'), ('supply', 'With the supply'), ('payment', 'On payment')], default='invoice', help_text='On payment: tax of invoices and bills waits on an account of its own and falls due as they are paid. A tax code may say otherwise', max_length=8, verbose_name='tax falls due'),
        ),
        migrations.AddField(
            model_name='party',
            name='withholding_tax',
            field=models.ForeignKey(blank=True, help_text='Supplier: we keep it back when we pay and owe it to the tax office. Customer: they keep it back, and the tax office owes it to us', limit_choices_to=models.Q(('kind', 'withholding')), null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='kernel.tax', verbose_name='withholding tax'),
        ),
        migrations.AddField(
            model_name='tax',
            name='composition',
            field=models.JSONField(blank=True, default=list, editable=False, help_text='Of a group, kept from its parts: [tax, rate, whether on top of the earlier ones]', verbose_name='made of'),
        ),
        migrations.AddField(
            model_name='tax',
            name='deductible_share',
            field=models.DecimalField(decimal_places=6, default=1, help_text='As a share, on purchases: 0.5 where half may be deducted. The rest is part of the cost', max_digits=7, verbose_name='deductible share'),
        ),
        migrations.AddField(
            model_name='tax',
            name='exemption_code',
            field=models.CharField(blank=True, help_text='Of the VATEX list, as e-invoices state it: VATEX-EU-IC', max_length=30, verbose_name='code of that reason'),
        ),
        migrations.AddField(
            model_name='tax',
            name='kind',
            field=models.CharField(choices=[('value_added', 'Value added or sales tax'), ('group', 'Several taxes together'), ('withholding', 'Withholding tax')], default='value_added', max_length=12, verbose_name='kind'),
        ),
        migrations.AddField(
            model_name='tax',
            name='tax_point',
            field=models.CharField(blank=True, choices=[('invoice', 'With the invoice'), ('supply', 'With the supply'), ('payment', 'On payment')], help_text='Empty: as the company says', max_length=8, verbose_name='falls due'),
        ),
        migrations.AlterField(
            model_name='product',
            name='tax',
            field=models.ForeignKey(blank=True, limit_choices_to=models.Q(('kind__in', ('value_added', 'group'))), null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='kernel.tax', verbose_name='sales tax'),
        ),
        migrations.AddConstraint(
            model_name='tax',
            constraint=models.CheckConstraint(condition=models.Q(('deductible_share__gte', 0), ('deductible_share__lte', 1)), name='tax_deductible_is_a_share', violation_error_message='The deductible share is from 0 to 1 (0.5 is one half).'),
        ),
        migrations.AddConstraint(
            model_name='tax',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'withholding'), _negated=True), models.Q(('category', 'S'), ('deductible_share', 1), ('self_assessed_rate', 0)), _connector='OR'), name='tax_withheld_is_plain', violation_error_message='Withholding tax has a rate and nothing else.'),
        ),
        migrations.AlterConstraint(
            model_name='tax',
            name='tax_rate_is_a_share',
            constraint=models.CheckConstraint(condition=models.Q(('rate__gte', 0), ('rate__lt', 1)), name='tax_rate_is_a_share', violation_error_message='A rate is a share from 0 to below 1 (0.19 is 19 %%): nothing can be above 100 %%.'),
        ),
        migrations.AddField(
            model_name='fiscalposition',
            name='company',
            field=models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='kernel.company', verbose_name='company'),
        ),
        migrations.AddField(
            model_name='party',
            name='fiscal_position',
            field=models.ForeignKey(blank=True, help_text='Empty: found by country and tax number', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='kernel.fiscalposition', verbose_name='fiscal position'),
        ),
        migrations.AddField(
            model_name='fiscalpositiontax',
            name='company',
            field=models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='kernel.company', verbose_name='company'),
        ),
        migrations.AddField(
            model_name='fiscalpositiontax',
            name='fiscal_position',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='taxes', to='kernel.fiscalposition', verbose_name='fiscal position'),
        ),
        migrations.AddField(
            model_name='fiscalpositiontax',
            name='source',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='kernel.tax', verbose_name='instead of'),
        ),
        migrations.AddField(
            model_name='fiscalpositiontax',
            name='target',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='kernel.tax', verbose_name='applies'),
        ),
        migrations.AddField(
            model_name='taxpart',
            name='company',
            field=models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='kernel.company', verbose_name='company'),
        ),
        migrations.AddField(
            model_name='taxpart',
            name='group',
            field=models.ForeignKey(limit_choices_to=models.Q(('kind', 'group')), on_delete=django.db.models.deletion.CASCADE, related_name='parts', to='kernel.tax', verbose_name='group'),
        ),
        migrations.AddField(
            model_name='taxpart',
            name='tax',
            field=models.ForeignKey(limit_choices_to=models.Q(('kind', 'value_added')), on_delete=django.db.models.deletion.PROTECT, related_name='+', to='kernel.tax', verbose_name='tax'),
        ),
        migrations.AddConstraint(
            model_name='fiscalposition',
            constraint=models.UniqueConstraint(fields=('company', 'code'), name='fiscal_position_code_once'),
        ),
        migrations.AddConstraint(
            model_name='fiscalpositiontax',
            constraint=models.UniqueConstraint(fields=('fiscal_position', 'source'), name='fiscal_position_tax_once', violation_error_message='This tax has its row already.'),
        ),
        migrations.AddConstraint(
            model_name='taxpart',
            constraint=models.UniqueConstraint(fields=('group', 'tax'), name='tax_part_once', violation_error_message='This tax is in the group already.'),
        ),
        migrations.AddConstraint(
            model_name='taxpart',
            constraint=models.CheckConstraint(condition=models.Q(('group', models.F('tax')), _negated=True), name='tax_part_is_another', violation_error_message='A group is not a part of itself.'),
        ),
    ]
