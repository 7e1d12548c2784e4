from django.db import migrations


class Migration(migrations.Migration):
    """Who may ask for a deposit on an order."""

    dependencies = [
        ('crm', '0003_margin_floors'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='order',
            options={'ordering': ('-pk',), 'permissions': [('confirm_order', 'Can confirm an order'), ('release_order', 'Can release a held order'), ('hold_order', 'Can hold an order'), ('amend_order', 'Can amend a confirmed order'), ('close_short_order', 'Can close an order short'), ('cancel_order', 'Can cancel an order'), ('ask_deposit_order', 'Can ask for a deposit on an order'), ('complete_order', 'Can complete an order'), ('approve_margin_order', 'Can approve an order below the margin floor')], 'verbose_name': 'order', 'verbose_name_plural': 'orders'},
        ),
    ]
