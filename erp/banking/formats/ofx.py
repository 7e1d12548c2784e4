"""OFX 1 (SGML) and 2 (XML). Read as tags and values, so that nothing a file defines is ever expanded."""

import re
from html import unescape

from django.utils.translation import gettext as _

from erp.banking.rules import ReadLine, ReadStatement, amount_of, day_of, unreadable

TAG = re.compile(r"<(/?)([A-Za-z0-9.]+)>([^<]*)")
CDATA = re.compile(r"<!\[CDATA\[(.*?)\]\]>", re.S)
GROUPS = ("STMTTRN", "BANKACCTFROM", "CCACCTFROM", "BANKTRANLIST", "LEDGERBAL", "AVAILBAL", "STATUS", "BANKACCTTO", "CCACCTTO")


def read_ofx(text: str) -> list[ReadStatement]:
    """The account statements of the file, in the order they stand; none where it holds none. Raises Refusal."""
    if re.search(r"<!(DOCTYPE|ENTITY)", text, re.I):
        raise unreadable(
            _("The file defines entities of its own, which statements never do"), hint=_("Do not open it; ask the bank what it sent."),
        )
    text = CDATA.sub(lambda found: found.group(1).replace("&", "&amp;").replace("<", "&lt;"), text)
    statements: list[dict[str, list[dict[str, str]]]] = []
    group: dict[str, str] | None = None
    for closing, name, value in TAG.findall(text):
        name, value = name.upper(), " ".join(unescape(value).split())
        if name in ("STMTRS", "CCSTMTRS"):
            if not closing:
                statements.append({"STMTRS": [{}]})
                group = statements[-1]["STMTRS"][0]
        elif not statements:
            continue
        elif name in GROUPS:
            group = None if closing else {}
            if not closing:
                statements[-1].setdefault(name, []).append(group)
        elif not closing and value:
            (group if group is not None else statements[-1]["STMTRS"][0])[name] = value
    return [_statement(one) for one in statements]


def _statement(told: dict[str, list[dict[str, str]]]) -> ReadStatement:
    account = (told.get("BANKACCTFROM") or told.get("CCACCTFROM") or [{}])[0].get("ACCTID", "")
    if not account:
        raise unreadable(_("A statement names no account"))
    span, balance = (told.get("BANKTRANLIST") or [{}])[0], (told.get("LEDGERBAL") or [{}])[0]
    first, last = (day_of(span[name][:8], "ymd") if name in span else None for name in ("DTSTART", "DTEND"))
    return ReadStatement(
        number=f"{first or ''}..{last or ''}", account=account, currency=told["STMTRS"][0].get("CURDEF", "").upper(), opened_on=first,
        closed_on=day_of(balance["DTASOF"][:8], "ymd") if "DTASOF" in balance else last,
        closing=amount_of(balance["BALAMT"]) if "BALAMT" in balance else None,
        lines=[_line(one) for one in told.get("STMTTRN", [])],
    )


def _line(told: dict[str, str]) -> ReadLine:
    if "DTPOSTED" not in told or "TRNAMT" not in told:
        raise unreadable(_("A movement has no date or no amount"))
    name, memo = told.get("NAME", told.get("PAYEE", "")), told.get("MEMO", "")
    return ReadLine(
        booked_on=day_of(told["DTPOSTED"][:8], "ymd"), amount=amount_of(told["TRNAMT"]), name=name, text=memo or name,
        reference=told.get("REFNUM", told.get("CHECKNUM", "")), bank_id=told.get("FITID", ""), code=told.get("TRNTYPE", ""),
    )
