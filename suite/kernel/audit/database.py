"""What each kind of model may suffer in the database: grants to the application's role and audit triggers, set after every migrate.

A model says its kind by a class attribute: `append_only` (rows are added, never changed), `machine_kept` (only triggers and
functions of the owner write it), `audited` (changes are recorded). Default privileges would not reach test databases.
"""

import os

from django.apps import apps
from django.db import connection
from django.db.models import Model

APPLICATION_ROLE = os.environ.get("APPLICATION_ROLE", "suite_app")
OURS = ("kernel", "crm", "erp", "scm", "integration")


def privileges(model: type[Model]) -> str:
    """The table privileges of the application's role on a model."""
    if getattr(model, "machine_kept", False):
        return "SELECT"
    if getattr(model, "append_only", False):
        return "SELECT, INSERT"
    return getattr(model, "database_privileges", "SELECT, INSERT, UPDATE, DELETE")


def _all_models() -> list[type[Model]]:
    return [model for model in apps.get_models(include_auto_created=True) if model._meta.managed and not model._meta.proxy]


def install(**kwargs) -> None:
    """Grants and triggers for every table (receiver of post_migrate; runs as the owner)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [APPLICATION_ROLE])
        has_role = cursor.fetchone() is not None
        statements = []
        if has_role:
            statements += [
                f'GRANT USAGE ON SCHEMA public TO "{APPLICATION_ROLE}"',
                f'GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO "{APPLICATION_ROLE}"',
                f'GRANT SELECT ON django_migrations TO "{APPLICATION_ROLE}"',
            ]
        for model in _all_models():
            table = model._meta.db_table
            if has_role:
                statements.append(f'REVOKE ALL ON "{table}" FROM "{APPLICATION_ROLE}"')
                statements.append(f'GRANT {privileges(model)} ON "{table}" TO "{APPLICATION_ROLE}"')
            if getattr(model, "audited", False):
                statements += _audit_triggers(model)
        cursor.execute(";\n".join(statements))


def _audit_triggers(model: type[Model]) -> list[str]:
    """Inserts are recorded statement by statement where the rows have an id and a company, everything else row by row."""
    table, columns = model._meta.db_table, {field.column for field in model._meta.concrete_fields}
    by_statement = {"id", "company_id"} <= columns
    events = "UPDATE OR DELETE" if by_statement else "INSERT OR UPDATE OR DELETE"
    statements = [
        f'DROP TRIGGER IF EXISTS audit_row ON "{table}"',
        f'DROP TRIGGER IF EXISTS audit_inserted ON "{table}"',
        f'CREATE TRIGGER audit_row AFTER {events} ON "{table}" FOR EACH ROW EXECUTE FUNCTION kernel_audit_row()',
    ]
    if by_statement:
        statements.append(
            f'CREATE TRIGGER audit_inserted AFTER INSERT ON "{table}" REFERENCING NEW TABLE AS made FOR EACH STATEMENT '
            "EXECUTE FUNCTION kernel_audit_inserted()"
        )
    return statements
