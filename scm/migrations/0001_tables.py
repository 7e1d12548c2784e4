import django.core.validators
import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models

import suite.kernel.companies.cause
import suite.kernel.money.fields
import suite.kernel.tables


class Migration(migrations.Migration):
    """Every table."""

    replaces = [('scm', '0001_initial'), ('scm', '0002_dispatched_shipments_stay'), ('scm', '0003_lots_of_shipments'), ('scm', '0004_samples_and_losses')]

    initial = True

    dependencies = [
        ('contenttypes', '0002_remove_content_type_name'),
        ('kernel', '0002_functions'),
    ]

    operations = [
        suite.kernel.tables.CreateTogether(
            models=[
                migrations.CreateModel(
                    name='Carrier',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('company', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='kernel.company', verbose_name='company')),
                        ('party', models.ForeignKey(limit_choices_to=models.Q(('is_carrier', True)), on_delete=django.db.models.deletion.PROTECT, related_name='+', to='kernel.party', verbose_name='party')),
                        ('code', models.CharField(max_length=20, verbose_name='code')),
                        ('name', models.CharField(max_length=80, verbose_name='name')),
                        ('service', models.CharField(blank=True, help_text='As printed on the label: Express, Standard', max_length=40, verbose_name='service')),
                        ('tracking_url', models.CharField(blank=True, help_text='{number} stands for the tracking number', max_length=200, validators=[django.core.validators.RegexValidator('^https?://')], verbose_name='tracking page')),
                        ('transit_days', models.PositiveSmallIntegerField(default=2, verbose_name='working days under way')),
                        ('gs1_prefix', models.CharField(default='2000000', help_text='Start of the parcel numbers (SSCC). 2000000 is for use between us and this carrier only.', max_length=10, validators=[django.core.validators.RegexValidator('^\\d{7,10}$')], verbose_name='GS1 prefix of our parcels')),
                        ('is_active', models.BooleanField(default=True, verbose_name='active')),
                        ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version')),
                    ],
                    options={
                        'verbose_name': 'carrier',
                        'verbose_name_plural': 'carriers',
                        'ordering': ('name', 'code'),
                        'constraints': [models.UniqueConstraint(fields=('company', 'code'), name='carrier_code_once')],
                        'indexes': [],
                    },
                ),
                migrations.CreateModel(
                    name='CarrierRate',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('company', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='kernel.company', verbose_name='company')),
                        ('carrier', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rates', to='scm.carrier', verbose_name='carrier')),
                        ('country', models.CharField(blank=True, help_text='Empty: everywhere else', max_length=60, verbose_name='country')),
                        ('up_to_kg', models.DecimalField(decimal_places=3, max_digits=10, verbose_name='up to (kg)')),
                        ('price', suite.kernel.money.fields.AmountField(decimal_places=3, max_digits=19, verbose_name='price')),
                    ],
                    options={
                        'verbose_name': 'carrier rate',
                        'verbose_name_plural': 'carrier rates',
                        'ordering': ('carrier', 'country', 'up_to_kg'),
                        'constraints': [models.UniqueConstraint(fields=('carrier', 'country', 'up_to_kg'), name='carrier_rate_once'), models.CheckConstraint(condition=models.Q(('price__gte', 0), ('up_to_kg__gt', 0)), name='carrier_rate_positive', violation_error_message='The weight is above zero and the price is not below zero.')],
                        'indexes': [],
                    },
                ),
                migrations.CreateModel(
                    name='CarrierStatusCode',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('company', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='kernel.company', verbose_name='company')),
                        ('carrier', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='status_codes', to='scm.carrier', verbose_name='carrier')),
                        ('code', models.CharField(max_length=40, verbose_name="carrier's code")),
                        ('meaning', models.CharField(choices=[('information', 'For information'), ('in_transit', 'Under way'), ('out_for_delivery', 'Out for delivery'), ('delivered', 'Delivered'), ('exception', 'Something is wrong')], max_length=16, verbose_name='means')),
                    ],
                    options={
                        'verbose_name': 'carrier status code',
                        'verbose_name_plural': 'carrier status codes',
                        'ordering': ('carrier', 'code'),
                        'constraints': [models.UniqueConstraint(fields=('carrier', 'code'), name='carrier_status_code_once')],
                        'indexes': [],
                    },
                ),
                migrations.CreateModel(
                    name='Shipment',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('company', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='kernel.company', verbose_name='company')),
                        ('cause', models.BigIntegerField(db_index=True, default=suite.kernel.companies.cause.current_cause, editable=False, null=True, verbose_name='cause')),
                        ('number', models.CharField(editable=False, max_length=40, null=True, verbose_name='number')),
                        ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version')),
                        ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created at')),
                        ('created_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='created by')),
                        ('status', models.CharField(choices=[('planned', 'Planned'), ('booked', 'Booked'), ('dispatched', 'Dispatched'), ('in_transit', 'Under way'), ('out_for_delivery', 'Out for delivery'), ('delivered', 'Delivered'), ('exception', 'Exception'), ('returned', 'Returned to sender'), ('lost', 'Lost by the carrier'), ('cancelled', 'Cancelled')], default='planned', editable=False, max_length=24, verbose_name='status')),
                        ('order_key', models.CharField(blank=True, editable=False, max_length=60, verbose_name='order')),
                        ('order_number', models.CharField(blank=True, editable=False, max_length=40, verbose_name='order number')),
                        ('reason_key', models.CharField(blank=True, editable=False, help_text='Why goods leave without an order', max_length=60, verbose_name='reason key')),
                        ('reason', models.CharField(blank=True, editable=False, max_length=80, verbose_name='reason')),
                        ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='kernel.party', verbose_name='customer')),
                        ('site', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='kernel.site', verbose_name='ships from')),
                        ('wave', models.PositiveSmallIntegerField(default=1, editable=False, verbose_name='wave')),
                        ('carrier', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='scm.carrier', verbose_name='carrier')),
                        ('service', models.CharField(blank=True, max_length=40, verbose_name='service')),
                        ('ship_to', models.TextField(blank=True, verbose_name='ship to')),
                        ('requested_on', models.DateField(blank=True, null=True, verbose_name='requested on')),
                        ('promised_on', models.DateField(blank=True, null=True, verbose_name='promised on')),
                        ('planned_on', models.DateField(blank=True, null=True, verbose_name='planned for')),
                        ('expected_on', models.DateField(blank=True, editable=False, null=True, verbose_name='expected on')),
                        ('dispatched_on', models.DateField(blank=True, editable=False, null=True, verbose_name='dispatched on')),
                        ('dispatched_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='dispatched at')),
                        ('delivered_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='delivered at')),
                        ('received_by', models.CharField(blank=True, editable=False, max_length=120, verbose_name='received by')),
                        ('returned_on', models.DateField(blank=True, editable=False, null=True, verbose_name='came back on')),
                        ('lost_on', models.DateField(blank=True, editable=False, null=True, verbose_name='lost on')),
                        ('tracking_number', models.CharField(blank=True, editable=False, max_length=60, verbose_name='tracking number')),
                        ('tracked_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='last report of the carrier')),
                        ('freight_cost', suite.kernel.money.fields.AmountField(decimal_places=3, default=0, editable=False, max_digits=19, verbose_name='freight cost')),
                        ('freight_reason', models.CharField(blank=True, editable=False, max_length=200, verbose_name='why this carrier')),
                        ('weight_kg', models.DecimalField(decimal_places=3, default=0, editable=False, max_digits=12, verbose_name='weight (kg)')),
                        ('source_key', models.CharField(blank=True, editable=False, max_length=80, null=True, verbose_name='source')),
                        ('backorder_of', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='backorders', to='scm.shipment', verbose_name='rest of')),
                    ],
                    options={
                        'verbose_name': 'shipment',
                        'verbose_name_plural': 'shipments',
                        'ordering': ('-pk',),
                        'permissions': [('book_shipment', 'Can book a carrier'), ('dispatch_shipment', 'Can dispatch a shipment'), ('cancel_shipment', 'Can cancel a shipment'), ('deliver_shipment', 'Can record a delivery'), ('in_transit_shipment', 'Can record that a shipment is under way'), ('out_for_delivery_shipment', 'Can record that a shipment is out for delivery'), ('report_exception_shipment', 'Can report an exception'), ('return_to_sender_shipment', 'Can take a shipment back'), ('lose_shipment', 'Can report a shipment lost'), ('give_away_shipment', 'Can send goods without an order')],
                        'indexes': [models.Index(fields=['company', 'order_key'], name='shipment_of_order'), models.Index(fields=['company', 'status', 'planned_on'], name='shipment_by_status')],
                        'constraints': [models.UniqueConstraint(fields=('company', 'source_key'), name='shipment_source_once'), models.UniqueConstraint(fields=('company', 'number'), name='shipment_number_once'), models.UniqueConstraint(condition=models.Q(('tracking_number', ''), _negated=True), fields=('carrier', 'tracking_number'), name='shipment_tracking_once', violation_error_message='This carrier already has a shipment with this tracking number.'), models.CheckConstraint(condition=models.Q(models.Q(('dispatched_at__isnull', True), ('status__in', ('planned', 'booked', 'cancelled'))), models.Q(('dispatched_at__isnull', False), ('dispatched_on__isnull', False), models.Q(('status__in', ('planned', 'booked', 'cancelled')), _negated=True)), _connector='OR'), name='shipment_dispatched_has_a_date'), models.CheckConstraint(condition=models.Q(('reason_key', ''), ('order_key', ''), _connector='OR'), name='shipment_of_an_order_or_a_reason'), models.CheckConstraint(condition=models.Q(('status', 'lost'), ('lost_on__isnull', True), _connector='XOR'), name='lost_shipment_has_a_date'), models.CheckConstraint(condition=models.Q(('freight_cost__gte', 0), ('weight_kg__gte', 0)), name='shipment_freight_positive')],
                    },
                ),
                migrations.CreateModel(
                    name='ShipmentLine',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('company', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='kernel.company', verbose_name='company')),
                        ('position', models.PositiveIntegerField(default=1, verbose_name='position')),
                        ('shipment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='scm.shipment', verbose_name='shipment')),
                        ('order_line_key', models.CharField(editable=False, max_length=60, verbose_name='order line')),
                        ('product', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='kernel.product', verbose_name='product')),
                        ('description', models.CharField(blank=True, max_length=200, verbose_name='description')),
                        ('quantity', suite.kernel.money.fields.QuantityField(decimal_places=6, max_digits=19, verbose_name='planned')),
                        ('picked', suite.kernel.money.fields.QuantityField(decimal_places=6, default=0, editable=False, max_digits=19, verbose_name='picked')),
                        ('shipped', suite.kernel.money.fields.QuantityField(decimal_places=6, default=0, editable=False, max_digits=19, verbose_name='shipped')),
                        ('over_allowed', suite.kernel.money.fields.QuantityField(decimal_places=6, default=0, editable=False, max_digits=19, verbose_name='over-delivery allowed')),
                        ('location_key', models.CharField(blank=True, editable=False, max_length=60, verbose_name='location')),
                    ],
                    options={
                        'verbose_name': 'shipment line',
                        'verbose_name_plural': 'shipment lines',
                        'ordering': ('shipment', 'position'),
                        'indexes': [models.Index(fields=['company', 'order_line_key'], name='shipment_line_of_order_line')],
                        'constraints': [models.UniqueConstraint(fields=('shipment', 'order_line_key'), name='shipment_line_once'), models.CheckConstraint(condition=models.Q(('picked__gte', 0), ('quantity__gt', 0), ('shipped__gte', 0)), name='shipment_line_quantities_positive'), models.CheckConstraint(condition=models.Q(('shipped__lte', django.db.models.expressions.CombinedExpression(models.F('quantity'), '+', models.F('over_allowed')))), name='shipment_line_shipped_within_plan', violation_error_message='More is shipped than was planned.')],
                    },
                ),
                migrations.CreateModel(
                    name='ShipmentLot',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('company', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='kernel.company', verbose_name='company')),
                        ('shipment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lots', to='scm.shipment', verbose_name='shipment')),
                        ('line', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lots', to='scm.shipmentline', verbose_name='shipment line')),
                        ('lot_key', models.CharField(editable=False, max_length=60, verbose_name='lot key')),
                        ('number', models.CharField(max_length=40, verbose_name='lot number')),
                        ('expires_on', models.DateField(blank=True, null=True, verbose_name='expires on')),
                        ('location_key', models.CharField(blank=True, editable=False, max_length=60, verbose_name='location')),
                        ('place', models.CharField(blank=True, max_length=80, verbose_name='place')),
                        ('proposed', suite.kernel.money.fields.QuantityField(decimal_places=6, default=0, max_digits=19, verbose_name='proposed')),
                        ('picked', suite.kernel.money.fields.QuantityField(decimal_places=6, default=0, max_digits=19, verbose_name='picked')),
                        ('shipped', suite.kernel.money.fields.QuantityField(decimal_places=6, default=0, max_digits=19, verbose_name='shipped')),
                    ],
                    options={
                        'verbose_name': 'lot of a shipment',
                        'verbose_name_plural': 'lots',
                        'ordering': ('line', 'pk'),
                        'constraints': [models.UniqueConstraint(fields=('line', 'lot_key', 'location_key'), name='shipment_lot_once'), models.CheckConstraint(condition=models.Q(('picked__gte', 0), ('proposed__gte', 0), ('shipped__gte', 0)), name='shipment_lot_quantities_positive')],
                        'indexes': [],
                    },
                ),
                migrations.CreateModel(
                    name='ReadyGoods',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('company', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='kernel.company', verbose_name='company')),
                        ('order_key', models.CharField(max_length=60, verbose_name='order')),
                        ('order_line_key', models.CharField(max_length=60, verbose_name='order line')),
                        ('quantity', suite.kernel.money.fields.QuantityField(decimal_places=6, max_digits=19, verbose_name='ready')),
                    ],
                    options={
                        'verbose_name': 'ready goods',
                        'verbose_name_plural': 'ready goods',
                        'indexes': [models.Index(fields=['company', 'order_key'], name='ready_goods_of_order')],
                        'constraints': [models.UniqueConstraint(fields=('company', 'order_line_key'), name='ready_goods_once'), models.CheckConstraint(condition=models.Q(('quantity__gte', 0)), name='ready_goods_positive')],
                    },
                ),
                migrations.CreateModel(
                    name='Parcel',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('company', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='kernel.company', verbose_name='company')),
                        ('shipment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='parcels', to='scm.shipment', verbose_name='shipment')),
                        ('position', models.PositiveSmallIntegerField(default=1, verbose_name='position')),
                        ('sscc', models.CharField(max_length=18, verbose_name='parcel number (SSCC)')),
                        ('weight_kg', models.DecimalField(decimal_places=3, default=0, max_digits=12, verbose_name='weight (kg)')),
                    ],
                    options={
                        'verbose_name': 'parcel',
                        'verbose_name_plural': 'parcels',
                        'ordering': ('shipment', 'position'),
                        'constraints': [models.UniqueConstraint(fields=('company', 'sscc'), name='parcel_sscc_once'), models.UniqueConstraint(fields=('shipment', 'position'), name='parcel_position_once'), models.CheckConstraint(condition=models.Q(('weight_kg__gte', 0)), name='parcel_weight_positive')],
                        'indexes': [],
                    },
                ),
                migrations.CreateModel(
                    name='TrackingEvent',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('company', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='kernel.company', verbose_name='company')),
                        ('cause', models.BigIntegerField(db_index=True, default=suite.kernel.companies.cause.current_cause, editable=False, null=True, verbose_name='cause')),
                        ('carrier', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='scm.carrier', verbose_name='carrier')),
                        ('tracking_number', models.CharField(max_length=60, verbose_name='tracking number')),
                        ('external_id', models.CharField(max_length=80, verbose_name="carrier's event id")),
                        ('shipment', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='tracking_events', to='scm.shipment', verbose_name='shipment')),
                        ('code', models.CharField(max_length=40, verbose_name="carrier's code")),
                        ('meaning', models.CharField(max_length=16, verbose_name='means')),
                        ('happened_at', models.DateTimeField(verbose_name='happened at')),
                        ('place', models.CharField(blank=True, max_length=120, verbose_name='place')),
                        ('description', models.CharField(blank=True, max_length=200, verbose_name='description')),
                        ('expected_on', models.DateField(blank=True, null=True, verbose_name='expected on')),
                        ('recorded_at', models.DateTimeField(auto_now_add=True, verbose_name='recorded at')),
                    ],
                    options={
                        'verbose_name': 'tracking event',
                        'verbose_name_plural': 'tracking events',
                        'ordering': ('-happened_at', '-pk'),
                        'constraints': [models.UniqueConstraint(fields=('carrier', 'tracking_number', 'external_id'), name='tracking_event_once')],
                        'indexes': [],
                    },
                ),
                migrations.CreateModel(
                    name='PickList',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('company', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='kernel.company', verbose_name='company')),
                        ('cause', models.BigIntegerField(db_index=True, default=suite.kernel.companies.cause.current_cause, editable=False, null=True, verbose_name='cause')),
                        ('number', models.CharField(editable=False, max_length=40, null=True, verbose_name='number')),
                        ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version')),
                        ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created at')),
                        ('created_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='created by')),
                        ('status', models.CharField(choices=[('draft', 'Draft'), ('waiting', 'Waiting for goods'), ('partially_ready', 'Partly ready'), ('ready', 'Ready'), ('picked', 'Picked'), ('packed', 'Packed'), ('done', 'Done'), ('cancelled', 'Cancelled')], default='draft', editable=False, max_length=24, verbose_name='status')),
                        ('shipment', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='pick_list', to='scm.shipment', verbose_name='shipment')),
                        ('picked_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='picked by')),
                        ('picked_at', models.DateTimeField(editable=False, null=True, verbose_name='picked at')),
                        ('packed_at', models.DateTimeField(editable=False, null=True, verbose_name='packed at')),
                    ],
                    options={
                        'verbose_name': 'pick list',
                        'verbose_name_plural': 'pick lists',
                        'ordering': ('-pk',),
                        'permissions': [('ready_picklist', 'Can say what is ready to pick'), ('pick_picklist', 'Can pick'), ('pack_picklist', 'Can pack'), ('repick_picklist', 'Can open a pick list again'), ('done_picklist', 'Can close a pick list'), ('cancel_picklist', 'Can cancel a pick list')],
                        'indexes': [models.Index(fields=['company', 'status'], name='pick_list_by_status')],
                        'constraints': [models.UniqueConstraint(fields=('company', 'number'), name='pick_list_number_once')],
                    },
                ),
                migrations.CreateModel(
                    name='PickListLine',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('company', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='kernel.company', verbose_name='company')),
                        ('position', models.PositiveIntegerField(default=1, verbose_name='position')),
                        ('pick_list', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='scm.picklist', verbose_name='pick list')),
                        ('shipment_line', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='pick_line', to='scm.shipmentline', verbose_name='shipment line')),
                        ('product', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='kernel.product', verbose_name='product')),
                        ('quantity', suite.kernel.money.fields.QuantityField(decimal_places=6, max_digits=19, verbose_name='to pick')),
                        ('ready', suite.kernel.money.fields.QuantityField(decimal_places=6, default=0, max_digits=19, verbose_name='ready')),
                        ('picked', suite.kernel.money.fields.QuantityField(decimal_places=6, default=0, max_digits=19, verbose_name='picked')),
                        ('place', models.CharField(blank=True, max_length=80, verbose_name='place')),
                        ('location_key', models.CharField(blank=True, editable=False, max_length=60, verbose_name='location')),
                        ('short_reason', models.CharField(blank=True, max_length=120, verbose_name='why less')),
                    ],
                    options={
                        'verbose_name': 'pick list line',
                        'verbose_name_plural': 'pick list lines',
                        'ordering': ('pick_list', 'place', 'position'),
                        'constraints': [models.CheckConstraint(condition=models.Q(('picked__gte', 0), ('picked__lte', models.F('quantity')), ('quantity__gt', 0), ('ready__gte', 0)), name='pick_line_quantities_within', violation_error_message='More is picked than is wanted.')],
                        'indexes': [],
                    },
                ),
            ],
        ),
    ]
