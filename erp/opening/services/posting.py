"""An opening balance into the books."""

from collections import defaultdict
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from erp.ledger.models import Account, Journal
from erp.ledger.roles import AccountRole
from erp.ledger.services import EntryLine, accounts_of, begin_entry, complete_entry, post_entry
from erp.opening.models import OpeningBalance, OpeningItem
from erp.receivables.models import OpenItem
from suite.kernel.companies.models import Company
from suite.kernel.documents.editing import edited
from suite.kernel.documents.errors import Refusal
from suite.kernel.documents.transitions import Act, transition
from suite.kernel.money.rules import ZERO, round_money

Status = OpeningBalance.Status
SIGN = {OpeningItem.Side.RECEIVABLE: 1, OpeningItem.Side.PAYABLE: -1}
ROLE = {OpeningItem.Side.RECEIVABLE: AccountRole.AR, OpeningItem.Side.PAYABLE: AccountRole.AP}


@edited(OpeningBalance)
def refuse_what_has_a_subledger(opening: OpeningBalance, *, actor: Any) -> None:
    """Raises Refusal: a balance on an account whose sub-ledger carries it, an item issued after the opening day, a rate on company currency."""
    guilty = opening.lines.exclude(account__control=Account.Control.NONE).select_related("account").first()
    if guilty:
        raise Refusal(
            _("%(account)s is a control account; nothing was saved.") % {"account": guilty.account}, field="account", code="control_account",
            hint=_("Enter open items one by one; bring stock in by a stock adjustment of the opening kind."),
        )
    currency_id = Company.objects.get(pk=opening.company_id).currency_id
    for item in opening.items.all():
        if item.issued_on > opening.opened_on:
            raise Refusal(
                _("%(number)s was issued after the opening day; nothing was saved.") % {"number": item.document_number}, field="issued_on",
                hint=_("Enter it as an invoice or bill of the new books."),
            )
        if item.currency_id == currency_id and item.rate != 1:
            raise Refusal(_("The rate of the company's own currency is 1; nothing was saved."), field="rate")


@transition(OpeningBalance, "post", source={Status.DRAFT}, target=Status.POSTED, label=gettext_lazy("Post"), icon="check", is_dangerous=True, order=10)
def post_opening(opening: OpeningBalance, *, actor: Any, act: Act) -> None:
    """OPN-1, one open item per document with its own number and dates, and OPN-2, both against opening balance equity.

    Raises Refusal: nothing to post, a control account, a closed period.
    """
    refuse_what_has_a_subledger(opening, actor=actor)
    digits = Company.objects.select_related("currency").get(pk=opening.company_id).currency.digits
    items, lines = list(opening.items.order_by("position", "pk")), list(opening.lines.order_by("position", "pk"))
    if not items and not lines:
        raise Refusal(_("There is nothing to open; nothing was posted."), hint=_("Enter open items or balances first."))
    if items:
        opening.items_entry = _post_items(opening, items, digits, actor)
    if lines:
        total = sum((line.debit - line.credit for line in lines), ZERO)
        opening.entry = post_entry(
            company_id=opening.company_id, journal_kind=Journal.Kind.OPENING, ledger_date=opening.opened_on, actor=actor,
            description=opening.description or _("Opening balances"), source_key=f"{opening.key}/balances",
            lines=[
                *(EntryLine(account_id=line.account_id, amount=line.debit - line.credit) for line in lines),
                EntryLine(AccountRole.OPENING_BALANCE_EQUITY, amount=-total),
            ],
        )


def _post_items(opening: OpeningBalance, items: list[OpeningItem], digits: int, actor: Any) -> Any:
    accounts = accounts_of(opening.company_id)
    entry = begin_entry(
        company_id=opening.company_id, journal_kind=Journal.Kind.OPENING, ledger_date=opening.opened_on, actor=actor,
        description=opening.description or _("Open items brought forward"), source_key=f"{opening.key}/items",
    )
    nets: dict[tuple[AccountRole, int], Decimal] = defaultdict(Decimal)
    rows, total = [], ZERO
    for item in items:
        amount = SIGN[OpeningItem.Side(item.side)] * round_money(item.amount_currency * item.rate, digits)
        role = ROLE[OpeningItem.Side(item.side)]
        nets[role, item.party_id] += amount
        total += amount
        rows.append(OpenItem(
            company_id=opening.company_id, entry=entry, account_id=accounts.of(role), party_id=item.party_id, kind=OpenItem.Kind.OPENING,
            document_key=item.key, amount=amount, open_amount=amount, issued_on=item.issued_on, due_on=item.due_on,
        ))
    complete_entry(entry, [
        *(EntryLine(role, amount=amount, party_id=party) for (role, party), amount in nets.items()),
        EntryLine(AccountRole.OPENING_BALANCE_EQUITY, amount=-total),
    ], actor, beside=[rows])
    return entry
