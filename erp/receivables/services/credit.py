"""Credit decisions, and the promises (orders confirmed and not invoiced) they are based on."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import F
from django.db.models.functions import Greatest
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from erp.ledger.refusals import refusing
from erp.receivables.models import CreditCommitment
from erp.receivables.selectors import DELIVERY_STOPPED, CreditStanding
from suite.kernel.companies.cause import current_cause
from suite.kernel.documents.statements import kept
from suite.kernel.documents.work import in_unit_of_work
from suite.kernel.money.rules import ZERO


def check_credit(
    *, company_id: int, party_id: int, source_key: str, amount: Decimal, actor: Any, is_decided: bool = False,
    currency_id: str | None = None, on: date | None = None,
) -> CreditStanding:
    """Whether open receivables, other orders and this one (with tax), less advances, stay within the limit; one decision per party at a time.

    The amount is in `currency_id`, counted at the rate of `on` (today); None: company currency. Within, it is kept as a commitment under
    `source_key`; also when not, where a person has decided so (`is_decided`). Raises Refusal: no rate.
    """

    def check() -> CreditStanding:
        with refusing(), connection.cursor() as cursor:
            cursor.execute(kept("SELECT * FROM erp_check_credit(%s, %s, %s, erp_in_books(%s, %s, %s, %s), %s, %s)"),
                           [company_id, party_id, source_key, company_id, currency_id, amount, on, is_decided, current_cause()])
            is_within, exposure, limit = cursor.fetchone()
        if not is_within and (limit is None or exposure <= limit):
            return CreditStanding(False, exposure, limit, str(DELIVERY_STOPPED))
        message = "" if is_within else _("Credit limit %(limit)s, with this order %(exposure)s.") % {
            "limit": number_format(limit, 2, force_grouping=True), "exposure": number_format(exposure, 2, force_grouping=True)}
        return CreditStanding(is_within, exposure, limit, message)

    return in_unit_of_work(check, actor=actor)


def set_commitment(*, company_id: int, party_id: int, source_key: str, amount: Decimal, actor: Any, currency_id: str | None = None) -> None:
    """What an order will still add to receivables is now `amount` (of `currency_id`, at today's rate), whatever the limit says. Zero forgets it."""
    if amount:
        check_credit(company_id=company_id, party_id=party_id, source_key=source_key, amount=amount, actor=actor, is_decided=True,
                     currency_id=currency_id)
        return
    release_commitment(company_id=company_id, source_key=source_key, actor=actor)


def release_commitment(*, company_id: int, source_key: str, actor: Any) -> None:
    """The order adds nothing any more."""
    in_unit_of_work(lambda: CreditCommitment.objects.filter(company_id=company_id, source_key=source_key).delete(), actor=actor)


def reduce_commitment(*, company_id: int, source_key: str, amount: Decimal, actor: Any) -> None:
    """The order adds `amount` less, at least nothing (posting an invoice does this itself)."""
    in_unit_of_work(lambda: CreditCommitment.objects.filter(company_id=company_id, source_key=source_key).update(
        amount=Greatest(F("amount") - amount, ZERO)), actor=actor)
