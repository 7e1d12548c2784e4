from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('kernel', '0070_outgoing_mail'),
        ('scm', '0003_lots_of_shipments'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='shipment',
            options={'ordering': ('-pk',), 'permissions': [('book_shipment', 'Can book a carrier'), ('dispatch_shipment', 'Can dispatch a shipment'), ('cancel_shipment', 'Can cancel a shipment'), ('deliver_shipment', 'Can record a delivery'), ('in_transit_shipment', 'Can record that a shipment is under way'), ('out_for_delivery_shipment', 'Can record that a shipment is out for delivery'), ('report_exception_shipment', 'Can report an exception'), ('return_to_sender_shipment', 'Can take a shipment back'), ('lose_shipment', 'Can report a shipment lost'), ('give_away_shipment', 'Can send goods without an order')], 'verbose_name': 'shipment', 'verbose_name_plural': 'shipments'},
        ),
        migrations.AddField(
            model_name='shipment',
            name='lost_on',
            field=models.DateField(blank=True, editable=False, null=True, verbose_name='lost on'),
        ),
        migrations.AddField(
            model_name='shipment',
            name='reason',
            field=models.CharField(blank=True, editable=False, max_length=80, verbose_name='reason'),
        ),
        migrations.AddField(
            model_name='shipment',
            name='reason_key',
            field=models.CharField(blank=True, editable=False, help_text='Why goods leave without an order', max_length=60, verbose_name='reason key'),
        ),
        migrations.AlterField(
            model_name='shipment',
            name='status',
            field=models.CharField(choices=[('planned', 'Planned'), ('booked', 'Booked'), ('dispatched', 'Dispatched'), ('in_transit', 'Under way'), ('out_for_delivery', 'Out for delivery'), ('delivered', 'Delivered'), ('exception', 'Exception'), ('returned', 'Returned to sender'), ('lost', 'Lost by the carrier'), ('cancelled', 'Cancelled')], default='planned', editable=False, max_length=24, verbose_name='status'),
        ),
        migrations.AddConstraint(
            model_name='shipment',
            constraint=models.CheckConstraint(condition=models.Q(('reason_key', ''), ('order_key', ''), _connector='OR'), name='shipment_of_an_order_or_a_reason'),
        ),
        migrations.AddConstraint(
            model_name='shipment',
            constraint=models.CheckConstraint(condition=models.Q(('status', 'lost'), ('lost_on__isnull', True), _connector='XOR'), name='lost_shipment_has_a_date'),
        ),
    ]
