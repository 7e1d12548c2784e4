"""Making a quote, and what happens to one that a page, the API or an import saved."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.customers.selectors import customer_of, refuse_inactive
from crm.margins.services import withdraw_approval
from crm.pricing.models import PriceList
from crm.pricing.services import LineInput, fill_terms, forget_terms, keep_agreed_prices, new_lines, parties_to, price_lines, price_saved
from crm.quotes.models import Quote, QuoteLine
from suite.access.permissions import may
from suite.kernel.companies.models import Company
from suite.kernel.documents.editing import edited, editing
from suite.kernel.documents.errors import Refusal
from suite.kernel.documents.work import in_unit_of_work
from suite.kernel.numbering.services import next_number
from suite.kernel.parties.models import Party
from suite.kernel.users.service_user import recorded_id

SERIES = "QU"
VALID_DAYS = 30


@dataclass(frozen=True)
class QuoteLineInput(LineInput):
    """A line to be offered."""


def draft_quote(
    *, company_id: int, customer_id: int, lines: Sequence[QuoteLineInput], actor, quote_date: date, valid_until: date | None = None,
    requested_on: date | None = None, currency_id: str | None = None, price_list_id: int | None = None, payment_term_id: int | None = None,
    customer_reference: str = "", note: str = "",
) -> Quote:
    """A new draft quote, numbered, priced and taxed; valid for 30 days unless told otherwise. Amounts are in the quote's currency.

    Raises PermissionDenied, or Refusal with the field for an unknown or inactive customer or product, bad quantities, prices or dates.
    """
    def draft() -> Quote:
        if not may(actor, Quote, "add"):
            raise PermissionDenied(_("You may not make quotes."))
        company = Company.objects.select_related("currency").get(pk=company_id)
        customer = customer_of(company_id=company_id, customer_id=customer_id)
        quote = Quote(
            company=company, customer=customer, quote_date=quote_date, valid_until=valid_until, requested_on=requested_on,
            currency_id=currency_id, price_list_id=price_list_id, payment_term_id=payment_term_id, customer_reference=customer_reference,
            note=note, status=Quote.Status.DRAFT, created_by_id=recorded_id(actor),
        )
        price_lists = _complete_header(quote, company, customer, actor)
        rows = new_lines(QuoteLine, lines, company_id=company_id, quote=quote)
        if rows:
            price_lines(quote, rows, company=company, customer=customer, on=quote_date, actor=actor, lists=price_lists)
        keep_agreed_prices(rows, lines)
        quote.number = next_number(company_id=company_id, series=SERIES)
        quote.save(force_insert=True)
        QuoteLine.objects.bulk_create(rows)
        return quote

    return in_unit_of_work(draft, actor=actor)


def _complete_header(quote: Quote, company: Company, customer: Party, actor) -> Mapping[int, PriceList]:
    refuse_inactive(customer)
    if quote.valid_until is None:
        quote.valid_until = quote.quote_date + timedelta(days=VALID_DAYS)
    if quote.valid_until < quote.quote_date:
        raise Refusal(_("The quote would expire before its date; correct one of the two dates."), field="valid_until")
    price_lists = fill_terms(quote, company=company, customer=customer, on=quote.quote_date, actor=actor)
    if quote.currency_id == company.currency_id:
        quote.currency = company.currency
    return price_lists


@editing(Quote)
def complete_header(quote: Quote, *, actor) -> None:
    """Fills the header of a quote that a person or program saves; a new customer brings new terms unless they were typed."""
    company, customer = parties_to(quote, unnamed=_("Choose the customer the quote is for."))
    if quote.pk:
        forget_terms(quote, Quote.objects.get(pk=quote.pk), fields=())
    else:
        quote.number = quote.number or next_number(company_id=company.pk, series=SERIES)
    _complete_header(quote, company, customer, actor)


def price_unsaved_quote(quote: Quote, lines: Sequence[QuoteLine], *, actor) -> None:
    """Sets terms, prices, taxes and totals on a quote and lines that are still being typed; writes nothing. Raises Refusal."""
    company, customer = parties_to(quote)
    quote.quote_date = quote.quote_date or timezone.localdate()
    price_lists = _complete_header(quote, company, customer, actor)
    price_lines(quote, lines, company=company, customer=customer, on=quote.quote_date, actor=actor, lists=price_lists)


@edited(Quote)
def price_quote(quote: Quote, *, actor) -> None:
    """Prices, taxes and totals of a quote that was just saved. What a person typed stays; what was found is found anew.

    An approval of its margin was for the quote as it was, and no longer counts.
    """
    withdraw_approval(quote)
    lines = list(QuoteLine.objects.filter(quote=quote).select_related("tax").order_by("position", "pk"))
    price_saved(quote, lines, actor=actor)
    quote.save(update_fields=["net", "tax", "gross", "margin_state"])
