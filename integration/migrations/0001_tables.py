import uuid

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import suite.kernel.tables


class Migration(migrations.Migration):
    """Every table."""

    replaces = [('integration', '0001_initial'), ('integration', '0002_outbox_functions')]

    initial = True

    dependencies = [
        ('contenttypes', '0002_remove_content_type_name'),
        ('kernel', '0002_functions'),
    ]

    operations = [
        suite.kernel.tables.CreateTogether(
            models=[
                migrations.CreateModel(
                    name='BulkRun',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('company', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='kernel.company', verbose_name='company')),
                        ('actor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by')),
                        ('resource', models.CharField(max_length=80, verbose_name='kind of rows')),
                        ('action', models.CharField(max_length=40, verbose_name='action')),
                        ('status', models.CharField(choices=[('waiting', 'Waiting'), ('running', 'Under way'), ('finished', 'Finished'), ('stopped', 'Stopped')], default='waiting', max_length=10, verbose_name='status')),
                        ('total', models.PositiveIntegerField(verbose_name='rows')),
                        ('done', models.PositiveIntegerField(default=0, verbose_name='done')),
                        ('failed', models.PositiveIntegerField(default=0, verbose_name='refused')),
                        ('created', models.DateTimeField(auto_now_add=True, verbose_name='started')),
                        ('touched_at', models.DateTimeField(auto_now_add=True, verbose_name='last sign of life')),
                        ('finished_at', models.DateTimeField(null=True, verbose_name='finished')),
                    ],
                    options={
                        'verbose_name': 'bulk action',
                        'verbose_name_plural': 'bulk actions',
                        'ordering': ('-id',),
                        'indexes': [models.Index(fields=['actor', '-id'], name='bulk_run_of_actor'), models.Index(condition=models.Q(('status__in', ('waiting', 'running'))), fields=['touched_at'], name='bulk_run_unfinished')],
                        'constraints': [],
                    },
                ),
                migrations.CreateModel(
                    name='BulkRow',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('run', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rows', to='integration.bulkrun', verbose_name='bulk action')),
                        ('position', models.PositiveIntegerField(verbose_name='position')),
                        ('record_key', models.CharField(max_length=40, verbose_name='record')),
                        ('label', models.CharField(max_length=200, verbose_name='name')),
                        ('status', models.SmallIntegerField(choices=[(0, 'Waiting'), (1, 'Done'), (2, 'Refused')], default=0, verbose_name='status')),
                        ('message', models.TextField(blank=True, verbose_name='why')),
                        ('hint', models.TextField(blank=True, verbose_name='what to do')),
                    ],
                    options={
                        'verbose_name': 'row of a bulk action',
                        'verbose_name_plural': 'rows of bulk actions',
                        'ordering': ('position',),
                        'constraints': [models.UniqueConstraint(fields=('run', 'position'), name='bulk_row_once')],
                        'indexes': [],
                    },
                ),
                migrations.CreateModel(
                    name='Event',
                    fields=[
                        ('company', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='kernel.company', verbose_name='company')),
                        ('id', models.BigIntegerField(primary_key=True, serialize=False)),
                        ('uid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='uid')),
                        ('type', models.CharField(max_length=80, verbose_name='type')),
                        ('aggregate', models.CharField(max_length=40, verbose_name='kind of document')),
                        ('aggregate_id', models.BigIntegerField(verbose_name='document')),
                        ('seq', models.PositiveIntegerField(verbose_name='sequence')),
                        ('payload', models.JSONField(default=dict, verbose_name='payload')),
                        ('actor', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by')),
                        ('trace_parent', models.CharField(blank=True, max_length=55, verbose_name='trace')),
                        ('causation_id', models.BigIntegerField(db_index=True, null=True, verbose_name='caused by event')),
                        ('created', models.DateTimeField(default=django.utils.timezone.now, verbose_name='at')),
                    ],
                    options={
                        'verbose_name': 'event',
                        'verbose_name_plural': 'events',
                        'ordering': ('-created', '-id'),
                        'constraints': [models.UniqueConstraint(fields=('aggregate', 'aggregate_id', 'seq'), name='event_in_order')],
                        'indexes': [],
                    },
                ),
                migrations.CreateModel(
                    name='Delivery',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('event', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='deliveries', to='integration.event', verbose_name='event')),
                        ('handler', models.CharField(max_length=60, verbose_name='consumer')),
                        ('aggregate_key', models.CharField(max_length=60, verbose_name='document')),
                        ('seq', models.PositiveIntegerField(verbose_name='sequence')),
                        ('status', models.SmallIntegerField(choices=[(0, 'Waiting'), (1, 'Done'), (2, 'Needs a person'), (3, 'Skipped')], default=0, verbose_name='status')),
                        ('attempts', models.PositiveSmallIntegerField(default=1, verbose_name='tries')),
                        ('next_at', models.DateTimeField(verbose_name='next try')),
                        ('last_error', models.TextField(blank=True, verbose_name='last error')),
                        ('first_failed_at', models.DateTimeField(null=True, verbose_name='first failed')),
                        ('done_at', models.DateTimeField(null=True, verbose_name='done')),
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
                    name='Replay',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('company', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='kernel.company', verbose_name='company')),
                        ('actor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by')),
                        ('action', models.CharField(max_length=10, verbose_name='action')),
                        ('reason', models.CharField(max_length=200, verbose_name='reason')),
                        ('delivery_ids', models.JSONField(verbose_name='deliveries')),
                        ('at', models.DateTimeField(auto_now_add=True, verbose_name='at')),
                    ],
                    options={
                        'verbose_name': 'replay',
                        'verbose_name_plural': 'replays',
                        'ordering': ('-id',),
                        'indexes': [],
                        'constraints': [],
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
                        'indexes': [],
                    },
                ),
            ],
        ),
    ]
