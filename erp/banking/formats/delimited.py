"""CSV as banks' sites give it: by the profile of its columns, else by what the columns are called."""

import csv
import io
from dataclasses import dataclass, fields
from decimal import Decimal

from django.utils.translation import gettext as _

from erp.banking.rules import ReadLine, ReadStatement, amount_of, date_order, day_of, unreadable


@dataclass(frozen=True)
class Columns:
    """What the columns are called ("" where there is none), and how values are written ("" and None: found out)."""

    date: str = ""
    amount: str = ""
    paid_in: str = ""
    paid_out: str = ""
    side: str = ""
    text: str = ""
    name: str = ""
    iban: str = ""
    reference: str = ""
    bank_id: str = ""
    balance: str = ""
    delimiter: str = ""
    decimal: str = ""
    day_first: bool | None = None


KNOWN = {
    "date": ("date", "booking date", "transaction date", "buchungstag", "buchungsdatum", "datum", "date comptable", "fecha", "data"),
    "amount": ("amount", "betrag", "montant", "bedrag", "importe", "umsatz"),
    "paid_in": ("credit", "paid in", "money in", "haben", "deposit", "crédit"),
    "paid_out": ("debit", "paid out", "money out", "soll", "withdrawal", "débit"),
    "side": ("d/c", "c/d", "dc", "af bij", "soll/haben", "debit/credit"),
    "text": ("label", "description", "text", "verwendungszweck", "memo", "details", "libellé", "omschrijving", "narrative"),
    "name": ("partner name", "name", "payee", "counterparty", "beguenstigter/zahlungspflichtiger", "auftraggeber/empfänger", "naam"),
    "iban": ("bank account", "iban", "counterparty iban", "kontonummer/iban", "account number", "tegenrekening"),
    "reference": ("reference", "end-to-end id", "kundenreferenz", "ref"),
    "bank_id": ("transaction id", "id", "bank reference"),
    "balance": ("balance", "saldo", "solde"),
}
DEBITS = ("d", "debit", "s", "soll", "af", "dr")
CREDITS = ("c", "credit", "h", "haben", "bij", "cr")


def read_csv(text: str, columns: Columns | None = None) -> list[ReadStatement]:
    """One statement with every row. Raises Refusal naming the line: no header that is known, values that are none."""
    rows, columns = _rows(text, columns or Columns())
    number_of = {id(row): number for number, row in enumerate(rows, 2)}
    dates = [row[columns.date] or "" for row in rows]
    told = {True: "dmy", False: "mdy"}.get(columns.day_first) or date_order(dates)
    if told is None:
        raise unreadable(
            _("Day and month of “%(text)s” could be either") % {"text": dates[0]}, line=2, hint=_("Say in the profile of columns which comes first."),
        )
    statement = ReadStatement("", "", "")
    balances = []
    for row in rows:
        number = number_of[id(row)]
        statement.lines.append(ReadLine(
            booked_on=day_of(row[columns.date], told, line=number), amount=_amount(row, columns, number),
            **{name: " ".join((row.get(getattr(columns, name)) or "").split()) for name in ("text", "name", "iban", "reference", "bank_id")},
        ))
        if columns.balance:
            balances.append(amount_of(row.get(columns.balance) or "", line=number, decimal=columns.decimal))
    if not statement.lines:
        raise unreadable(_("The file holds no movement"))
    if balances:
        _take_balances(statement, balances)
    return [statement]


def _rows(text: str, columns: Columns) -> tuple[list[dict[str, str]], Columns]:
    head = next((line for line in text.split("\n") if line.strip()), "")
    delimiter = columns.delimiter or max(";,\t|", key=head.count)
    try:
        reader = csv.DictReader(io.StringIO(text.lstrip()), delimiter=delimiter, strict=True)
        rows = [row for row in reader if any((value or "") if isinstance(value, str) else "" for value in row.values())]
    except csv.Error as error:
        raise unreadable(_("The table cannot be read (%(why)s)") % {"why": error}) from None
    present = {(name or "").strip().lower(): name for name in reader.fieldnames or ()}
    found = {}
    for one in fields(Columns):
        if one.name in KNOWN:
            wanted = (getattr(columns, one.name),) if getattr(columns, one.name) else () if _is_given(columns) else KNOWN[one.name]
            found[one.name] = next((present[name.lower()] for name in wanted if name.lower() in present), "")
            if wanted and _is_given(columns) and not found[one.name]:
                raise unreadable(_("The file has no column “%(name)s”") % {"name": wanted[0]}, line=1, hint=_("Correct the profile of columns."))
    settled = Columns(**found, delimiter=delimiter, decimal=columns.decimal, day_first=columns.day_first)
    if not settled.date or not (settled.amount or settled.paid_in or settled.paid_out):
        raise unreadable(
            _("No column is known as date or as amount"), line=1, hint=_("Say what the columns are called in a profile of columns."),
        )
    return rows, settled


def _is_given(columns: Columns) -> bool:
    return bool(columns.date)


def _amount(row: dict[str, str], columns: Columns, number: int) -> Decimal:
    def value(name: str) -> Decimal:
        text = (row.get(name) or "").strip() if name else ""
        return amount_of(text, line=number, decimal=columns.decimal) if text else Decimal(0)

    if not columns.amount:
        return abs(value(columns.paid_in)) - abs(value(columns.paid_out))
    if not (row.get(columns.amount) or "").strip():
        raise unreadable(_("The row has no amount"), line=number)
    amount = value(columns.amount)
    side = (row.get(columns.side) or "").strip().lower() if columns.side else ""
    if side in DEBITS:
        return -abs(amount)
    if side in CREDITS:
        return abs(amount)
    if columns.side:
        raise unreadable(_("“%(text)s” is neither debit nor credit") % {"text": side}, line=number)
    return amount


def _take_balances(statement: ReadStatement, balances: list[Decimal]) -> None:
    """Oldest first or newest first, as the balances go on; neither: the file's own order, and the difference shows."""
    lines = statement.lines
    forward = all(before + line.amount == after for before, line, after in zip(balances, lines[1:], balances[1:], strict=False))
    backward = all(after + line.amount == before for before, line, after in zip(balances, lines, balances[1:], strict=False))
    if backward and not forward:
        lines.reverse()
        balances = balances[::-1]
    statement.opening, statement.closing = balances[0] - lines[0].amount, balances[-1]
    statement.opened_on, statement.closed_on = lines[0].booked_on, lines[-1].booked_on
