"""The same request twice does the thing once (reliability.md: the key row is the first write of the same transaction)."""

from collections.abc import Callable
from typing import Any

from django.db import IntegrityError, transaction

from suite.kernel.documents.errors import KeyReused, Refusal
from suite.kernel.documents.models import IdempotencyKey
from suite.kernel.documents.work import unit_of_work
from suite.kernel.users.service_user import recorded_id


def once(*, actor, key: str, request_hash: str, run: Callable[[], Any]) -> tuple[Any, bool]:
    """(answer of `run`, False), or (the first answer, True) when the key was used before by this actor in this company.

    `run` returns something JSON can hold. A rolled-back request leaves no key and may be repeated. A rival with the same key waits
    for the first to end. Raises KeyReused when the key came with another request.
    """
    if not 0 < len(key) <= 255:
        raise Refusal("An idempotency key has 1 to 255 characters.", field="Idempotency-Key", code="bad_key")
    with unit_of_work(actor):
        row = IdempotencyKey(company_id=actor.company_id, actor_id=recorded_id(actor), key=key, request_hash=request_hash)
        try:
            with transaction.atomic():
                row.save(force_insert=True)
        except IntegrityError:
            first = IdempotencyKey.objects.get(company_id=actor.company_id, actor_id=recorded_id(actor), key=key)
            if first.request_hash != request_hash:
                raise KeyReused("This idempotency key was used for another request; nothing was done.") from None
            return first.answer, True
        answer = run()
        IdempotencyKey.objects.filter(pk=row.pk).update(answer=answer)
        return answer, False
