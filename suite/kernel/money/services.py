"""Writes of exchange rates."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from suite.kernel.companies.models import Company
from suite.kernel.documents.editing import edited, save_record
from suite.kernel.documents.errors import Refusal
from suite.kernel.money.models import ExchangeRate


def set_rate(*, company_id: int, currency_id: str, valid_from: date, rate: Decimal, actor: Any) -> ExchangeRate:
    """The rate from a day on, entered or corrected: company currency per unit. Raises Refusal for the company's own currency, or not above zero."""
    if rate <= 0:
        raise Refusal(_("A rate is above zero; nothing was saved."), field="rate")
    known = ExchangeRate.objects.filter(company_id=company_id, currency_id=currency_id, valid_from=valid_from).first()
    record = known or ExchangeRate(company_id=company_id, currency_id=currency_id, valid_from=valid_from)
    record.rate = rate
    return save_record(record, actor=actor)


@edited(ExchangeRate)
def refuse_own_currency(rate: ExchangeRate, *, actor: Any) -> None:
    """Raises Refusal for a rate of the currency that the books are kept in: it is always 1."""
    if rate.currency_id == Company.objects.values_list("currency", flat=True).get(pk=rate.company_id):
        raise Refusal(
            _("The books are kept in %(currency)s: it has no rate. Nothing was saved.") % {"currency": rate.currency_id}, field="currency",
            code="own_currency", hint=_("Choose a foreign currency."),
        )
