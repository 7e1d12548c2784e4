"""SWIFT MT940, with the structured :86: of German banks and the /NAME/ words of Dutch ones. A library that does this raises bare arithmetic
errors on real files and knows one statement per file."""

import re
from datetime import date, timedelta

from django.utils.translation import gettext as _

from erp.banking.rules import ReadLine, ReadStatement, amount_of, day_of, unreadable

FIELD = re.compile(r"^:(\d\d[A-Z]?):(.*)$")
BALANCE = re.compile(r"^([CD])(\d{6})([A-Z]{3})([\d,.]+)$")
MOVEMENT = re.compile(r"^(\d{6})(\d{4})?\s*(R?[CD])([A-Z])?(\d[\d.]*,?\d*)([A-Z][A-Z0-9]{3})([^\n]*)\n?(.*)$", re.S)
PARTS = re.compile(r"\?(\d\d)([^?]*)")
WORDS = re.compile(r"/(NAME|IBAN|REMI|EREF|CNTP|BENM|ORDP)/")
TAGS = re.compile(r"(EREF|KREF|MREF|CRED|DEBT|SVWZ|ABWA|IBAN|BIC)\+")


def read_mt940(text: str) -> list[ReadStatement]:
    """The statements of the file. Raises Refusal naming the line: fields, amounts or dates that are none, no statement at all."""
    statements: list[ReadStatement] = []
    current: list[tuple[int, str, str]] = []
    for name, body, number in _fields(text):
        if name == "20" and current:
            statements.append(_statement(current))
            current = []
        current.append((number, name, body))
    if current and any(name.startswith(("60", "62", "61")) for _number, name, _body in current):
        statements.append(_statement(current))
    if not statements:
        raise unreadable(_("The file holds no MT940 statement"))
    return statements


def _fields(text: str):
    name, body, start = "", [], 0
    for number, row in enumerate(text.split("\n"), 1):
        found = FIELD.match(row)
        is_end = row.strip() in ("-", "-}") or row.startswith(("{1:", "{5:"))
        if found or is_end:
            if name:
                yield name, "\n".join(body), start
            name, body, start = (found.group(1), [found.group(2)], number) if found else ("", [], number)
        elif name:
            body.append(row)
    if name:
        yield name, "\n".join(body), start


def _statement(fields: list[tuple[int, str, str]]) -> ReadStatement:
    statement, reference = ReadStatement("", "", ""), ""
    for number, name, body in fields:
        if name == "20":
            reference = body.strip()
        elif name == "25":
            statement.account = body.strip()
        elif name in ("28", "28C"):
            statement.number = f"{reference} no {body.strip()}"
        elif name in ("60F", "60M"):
            statement.opening, statement.opened_on, statement.currency = _balance(body, number)
        elif name in ("62F", "62M"):
            statement.closing, statement.closed_on, _currency = _balance(body, number)
        elif name == "61":
            statement.lines.append(_line(body, number))
        elif name == "86" and statement.lines and statement.closing is None:
            _describe(statement.lines[-1], body)
    if not statement.account or statement.opening is None:
        raise unreadable(_("The statement names no account or no opening balance"), line=fields[0][0])
    statement.number = statement.number or reference
    return statement


def _balance(body: str, number: int):
    found = BALANCE.match(body.strip())
    if not found:
        raise unreadable(_("“%(text)s” is not a balance") % {"text": body.strip()[:40]}, line=number)
    side, day, currency, amount = found.groups()
    value = amount_of(amount, line=number, decimal=",")
    return (value if side == "C" else -value), day_of(day, "ymd", line=number), currency


def _line(body: str, number: int) -> ReadLine:
    found = MOVEMENT.match(body.strip())
    if not found:
        raise unreadable(_("“%(text)s” is not a movement") % {"text": body.strip()[:40]}, line=number)
    value_day, entry_day, side, _funds, amount, code, reference, more = found.groups()
    value_on = day_of(value_day, "ymd", line=number)
    value = amount_of(amount, line=number, decimal=",")
    own, _slashes, _banks = reference.partition("//")
    return ReadLine(
        booked_on=_entry_day(value_on, entry_day, number), value_on=value_on, amount=-value if side in ("D", "RC") else value, code=code,
        reference="" if own.strip() in ("NONREF", "KREF+", "") else own.strip(), text=" ".join(more.split()),
    )


def _entry_day(value_on: date, text: str | None, number: int) -> date:
    """The entry day has no year: the one nearest to the value day."""
    if not text:
        return value_on
    days = []
    for year in (value_on.year - 1, value_on.year, value_on.year + 1):
        try:
            days.append(date(year, int(text[:2]), int(text[2:])))
        except ValueError:
            continue
    if not days:
        raise unreadable(_("“%(text)s” is not a date") % {"text": text}, line=number)
    nearest = min(days, key=lambda day: abs(day - value_on))
    return nearest if abs(nearest - value_on) < timedelta(days=180) else value_on


def _describe(line: ReadLine, body: str) -> None:
    flat = body.replace("\n", "")
    if re.match(r"^\d{3}\?", flat):
        parts = [(int(code), words) for code, words in PARTS.findall(flat)]
        purpose = "".join(words for code, words in parts if 20 <= code <= 29 or 60 <= code <= 63)
        line.name = " ".join("".join(words for code, words in parts if code in (32, 33)).split())
        line.iban = "".join(words for code, words in parts if code == 31).strip()
        line.reference = _tagged(purpose, "EREF") or line.reference
        line.text = _tagged(purpose, "SVWZ") or " ".join(purpose.split()) or line.text
        return
    words = WORDS.split(flat)
    told = {name: value.strip(" /") for name, value in zip(words[1::2], words[2::2], strict=False)}
    line.name = told.get("NAME", line.name)[:140]
    line.iban = told.get("IBAN", line.iban)
    line.text = told.get("REMI") or " ".join(body.split()) or line.text


def _tagged(purpose: str, name: str) -> str:
    parts = TAGS.split(purpose)
    told = dict(zip(parts[1::2], parts[2::2], strict=False))
    return " ".join(told.get(name, "").split())
