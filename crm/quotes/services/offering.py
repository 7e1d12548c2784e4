"""Sending a quote, approving its margin, revising it, and the ways it ends without an order."""

from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.customers.selectors import refuse_inactive
from crm.margins.selectors import judge_lines
from crm.margins.services import approve_margin, ask_approval
from crm.quotes.models import Quote, QuoteLine
from crm.quotes.selectors import expired_quotes, is_below_floor, lines_of
from crm.quotes.signals import quote_rejected, quote_sent
from suite.kernel.documents.errors import Refusal
from suite.kernel.documents.transitions import transition
from suite.kernel.users.service_user import recorded_id, service_user

Status, MarginState = Quote.Status, Quote.MarginState


@transition(Quote, "send", source={Status.DRAFT}, target=Status.SENT, label=gettext_lazy("Send"), after=quote_sent, icon="send", order=10)
def send_quote(quote: Quote, *, actor, act, on: date | None = None) -> None:
    """The quote, sent today or `on` that day, binding until its last day.

    Raises Refusal for one without lines or prices, already past its last day, or with a line below its margin floor that nobody approved.
    """
    refuse_inactive(quote.customer)
    lines = lines_of(quote)
    if not lines:
        raise Refusal(_("%(quote)s has no lines.") % {"quote": quote}, field="lines", hint=_("Add what you offer."))
    for line in lines:
        if line.unit_price is None:
            raise Refusal(
                _("Line %(line)s: %(product)s has no price.") % {"line": line.position, "product": line.product}, field="lines",
                code="no_price", hint=_("Enter a price on the line, or add the product to a price list."),
            )
        if line.tax_id is None:
            raise Refusal(
                _("Line %(line)s: %(product)s has no sales tax.") % {"line": line.position, "product": line.product}, field="lines",
                code="no_tax", hint=_("Give the product a sales tax, then save the quote again."),
            )
    if quote.valid_until < (on or timezone.localdate()):
        raise Refusal(_("%(quote)s is past its last day already.") % {"quote": quote}, field="valid_until", hint=_("Enter a later last day."))
    if quote.margin_state != MarginState.APPROVED and any(line.is_under for line in judge_lines(quote, lines)):
        raise Refusal(
            _("%(quote)s has a line priced so low that it needs approval; it was not sent.") % {"quote": quote}, field="lines",
            code="margin_not_approved",
            hint=_("It waits for somebody who may approve margins.") if quote.margin_state == MarginState.ASKED
            else _("Ask for approval on the quote's page, or raise the price."),
        )


@transition(
    Quote, "ask_margin", source={Status.DRAFT}, target=Status.DRAFT, label=gettext_lazy("Ask for approval"), icon="scale", order=5,
    offered=lambda quote: not quote.margin_state and is_below_floor(quote),
)
def ask_quote_margin(quote: Quote, *, actor, act) -> None:
    """The quote, waiting for somebody to approve its margin; then it may be sent as it stands. Raises Refusal where none is needed."""
    if quote.margin_state == MarginState.ASKED:
        raise Refusal(_("%(quote)s waits for approval already.") % {"quote": quote}, code="asked_already")
    under = [line for line in judge_lines(quote, lines_of(quote)) if line.is_under]
    if not under or quote.margin_state:
        raise Refusal(_("%(quote)s needs no approval; nothing was asked.") % {"quote": quote}, hint=_("Send it."), code="nothing_to_approve")
    ask_approval(quote, under, actor=actor)


@transition(
    Quote, "approve_margin", source={Status.DRAFT}, target=Status.DRAFT, label=gettext_lazy("Approve margin"), icon="scale", order=6,
    offered=lambda quote: quote.margin_state == MarginState.ASKED,
)
def approve_quote_margin(quote: Quote, *, actor, act, reason: str) -> None:
    """The quote, which may now be sent as it stands; any edit asks anew. Raises Refusal where nothing is asked, without a reason, and for
    whoever asked: four eyes.
    """
    approve_margin(quote, actor=actor, reason=reason)


@transition(
    Quote, "revise", source={Status.SENT, Status.EXPIRED}, target=Status.SUPERSEDED, label=gettext_lazy("Revise"), icon="edit", order=30,
)
def revise_quote(quote: Quote, *, actor, act, on: date | None = None) -> None:
    """The quote, superseded by a new draft under the same number: its `revised_by`, with the same lines and prices, valid as long."""
    today = on or timezone.localdate()
    lines = lines_of(quote)
    copied = {
        field.attname: getattr(quote, field.attname) for field in Quote._meta.concrete_fields
        if field.name not in {
            "id", "cause", "status", "version", "created_at", "created_by", "revision", "revises", "quote_date", "valid_until",
            "rejection_reason", "credit_result", "price_check", "margin_state",
        }
    }
    revision = Quote.objects.create(
        **copied, status=Status.DRAFT, revision=quote.revision + 1, revises=quote, quote_date=today, created_by_id=recorded_id(actor),
        valid_until=today + (quote.valid_until - quote.quote_date),
    )
    for line in lines:
        line.pk, line._state.adding, line.quote = None, True, revision
    QuoteLine.objects.bulk_create(lines)
    act.payload["revision"] = revision.key


@transition(
    Quote, "reject", source={Status.SENT}, target=Status.REJECTED, label=gettext_lazy("Reject"), after=quote_rejected, icon="thumb-down",
    is_dangerous=True, order=40,
)
def reject_quote(quote: Quote, *, actor, act, reason: str) -> None:
    """The quote, turned down by the customer, with the reason on record."""
    if not reason.strip():
        raise Refusal(_("Say why the customer turned it down."), field="reason")
    quote.rejection_reason = reason.strip()[:200]


@transition(Quote, "expire", source={Status.SENT}, target=Status.EXPIRED, label=gettext_lazy("Mark expired"), icon="clock-off", order=60)
def expire_quote(quote: Quote, *, actor, act, on: date | None = None) -> None:
    """The quote, expired. Raises Refusal while it still stands."""
    if quote.valid_until >= (on or timezone.localdate()):
        raise Refusal(
            _("%(quote)s stands until %(day)s.") % {"quote": quote, "day": quote.valid_until}, hint=_("Reject it if the customer said no."),
        )


def expire_quotes(*, on: date | None = None) -> int:
    """How many sent quotes past their last day were marked expired, in every company, by the service user."""
    on = on or timezone.localdate()
    count = 0
    for quote in expired_quotes(on):
        expire_quote(quote, actor=service_user(company_id=quote.company_id), on=on)
        count += 1
    return count


