"""How migrations are written: quickly applied, nothing missing."""

from django.core.management import call_command
from django.db import migrations, models

from suite.kernel.management.commands.makemigrations import fold


def _migration(*operations) -> migrations.Migration:
    migration = migrations.Migration("0001_initial", "shop")
    migration.operations = list(operations)
    return migration


def test_a_constraint_moves_into_the_table_it_is_about():
    rule = models.CheckConstraint(condition=models.Q(size__gt=0), name="size_positive")
    table = migrations.CreateModel("Box", [("id", models.AutoField(primary_key=True)), ("size", models.IntegerField())])
    migration = _migration(table, migrations.AddConstraint("box", rule))

    assert fold(migration) == 1

    assert migration.operations == [table]
    assert table.options["constraints"] == [rule]


def test_an_index_on_a_field_that_comes_later_stays_behind_it():
    table = migrations.CreateModel("Box", [("id", models.AutoField(primary_key=True))])
    field = migrations.AddField("box", "shelf", models.IntegerField(null=True))
    index = migrations.AddIndex("box", models.Index(fields=["-shelf"], name="box_shelf"))
    migration = _migration(table, field, index)

    assert fold(migration) == 0

    assert migration.operations == [table, field, index]


def test_a_condition_on_a_field_that_comes_later_stays_behind_it():
    table = migrations.CreateModel("Box", [("id", models.AutoField(primary_key=True))])
    field = migrations.AddField("box", "shelf", models.IntegerField(null=True))
    rule = migrations.AddConstraint("box", models.CheckConstraint(condition=models.Q(shelf__isnull=False), name="on_a_shelf"))

    assert fold(_migration(table, field, rule)) == 0


def test_no_migration_is_missing(db):
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)
