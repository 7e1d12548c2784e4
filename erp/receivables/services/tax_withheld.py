"""Tax that whoever pays keeps back (P2P-25; by a customer: O2C-4 with withholding tax receivable)."""

from collections.abc import Collection, Sequence
from datetime import date
from decimal import Decimal

from django.db.models import Q, Sum
from django.utils.translation import gettext as _

from erp.ledger.models import Journal
from erp.ledger.roles import AccountRole
from erp.ledger.rules import EntryLine
from erp.ledger.services.entries import begin_entry, complete_entry
from erp.receivables.models import Allocation, OpenItem, WithheldTax
from erp.receivables.services.acting import acting_user
from suite.kernel.companies.models import Company
from suite.kernel.documents.errors import Refusal
from suite.kernel.money.rules import ZERO, proportion, round_money
from suite.kernel.taxes.rules import withheld_for
from suite.kernel.users.models import User

# What counts as paid in money; what a credit note or a discount settles has nothing withheld.
MONEY = ("payment", "advance", "deposit", "bill_payment", "bill_advance", "transfer")


def withhold(items: Collection[OpenItem], *, on: date) -> None:
    """Brings what is withheld of each item to what was paid of it: 10 of 100 when 90 was paid, half of that with half the money, nothing when the
    payment was taken back. One entry per item. Raises Refusal: a supplier paid more than withholding leaves, closed period, missing role.
    """
    paid = _paid(items)
    digits = Company.objects.values_list("currency__digits", flat=True).get(pk=next(iter(items)).company_id)
    fresh = OpenItem.objects.select_related("currency", "withholding_tax").in_bulk([item.pk for item in items])
    actor = acting_user()
    for item in fresh.values():
        standing = list(
            Allocation.objects.filter(
                Q(debit_item=item, credit_item__kind=OpenItem.Kind.WITHHOLDING) | Q(credit_item=item, debit_item__kind=OpenItem.Kind.WITHHOLDING),
                undoes=None, undone_by=None,
            ).order_by("-pk"),
        )
        there = sum((row.amount_currency for row in standing), ZERO)
        wanted = withheld_for(abs(item.withheld), paid.get(item.pk, ZERO), abs(item.amount_currency), item.currency.digits)
        room = abs(item.open_currency) + there
        if wanted > room and item.amount_currency < 0:
            _refuse_paid_too_much(item, wanted - room)
        wanted = min(wanted, room)
        if wanted < there:
            _take_back(item, standing, on=on, digits=digits, actor=actor)
            item.refresh_from_db(fields=("open_amount", "open_currency"))
            there = ZERO
        if wanted > there:
            _withhold(item, wanted - there, on=on, digits=digits, actor=actor)


def _paid(items: Collection[OpenItem]) -> dict[int, Decimal]:
    """{item: money that settles it, in its currency}."""
    pks = [item.pk for item in items]
    found: dict[int, Decimal] = {}
    for mine, other in (("debit_item", "credit_item"), ("credit_item", "debit_item")):
        rows = Allocation.objects.filter(**{f"{mine}__in": pks, f"{other}__kind__in": MONEY}).order_by()
        found |= dict(rows.values_list(mine).annotate(Sum("amount_currency")))
    return found


def _refuse_paid_too_much(item: OpenItem, too_much: Decimal) -> None:
    raise Refusal(
        _("%(tax)s is withheld of %(party)s: %(amount)s %(currency)s must stay back for the tax office; nothing was posted.")
        % {"tax": item.withholding_tax, "party": item.party, "amount": too_much, "currency": item.currency_id},
        field="amount", code="withholding_left_out", hint=_("Pay that much less; the bill is settled all the same."),
    )


def _withhold(item: OpenItem, foreign: Decimal, *, on: date, digits: int, actor: User) -> None:
    amount = proportion(abs(item.open_amount), foreign, abs(item.open_currency), digits)
    _post(item, 1 if item.amount_currency > 0 else -1, amount, foreign, on=on, digits=digits, actor=actor)


def _take_back(item: OpenItem, standing: Sequence[Allocation], *, on: date, digits: int, actor: User) -> None:
    """The mirror of all that stands: the items of both entries are set against each other."""
    sign = 1 if item.amount_currency > 0 else -1
    for row in standing:
        Allocation.objects.create(
            company_id=row.company_id, debit_item_id=row.debit_item_id, credit_item_id=row.credit_item_id, amount=-row.amount,
            amount_currency=-row.amount_currency, allocated_on=on, undoes=row,
        )
        kept = row.credit_item if sign > 0 else row.debit_item
        _post(item, -sign, row.amount, row.amount_currency, on=on, digits=digits, actor=actor, against=kept)


def _post(
    item: OpenItem, sign: int, amount: Decimal, foreign: Decimal, *, on: date, digits: int, actor: User, against: OpenItem | None = None,
) -> None:
    """The entry of withheld tax (sign above zero: off a receivable; or of what is taken back off a payable), its item and allocation."""
    is_payable = item.amount_currency < 0
    role = AccountRole.WITHHOLDING_TAX_PAYABLE if is_payable else AccountRole.WITHHOLDING_TAX_RECEIVABLE
    entry = begin_entry(
        company_id=item.company_id, journal_kind=Journal.Kind.GENERAL, ledger_date=on, actor=actor,
        description=str(_("Withholding tax %(party)s") % {"party": item.party}),
    )
    books = Company.objects.values_list("currency_id", flat=True).get(pk=item.company_id)
    is_foreign = item.currency_id != books

    def line(value: Decimal, in_its_own: Decimal, **account) -> EntryLine:
        return EntryLine(amount=value, **account, **({"currency_id": item.currency_id, "amount_currency": in_its_own} if is_foreign else {}))

    own = OpenItem.objects.create(
        company_id=item.company_id, entry=entry, account_id=item.account_id, party_id=item.party_id, kind=OpenItem.Kind.WITHHOLDING,
        document_key=item.document_key, amount=-sign * amount, open_amount=-sign * amount, currency_id=item.currency_id,
        amount_currency=-sign * foreign, open_currency=-sign * foreign, issued_on=on, due_on=on,
    )
    is_back = against is not None
    WithheldTax.objects.create(
        company_id=item.company_id, side=WithheldTax.Side.PAYABLE if is_payable else WithheldTax.Side.RECEIVABLE, party_id=item.party_id,
        tax=item.withholding_tax, item=item, document_key=item.document_key, entry=entry, withheld_on=on,
        base=(-1 if is_back else 1) * round_money(amount / item.withholding_tax.rate, digits), amount=(-1 if is_back else 1) * amount,
    )
    complete_entry(entry, [
        line(-sign * amount, -sign * foreign, account_id=item.account_id, party_id=item.party_id), line(sign * amount, sign * foreign, role=role),
    ], actor)
    other = against or item
    debit, credit = (own, other) if own.amount_currency > 0 else (other, own)
    Allocation.objects.create(
        company_id=item.company_id, debit_item=debit, credit_item=credit, amount=amount, amount_currency=foreign, allocated_on=on,
    )
