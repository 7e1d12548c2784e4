"""makemigrations, with constraints and indexes inside the CreateModel of their table.

Django writes them as operations of their own wherever a later table points at this one, and re-renders every related model for
each: in a schema where everything is related that was half the time of the first start and of every new test template.
"""

from django.core.management.commands.makemigrations import Command as DjangoCommand
from django.db.migrations import AddConstraint, AddField, AddIndex, CreateModel, Migration


class Command(DjangoCommand):
    def write_migration_files(self, changes, *args, **kwargs) -> None:
        for migrations in changes.values():
            for migration in migrations:
                fold(migration)
        super().write_migration_files(changes, *args, **kwargs)


def fold(migration: Migration) -> int:
    """Moves what names no field that comes later into the table's own operation; the schema stays the same. Returns how many moved."""
    created: dict[str, CreateModel] = {}
    later = {(op.model_name_lower, op.name) for op in migration.operations if isinstance(op, AddField)}
    kept = []
    for operation in migration.operations:
        if isinstance(operation, CreateModel):
            created[operation.name_lower] = operation
        if isinstance(operation, (AddConstraint, AddIndex)) and operation.model_name_lower in created:
            rule = operation.constraint if isinstance(operation, AddConstraint) else operation.index
            table = created[operation.model_name_lower]
            if not _names_any(rule, [name for model, name in later if model == table.name_lower]):
                kind = "constraints" if isinstance(operation, AddConstraint) else "indexes"
                table.options.setdefault(kind, []).append(rule)
                continue
        kept.append(operation)
    moved = len(migration.operations) - len(kept)
    migration.operations = kept
    return moved


def _names_any(rule, fields: list[str]) -> bool:
    """Whether the rule's text starts a name with one of the fields; a needless yes costs a little time only."""
    text = repr(rule.deconstruct())
    return any(f"{quote}{sign}{field}" in text for field in fields for quote in "'\"" for sign in ("", "-"))
