"""What a line of a bank statement books where currencies are involved; in company currency it is what it always was."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from erp.ledger.models import JournalLine
from erp.ledger.roles import AccountRole
from erp.ledger.rules import EntryLine
from suite.kernel.money.rules import ZERO
from suite.kernel.money.selectors import conversion


def statement_lines(
    company_id: int, books: str, account_id: int, currency_id: str, amount: Decimal, on: date, others: Sequence[EntryLine],
    payment: Any = None, waiting_account_id: int | None = None,
) -> list[EntryLine]:
    """The entry's lines for money on a bank account: the account, `others` (amounts in the account's currency), and what exchange makes of it.
    `books` is the company's currency.

    With `payment`, what it has on `waiting_account_id` (not yet on the statement) is cleared as it was booked; the first of `others` stands
    for that. The rest is a difference of exchange. Raises Refusal: no rate for the day.
    """
    if currency_id == books and (payment is None or payment.currency_id == books):
        return [EntryLine(account_id=account_id, amount=amount), *others]
    rate = conversion(company_id=company_id, currency_id=currency_id, on=on)
    foreign = {"currency_id": currency_id} if rate.is_foreign else {}

    def line(original: EntryLine) -> EntryLine:
        worth = rate.to_books(original.amount)
        return replace(original, amount=worth, amount_currency=original.amount if foreign else None, **foreign)

    lines = [line(EntryLine(account_id=account_id, amount=amount))]
    if payment is None:
        *rest, last = [line(other) for other in others]
        left = sum((one.amount for one in (*lines, *rest)), ZERO)
        return [*lines, *rest, replace(last, amount=-left)]
    booked = JournalLine.objects.get(entry_id=payment.entry_id, account_id=waiting_account_id)
    lines.append(EntryLine(
        account_id=waiting_account_id, amount=booked.credit - booked.debit, currency_id=booked.currency_id,
        amount_currency=None if booked.amount_currency is None else -booked.amount_currency,
    ))
    lines += [line(other) for other in others[1:] if other.amount and payment.currency_id == currency_id]
    left = sum((one.amount for one in lines), ZERO)
    if left:
        difference = {"currency_id": currency_id, "amount_currency": ZERO} if foreign else {}
        lines.append(EntryLine(AccountRole.FX_REALIZED_GAIN if left > 0 else AccountRole.FX_REALIZED_LOSS, amount=-left, **difference))
    return lines
