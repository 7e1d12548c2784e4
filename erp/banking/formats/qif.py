"""QIF: movements without account, currency or balances."""

from django.utils.translation import gettext as _

from erp.banking.rules import ReadLine, ReadStatement, amount_of, date_order, day_of, unreadable

TYPES = ("bank", "ccard", "cash", "oth a", "oth l")


def read_qif(text: str, day_first: bool | None = None) -> list[ReadStatement]:
    """One statement with every movement. `day_first` decides dates like 8/12/13; None: what the others show, else month first.
    Raises Refusal naming the line."""
    records: list[tuple[int, dict[str, str]]] = []
    record: dict[str, str] = {}
    for number, row in enumerate(text.split("\n"), 1):
        row = row.strip()
        if row.startswith("!"):
            kind = row.partition(":")[2].strip().lower()
            if row.lower().startswith("!type:") and kind not in TYPES:
                raise unreadable(_("“%(kind)s” is not a bank account") % {"kind": kind}, line=number)
        elif row == "^":
            if record:
                records.append((number, record))
            record = {}
        elif row:
            record.setdefault(row[0], row[1:].strip())
    if record:
        records.append((number, record))
    statement = ReadStatement("", "", "")
    told = date_order([record.get("D", "") for _number, record in records])
    order = {True: "dmy", False: "mdy"}.get(day_first, told)
    if order is None:
        order = "mdy"
        statement.warnings.append(_("Day and month could be either; the month was read first."))
    for number, record in records:
        if "D" not in record or "T" not in record:
            raise unreadable(_("A movement has no date or no amount"), line=number)
        statement.lines.append(ReadLine(
            booked_on=day_of(record["D"], order, line=number), amount=amount_of(record["T"], line=number), name=record.get("P", ""),
            text=record.get("M", "") or record.get("P", ""), reference=record.get("N", ""),
        ))
    if not statement.lines:
        raise unreadable(_("The file holds no movement"))
    return [statement]
