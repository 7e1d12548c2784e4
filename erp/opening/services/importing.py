"""Opening balances from files: all or nothing."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from erp.ledger.models import Account
from erp.opening.models import OpeningBalance, OpeningItem, OpeningLine
from erp.opening.rules import BALANCES, ITEMS, Fault, day, decoded, number, rows_of
from erp.opening.services.posting import refuse_what_has_a_subledger
from suite.access.permissions import may
from suite.kernel.companies.models import Company
from suite.kernel.documents.errors import Refusal
from suite.kernel.documents.work import in_unit_of_work
from suite.kernel.money.models import Currency
from suite.kernel.parties.models import Party
from suite.kernel.users.service_user import recorded_id

MOST_FAULTS = 100


class FaultyFile(Refusal):
    """A file with faults; `faults` names each with row and column. Nothing was imported."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__(
            _("%(count)s faults; nothing was imported. %(first)s") % {"count": len(faults), "first": faults[0]}, field="file", code="faulty_file",
            hint=_("Correct the rows named and import the file again."),
        )
        self.faults = faults[:MOST_FAULTS]


def import_opening(
    *, company_id: int, opened_on: date, actor: Any, items: bytes = b"", balances: bytes = b"", description: str = "",
) -> OpeningBalance:
    """A draft opening balance of everything in the files (open items; trial balance), to be looked at and posted.

    Raises FaultyFile naming rows and columns, PermissionDenied, Refusal; then nothing was written.
    """
    if not may(actor, OpeningBalance, "add"):
        raise PermissionDenied
    company = Company.objects.select_related("currency").get(pk=company_id)
    made_items, faults = _read(items, ITEMS, ("currency", "rate"), _item_reader(company)) if items else ([], [])
    made_lines, more = _read(balances, BALANCES, (), _line_reader(company)) if balances else ([], [])
    faults = [*faults, *more]
    if not faults and not made_items and not made_lines:
        faults = [Fault(1, "", _("The file holds no rows."))]
    if faults:
        raise FaultyFile(faults)

    def save() -> OpeningBalance:
        opening = OpeningBalance.objects.create(company=company, opened_on=opened_on, description=description[:200], created_by_id=recorded_id(actor))
        for place, row in enumerate((*made_items, *made_lines), 1):
            row.opening, row.company, row.position = opening, company, place
        OpeningItem.objects.bulk_create(made_items)
        OpeningLine.objects.bulk_create(made_lines)
        refuse_what_has_a_subledger(opening, actor=actor)
        return opening

    return in_unit_of_work(save, actor=actor)


def _read(content: bytes, columns: tuple[str, ...], optional: tuple[str, ...], make: Callable) -> tuple[list[Any], list[Fault]]:
    text, faults = decoded(content)
    if faults:
        return [], faults
    rows, faults = rows_of(text, columns, optional)
    made = []
    for place, values in rows:
        row_faults: list[Fault] = []

        def take(column: str, read: Callable, values=values, row_faults=row_faults, place=place) -> Any:
            try:
                return read(values.get(column, ""))
            except ValueError as error:
                row_faults.append(Fault(place, column, str(error)))
                return None

        record = make(take)
        faults += row_faults
        made.append(record)
    return made, faults


def _item_reader(company: Company) -> Callable:
    parties: dict[str, Party] = {}
    for party in Party.objects.filter(company=company):
        parties[party.name.casefold()] = party
        parties[str(party.number or party.pk)] = party
    currencies = set(Currency.objects.values_list("code", flat=True))
    seen: set[tuple] = set()

    def one_of(known: dict[str, Any], message: str) -> Callable:
        def find(text: str) -> Any:
            value = known.get(text) or known.get(text.casefold())
            if value is None:
                raise ValueError(message % {"text": text[:40]})
            return value
        return find

    def currency(text: str) -> str:
        code = (text or company.currency_id).upper()
        if code not in currencies:
            raise ValueError(_("The currency “%(text)s” is not known.") % {"text": text[:10]})
        return code

    def nonzero(text: str) -> Decimal:
        value = number(text)
        if not value:
            raise ValueError(_("The open amount is zero."))
        return value

    def above_zero(text: str) -> Decimal:
        value = number(text, default="1")
        if value <= 0:
            raise ValueError(_("A rate is above zero."))
        return value

    def make(take: Callable) -> OpeningItem:
        side = take("side", one_of({side.value: side for side in OpeningItem.Side}, _("“%(text)s” is neither receivable nor payable.")))
        party = take("party", one_of(parties, _("There is no customer or supplier “%(text)s”.")))
        code = take("currency", currency)
        issued_on, due_on = take("issued_on", day), take("due_on", day)

        def document_number(text: str) -> str:
            if not text or len(text) > 40:
                raise ValueError(_("Every open item has a number of its own, of at most 40 characters."))
            if (side, party and party.pk, text) in seen:
                raise ValueError(_("“%(text)s” stands in the file twice.") % {"text": text})
            seen.add((side, party and party.pk, text))
            return text

        def rate(text: str) -> Decimal:
            value = above_zero(text)
            if code == company.currency_id and value != 1:
                raise ValueError(_("The rate of the company's own currency is 1."))
            if code and code != company.currency_id and not text:
                raise ValueError(_("An item in %(code)s needs its rate.") % {"code": code})
            return value

        def due(_text: str) -> None:
            if issued_on and due_on and due_on < issued_on:
                raise ValueError(_("Due before it was issued."))

        take("due_on", due)
        return OpeningItem(
            side=side, party=party, document_number=take("number", document_number) or "", issued_on=issued_on, due_on=due_on, currency_id=code,
            amount_currency=take("amount", nonzero), rate=take("rate", rate),
        )

    return make


def _line_reader(company: Company) -> Callable:
    accounts = {account.code: account for account in Account.objects.filter(company=company)}
    seen: set[str] = set()

    def account(text: str) -> Account:
        found = accounts.get(text)
        if found is None:
            raise ValueError(_("There is no account “%(text)s”.") % {"text": text[:20]})
        if found.control != Account.Control.NONE:
            raise ValueError(_("%(account)s is a control account: its sub-ledger brings its balance.") % {"account": found})
        if text in seen:
            raise ValueError(_("“%(text)s” stands in the file twice.") % {"text": text})
        seen.add(text)
        return found

    def side(text: str) -> Decimal:
        value = number(text, default="0")
        if value < 0:
            raise ValueError(_("An amount is not below zero: use the other side."))
        return value

    def make(take: Callable) -> OpeningLine:
        line = OpeningLine(account=take("account", account), debit=take("debit", side), credit=take("credit", side))

        def one_side(_text: str) -> None:
            if line.debit is not None and line.credit is not None and bool(line.debit) == bool(line.credit):
                raise ValueError(_("A line has a debit or a credit, not both and not neither."))

        take("debit", one_side)
        return line

    return make
