from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('kernel', '0020_unrealised_gains'),
    ]

    operations = [
        migrations.AddField(
            model_name='tax',
            name='self_assessed_rate',
            field=models.DecimalField(decimal_places=6, default=0, help_text='As a share. On purchases under reverse charge: what we owe and deduct ourselves, although the bill shows no tax', max_digits=7, verbose_name='rate owed by the buyer'),
        ),
        migrations.AddConstraint(
            model_name='tax',
            constraint=models.CheckConstraint(condition=models.Q(('self_assessed_rate', 0), models.Q(('category__in', ('AE', 'K')), ('self_assessed_rate__gt', 0), ('self_assessed_rate__lt', 1)), _connector='OR'), name='tax_self_assessed_under_reverse_charge', violation_error_message='Only reverse charge and intra-Community codes are owed by the buyer.'),
        ),
    ]
