import uuid

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('kernel', '0002_kernel_functions'),
        ('kernel', '0002_kernel_functions'),
        ('kernel', '__first__'),
    ]

    operations = [
        migrations.CreateModel(
            name='Event',
            fields=[
                ('id', models.BigIntegerField(primary_key=True, serialize=False)),
                ('uid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='uid')),
                ('type', models.CharField(max_length=80, verbose_name='type')),
                ('aggregate', models.CharField(max_length=40, verbose_name='kind of document')),
                ('aggregate_id', models.BigIntegerField(verbose_name='document')),
                ('seq', models.PositiveIntegerField(verbose_name='sequence')),
                ('payload', models.JSONField(default=dict, verbose_name='payload')),
                ('trace_parent', models.CharField(blank=True, max_length=55, verbose_name='trace')),
                ('causation_id', models.BigIntegerField(db_index=True, null=True, verbose_name='caused by event')),
                ('created', models.DateTimeField(default=django.utils.timezone.now, verbose_name='at')),
                ('actor', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by')),
                ('company', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='kernel.company', verbose_name='company')),
            ],
            options={
                'verbose_name': 'event',
                'verbose_name_plural': 'events',
                'ordering': ('-created', '-id'),
                'constraints': [models.UniqueConstraint(fields=('aggregate', 'aggregate_id', 'seq'), name='event_in_order')],
            },
        ),
        migrations.CreateModel(
            name='Delivery',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('handler', models.CharField(max_length=60, verbose_name='consumer')),
                ('aggregate_key', models.CharField(max_length=60, verbose_name='document')),
                ('seq', models.PositiveIntegerField(verbose_name='sequence')),
                ('status', models.SmallIntegerField(choices=[(0, 'Waiting'), (1, 'Done'), (2, 'Needs a person'), (3, 'Skipped')], default=0, verbose_name='status')),
                ('attempts', models.PositiveSmallIntegerField(default=1, verbose_name='tries')),
                ('next_at', models.DateTimeField(verbose_name='next try')),
                ('last_error', models.TextField(blank=True, verbose_name='last error')),
                ('first_failed_at', models.DateTimeField(null=True, verbose_name='first failed')),
                ('done_at', models.DateTimeField(null=True, verbose_name='done')),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='deliveries', to='integration.event', verbose_name='event')),
            ],
            options={
                'verbose_name': 'delivery',
                'verbose_name_plural': 'deliveries',
                'ordering': ('-id',),
                'permissions': [('replay_delivery', 'Can replay a delivery'), ('skip_delivery', 'Can skip a delivery')],
                'indexes': [models.Index(condition=models.Q(('status', 0)), fields=['next_at', 'id'], name='delivery_due'), models.Index(condition=models.Q(('status__in', (0, 2))), fields=['handler', 'aggregate_key', 'seq'], name='delivery_in_order'), models.Index(fields=['aggregate_key'], name='delivery_of_document'), models.Index(condition=models.Q(('status', 2)), fields=['-id'], name='delivery_dead')],
                'constraints': [models.UniqueConstraint(fields=('event', 'handler'), name='delivery_once_per_consumer')],
            },
        ),
        migrations.CreateModel(
            name='JobRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('job', models.CharField(max_length=60, verbose_name='job')),
                ('period_start', models.DateTimeField(verbose_name='period')),
                ('started_at', models.DateTimeField(auto_now_add=True, verbose_name='started')),
                ('finished_at', models.DateTimeField(null=True, verbose_name='finished')),
                ('result', models.CharField(blank=True, max_length=200, verbose_name='result')),
            ],
            options={
                'verbose_name': 'job run',
                'verbose_name_plural': 'job runs',
                'ordering': ('-id',),
                'constraints': [models.UniqueConstraint(fields=('job', 'period_start'), name='job_once_per_period')],
            },
        ),
        migrations.CreateModel(
            name='Replay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('action', models.CharField(max_length=10, verbose_name='action')),
                ('reason', models.CharField(max_length=200, verbose_name='reason')),
                ('delivery_ids', models.JSONField(verbose_name='deliveries')),
                ('at', models.DateTimeField(auto_now_add=True, verbose_name='at')),
                ('actor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by')),
                ('company', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='kernel.company', verbose_name='company')),
            ],
            options={
                'verbose_name': 'replay',
                'verbose_name_plural': 'replays',
                'ordering': ('-id',),
            },
        ),
    ]
