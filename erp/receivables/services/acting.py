"""Who posts what follows from somebody's act."""

from suite.kernel.documents.work import current_work
from suite.kernel.users.models import User
from suite.kernel.users.service_user import service_user


def acting_user() -> User:
    """The person whose unit of work this is, else the service."""
    actor_id = current_work().actor_id
    return User.objects.get(pk=actor_id) if actor_id else service_user()
