"""Tax that is owed, by the calendar of obligations."""

from datetime import date, timedelta

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from erp.compliance.models import Obligation, TaxReturn
from erp.forecasting.rules import Expected, Source
from erp.ledger.roles import AccountRole
from erp.ledger.selectors import account_totals, accounts_of
from erp.schedules.rules import MONTHS, add_months, last_of_month
from suite.kernel.money.rules import ZERO

USUAL_DAYS = 10  # after the end of the time, where no obligation says otherwise


def tax_to_pay(company_id: int, on: date) -> list[Expected]:
    """Filed returns not paid by a day, when they fall due; and what stands on output and input tax since, at the next return. A refund comes in."""
    returns = TaxReturn.objects.filter(company_id=company_id, filed_on__lte=on).filter(Q(paid_on=None) | Q(paid_on__gt=on)).exclude(payable=0)
    found = []
    for filed in returns.select_related("task").order_by("starts_on"):
        due_on = filed.task.due_on if filed.task else filed.ends_on + timedelta(days=USUAL_DAYS)
        found.append(Expected(
            Source.TAX, max(due_on, on + timedelta(days=1)), -filed.payable, _("Tax return %(time)s") % {"time": filed},
            reverse("erp:taxreturn_detail", args=[filed.pk]), due_on=due_on, why=_("filed, not paid"),
        ))
    standing = _standing(company_id, on)
    if standing:
        due_on, name = _next_return(company_id, on)
        found.append(Expected(Source.TAX, max(due_on, on + timedelta(days=1)), standing, name, due_on=due_on, why=_("output less input tax in the books")))
    return found


def _standing(company_id: int, on: date):
    """Input less output tax in the books: below zero, it is owed."""
    accounts = {row.account_id for row in accounts_of(company_id).assigned if row.role in (AccountRole.OUTPUT_TAX, AccountRole.INPUT_TAX)}
    totals = account_totals(company_id, on)
    return sum((totals[pk][0] + totals[pk][1] - totals[pk][2] for pk in accounts if pk in totals), ZERO)


def _next_return(company_id: int, on: date) -> tuple[date, str]:
    """When the tax of the running time is paid, and under which name."""
    duty = Obligation.objects.filter(company_id=company_id, kind=Obligation.Kind.TAX_RETURN, is_active=True, starts_on__lte=on).order_by("pk").first()
    if duty is None:
        return last_of_month(on) + timedelta(days=USUAL_DAYS), _("Tax of the month")
    begin = duty.starts_on
    while (after := add_months(begin, MONTHS[duty.every])) <= on:
        begin = after
    return after - timedelta(days=1) + timedelta(days=duty.days), duty.name
