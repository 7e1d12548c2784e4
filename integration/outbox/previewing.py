"""Inside a preview the consumers run at once, so that the preview shows the whole story."""

from django.db import connection

from integration.outbox.consumers import consumer_named
from integration.outbox.run import DONE, lock_delivery
from suite.kernel.companies.cause import caused_by
from suite.kernel.documents.preview import continues
from suite.kernel.documents.work import Work
from suite.kernel.users.service_user import service_user


@continues
def follow(work: Work) -> None:
    """Runs the deliveries that the previewed act emitted, and those that they emit in turn."""
    while work.follow_ups:
        locked = lock_delivery(work.follow_ups.pop(0))
        if locked is None or locked.is_blocked:
            continue
        actor = service_user(on_behalf_of=locked.event.actor_id, company_id=locked.event.company_id)
        with caused_by(locked.event.id):
            consumer_named(locked.handler).handle(locked.event, actor)
        with connection.cursor() as cursor:
            cursor.execute(DONE, [locked.delivery_id])
