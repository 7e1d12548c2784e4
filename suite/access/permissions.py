"""Names of permissions, and the one question that pages, API and admin ask."""

from typing import Any

from django.db.models import Model


def code(model: type[Model] | Model, action: str) -> str:
    """The permission for an action on a model: "crm.view_order", "crm.confirm_order"."""
    return f"{model._meta.app_label}.{action}_{model._meta.model_name}"


def may(user: Any, model: type[Model] | Model, action: str) -> bool:
    """Whether the user may do this kind of thing at all (which rows: `visible_to`; in which state: the transition)."""
    return bool(user and user.is_active and user.has_perm(code(model, action)))
