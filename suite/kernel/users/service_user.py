"""The integration's own user: its permissions are read once per process, and it acts in the name of an event's actor."""

import copy
from functools import lru_cache

from suite.kernel.users.models import User

SERVICE_USERNAME = "integration"


@lru_cache(maxsize=1)
def _service_user() -> User:
    user = User.objects.get(username=SERVICE_USERNAME)
    user.get_all_permissions()
    return user


def service_user(*, on_behalf_of: int | None = None, company_id: int | None = None) -> User:
    """The integration user, recorded as `on_behalf_of` in the rows it writes. Raises User.DoesNotExist before the first migrate."""
    user = copy.copy(_service_user())
    user.on_behalf_of_id = on_behalf_of
    user.company_id = company_id
    return user


def forget_service_user() -> None:
    """Read the service user again (its permissions changed, or the database did)."""
    _service_user.cache_clear()


def recorded_id(actor: User) -> int | None:
    """Whom a row names: the person behind the service user, or the actor."""
    return getattr(actor, "on_behalf_of_id", None) or actor.pk
