"""What a broken constraint means in a clerk's words. The database is the last to say no; it must not say it as a 500."""

import re
from functools import lru_cache

from django.apps import apps
from django.db import Error
from django.db.models import BaseConstraint, CheckConstraint, Model, UniqueConstraint
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from suite.kernel.documents.errors import Refusal

UNIQUE, FOREIGN_KEY, NOT_NULL, EXCLUSION = "23505", "23503", "23502", "23P01"


class Violation(Refusal):
    """The database refused the rows."""

    code = "constraint"


@lru_cache(maxsize=1)
def _constraints() -> dict[str, tuple[type[Model], BaseConstraint]]:
    return {c.name: (model, c) for model in apps.get_models() for c in model._meta.constraints}


def _words(name: str) -> str:
    return name.replace("_", " ")


def _message(name: str, pgcode: str) -> tuple[str, str | None]:
    model, constraint = _constraints().get(name, (None, None))
    if constraint is None:
        if pgcode == UNIQUE:
            return _("There is already a record with this value; nothing was saved."), None
        if pgcode == FOREIGN_KEY:
            return _("Another record needs this one, or one that it names does not exist; nothing was saved."), None
        return _("The books do not admit this (%(rule)s); nothing was saved.") % {"rule": _words(name)}, None
    if constraint.violation_error_message != constraint.default_violation_error_message:
        return f"{constraint.violation_error_message}", None
    if isinstance(constraint, UniqueConstraint):
        fields = [field for field in constraint.fields if field != "company"]
        labels = [str(model._meta.get_field(field).verbose_name) for field in fields]
        text = _("There is already a %(kind)s with this %(fields)s; nothing was saved.") % {
            "kind": model._meta.verbose_name, "fields": ", ".join(labels) or _words(name),
        }
        return text, fields[-1] if fields else None
    kind = capfirst(str(model._meta.verbose_name))
    rule = _words(name) if isinstance(constraint, CheckConstraint) else _words(name)
    return _("%(kind)s: the values break a rule (%(rule)s); nothing was saved.") % {"kind": kind, "rule": rule}, None


def refusal_of(error: Error) -> Violation:
    """The refusal that a database error stands for. 409 where another record is in the way, else 422."""
    cause = error.__cause__
    pgcode = getattr(cause, "pgcode", "") or ""
    diag = getattr(cause, "diag", None)
    name = getattr(diag, "constraint_name", None) or ""
    if pgcode == NOT_NULL:
        column = getattr(diag, "column_name", "") or ""
        refusal = Violation(_("“%(field)s” is missing; nothing was saved.") % {"field": _words(column)}, field=column)
    elif not name and pgcode == "P0001":
        refusal = Violation(re.sub(r"\s+", " ", getattr(diag, "message_primary", "") or str(error))[:300])
    else:
        text, field = _message(name, pgcode)
        refusal = Violation(text, field=field)
        own = getattr(diag, "message_primary", "") or ""
        if name and name not in _constraints() and own and "violates" not in own:
            refusal = Violation(_("%(reason)s; nothing was saved.") % {"reason": own}, field=None)
    refusal.status = 409 if pgcode in {UNIQUE, FOREIGN_KEY, EXCLUSION} else 422
    return refusal
