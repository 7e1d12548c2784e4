"""Refusals by name. Each says what happened; `hint` says what to do next; `status` is its HTTP status."""

from django.utils.translation import gettext_lazy as _


class BusinessError(Exception):
    """A rule said no, and nothing was done."""

    status = 422
    code = "refused"
    hint = ""

    def __init__(self, message: str, *, field: str | None = None, code: str | None = None, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        self.code = code or self.code
        self.hint = hint or self.hint


class Refusal(BusinessError):
    """A business rule refused the action."""


class TransitionNotAllowed(BusinessError):
    """The document's status does not admit this action."""

    status = 409
    code = "transition_not_allowed"
    hint = _("Open the document again to see what it allows now.")


class StaleVersion(BusinessError):
    """Somebody saved the record first."""

    status = 409
    code = "stale_version"
    hint = _("Load the record again, compare, and repeat your change.")


class KeyReused(BusinessError):
    """The same idempotency key came with another request."""

    status = 422
    code = "idempotency_key_reused"
    hint = _("Use a new key for a new request.")


class InFlight(BusinessError):
    """The same request is being worked on at this moment."""

    status = 409
    code = "in_flight"
    hint = _("Wait a moment and ask again with the same key.")
