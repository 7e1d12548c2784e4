"""Recording acts that change no row: sign-in, refusal, export."""

from typing import Any

from django.db.models import Model

from suite.kernel.audit.models import AuditEvent


def record_event(kind: str, *, actor: Any, subject: str = "", detail: dict | None = None, request: Any = None) -> AuditEvent:
    """One audit event, with the request's address and id where there is one."""
    known = actor is not None and getattr(actor, "pk", None)
    return AuditEvent.objects.create(
        kind=kind, actor_id=actor.pk if known else None, company_id=actor.company_id if known else None, subject=subject[:120], detail=detail or {},
        address=(request.META.get("REMOTE_ADDR") or None) if request is not None else None,
        request_id=getattr(request, "request_id", "")[:40] if request is not None else "",
    )


def record_reading(*, model: type[Model], keys: list[Any], fields: tuple[str, ...], actor: Any, request: Any = None) -> AuditEvent | None:
    """One audit event for reading sensitive fields of these records; none when there were none. The values are not kept."""
    if not keys:
        return None
    subject = f"{model._meta.label_lower}:{keys[0]}" if len(keys) == 1 else model._meta.label_lower
    return record_event("read", actor=actor, subject=subject, detail={"fields": list(fields), "records": keys[:500]}, request=request)
