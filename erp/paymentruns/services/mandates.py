"""Mandates: entered, signed, used, over."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from erp.paymentruns.models import Mandate, PaymentBatchLine
from erp.paymentruns.models.mandates import Sequence as Sequences
from erp.paymentruns.rules.bank_files import is_sepa_iban, is_valid_iban
from suite.kernel.documents.editing import editing, save_record
from suite.kernel.documents.errors import BusinessError, Refusal
from suite.kernel.documents.transitions import Act, transition
from suite.kernel.numbering.services import next_number

Status = Mandate.Status


def enter_mandate(
    *, company_id: int, customer_id: int, iban: str, holder: str, actor: Any, bic: str = "", scheme: str = "CORE", sequence: str = "FRST",
    signed_on: date | None = None, reference: str = "",
) -> Mandate:
    """A mandate to be signed and activated. Raises Refusal for a wrong IBAN."""
    return save_record(Mandate(
        company_id=company_id, customer_id=customer_id, iban=iban, holder=holder, bic=bic, scheme=scheme, sequence=sequence, signed_on=signed_on,
        reference=reference,
    ), actor=actor)


@editing(Mandate)
def prepare_mandate(mandate: Mandate, *, actor: Any) -> None:
    """IBAN and BIC as banks write them, the next reference. Raises Refusal: no IBAN, signed in days to come."""
    mandate.iban = mandate.iban.replace(" ", "").upper()
    mandate.bic = mandate.bic.replace(" ", "").upper()
    mandate.reference = mandate.reference.strip() or next_number(company_id=mandate.company_id, series="MND")
    if not is_valid_iban(mandate.iban):
        raise Refusal(
            _("%(iban)s is no IBAN: its length or its check digits are wrong. Nothing was saved.") % {"iban": mandate.iban}, field="iban",
            code="not_an_iban", hint=_("Type it again from the signed form."),
        )
    if not is_sepa_iban(mandate.iban):
        raise Refusal(
            _("SEPA does not reach the account %(iban)s; nothing was saved.") % {"iban": mandate.iban}, field="iban", code="not_sepa",
            hint=_("Ask the customer for a transfer."),
        )
    if mandate.signed_on and mandate.signed_on > timezone.localdate():
        raise Refusal(_("A mandate is not signed in days to come; nothing was saved."), field="signed_on", code="signed_later")


@transition(Mandate, "activate", source={Status.DRAFT}, target=Status.ACTIVE, label=gettext_lazy("Activate"), icon="writing-sign", order=10)
def activate_mandate(mandate: Mandate, *, actor: Any, act: Act, signed_on: date | None = None) -> None:
    """The signed form is here. Raises Refusal: no day of signing, too old to be used."""
    mandate.signed_on = signed_on or mandate.signed_on
    if mandate.signed_on is None or mandate.signed_on > timezone.localdate():
        raise Refusal(
            _("Without the day it was signed the mandate was not activated."), field="signed_on", code="not_signed", hint=_("Enter the day on the form."),
        )
    if mandate.usable_until < timezone.localdate():
        raise Refusal(
            _("The mandate was signed more than 36 months ago and never used; it was not activated."), field="signed_on", code="mandate_expired",
            hint=_("Have a new one signed."),
        )


@transition(
    Mandate, "finish", source={Status.ACTIVE}, target=Status.ACTIVE, label=gettext_lazy("Next collection is the last"), icon="player-track-next", order=40,
    offered=lambda mandate: mandate.sequence in ("FRST", "RCUR"),
)
def finish_mandate(mandate: Mandate, *, actor: Any, act: Act) -> None:
    """The next collection goes to the bank as the last one; the mandate is over after it."""
    mandate.sequence = Sequences.FINAL


@transition(
    Mandate, "cancel", source={Status.DRAFT, Status.ACTIVE}, target=Status.CANCELLED, label=gettext_lazy("Cancel"), icon="x", is_dangerous=True, order=80,
)
def cancel_mandate(mandate: Mandate, *, actor: Any, act: Act, reason: str = "") -> None:
    """Nothing is collected any more."""


@transition(
    Mandate, "expire", source={Status.ACTIVE}, target=Status.EXPIRED, label=gettext_lazy("Expire"), icon="clock-x", order=90, offered=lambda mandate: False,
)
def expire_mandate(mandate: Mandate, *, actor: Any, act: Act, on: date | None = None) -> None:
    """36 months without a collection. Raises Refusal where it was used since."""
    if mandate.usable_until >= (on or timezone.localdate()):
        raise Refusal(_("%(mandate)s can still be used; nothing was done.") % {"mandate": mandate}, code="still_usable")


def expire_mandates(*, company_id: int, on: date, actor: Any) -> int:
    """How many mandates had their 36 months without a collection."""
    count = 0
    for mandate in Mandate.objects.filter(company_id=company_id, status=Status.ACTIVE).order_by("pk"):
        if mandate.usable_until < on:
            try:
                expire_mandate(mandate, actor=actor, on=on)
                count += 1
            except BusinessError:  # used or cancelled a moment ago
                continue
    return count


def use_mandates(lines: Sequence[PaymentBatchLine], *, on: date) -> None:
    """Collected from: the first becomes recurrent, what was for once or the last is over."""
    mandates = {line.mandate_id: line.mandate for line in lines}
    for mandate in sorted(mandates.values(), key=lambda one: one.pk):
        is_over = mandate.sequence in (Sequences.ONE_OFF, Sequences.FINAL)
        Mandate.objects.filter(pk=mandate.pk).update(
            last_used_on=max(on, mandate.last_used_on or on), sequence=mandate.sequence if is_over else Sequences.RECURRENT,
            status=Status.EXPIRED if is_over else Status.ACTIVE,
        )
