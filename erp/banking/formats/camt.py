"""ISO 20022 camt.052, camt.053 and camt.054, any version: names are read without their namespace."""

import re
from datetime import date
from decimal import Decimal
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring
from django.utils.translation import gettext as _

from erp.banking.rules import ReadLine, ReadStatement, amount_of, day_of, unreadable

KINDS = {"Stmt": False, "Rpt": True, "Ntfctn": True}
OPENING, CLOSING = ("OPBD", "PRCD"), ("CLBD",)


def read_camt(text: str) -> list[ReadStatement]:
    """The statements, reports or notices of the message. Raises Refusal: no XML, DTD or entities, no statement, amounts or dates that are none."""
    try:
        root = fromstring(re.sub(r"^\s*<\?xml[^>]*\?>", "", text), forbid_dtd=True)
    except DefusedXmlException:
        raise unreadable(
            _("The file defines entities of its own, which statements never do"), hint=_("Do not open it; ask the bank what it sent."),
        ) from None
    except (ParseError, ValueError) as error:
        raise unreadable(_("The file is not well-formed XML (%(why)s)") % {"why": error}) from None
    _bare(root)
    found = [(node, KINDS[node.tag]) for message in root for node in message if node.tag in KINDS]
    if not found:
        raise unreadable(_("The XML holds no account statement"))
    return [_statement(node, is_interim) for node, is_interim in found]


def _bare(root: Element) -> None:
    for node in root.iter():
        node.tag = node.tag.rpartition("}")[2]


def _statement(node: Element, is_interim: bool) -> ReadStatement:
    account = _first(node, "Acct/Id/IBAN", "Acct/Id/Othr/Id")
    if not account:
        raise unreadable(_("A statement names no account"))
    entries = node.findall("Ntry")
    balances = {_first(one, "Tp/CdOrPrtry/Cd"): one for one in reversed(node.findall("Bal"))}
    opening, closing = _pick(balances, OPENING), _pick(balances, CLOSING)
    amounts = [one.find("Amt") for one in (opening, closing, *entries) if one is not None]
    currencies = [one.get("Ccy", "") for one in amounts if one is not None and one.get("Ccy")]
    currency = _first(node, "Acct/Ccy") or (currencies[0] if currencies else "")
    statement = ReadStatement(
        number=_first(node, "Id"), account=account, currency=currency, is_interim=is_interim,
        opening=_signed(opening), closing=_signed(closing), opened_on=_day(opening), closed_on=_day(closing),
    )
    others = sorted({one for one in currencies if one != currency})
    if others:
        statement.warnings.append(
            _("Some amounts are in %(others)s, the statement is in %(currency)s.") % {"others": ", ".join(others), "currency": currency},
        )
    statement.lines = [_line(entry, statement) for entry in entries if _first(entry, "Sts/Cd", "Sts") in ("BOOK", "")]
    return statement


def _line(entry: Element, statement: ReadStatement) -> ReadLine:
    amount = _signed(entry)
    booked = _day(entry, "BookgDt") or _day(entry, "ValDt") or statement.closed_on
    if booked is None:
        raise unreadable(_("An entry has no date"))
    details = entry.findall("NtryDtls/TxDtls")
    side = "Dbtr" if amount > 0 else "Cdtr"
    parties = [f"RltdPties/{side}/Pty/Nm", f"RltdPties/{side}/Nm", f"RltdPties/Ultmt{side}/Nm", f"RltdPties/Ultmt{side}/Pty/Nm"]
    texts = [_text(one) for one in details] + [_first(entry, "AddtlNtryInf")]
    return ReadLine(
        booked_on=booked, value_on=_day(entry, "ValDt"), amount=amount, text=" ".join(dict.fromkeys(filter(None, texts))),
        name=_of_one(details, *parties), iban=_of_one(details, f"RltdPties/{side}Acct/Id/IBAN", f"RltdPties/{side}Acct/Id/Othr/Id"),
        reference=_of_one(details, "Refs/EndToEndId").replace("NOTPROVIDED", ""), bank_id=_first(entry, "AcctSvcrRef"),
        code="/".join(filter(None, (_first(entry, f"BkTxCd/Domn/{part}") for part in ("Cd", "Fmly/Cd", "Fmly/SubFmlyCd")))),
    )


def _text(details: Element) -> str:
    words = [one.text or "" for one in details.findall("RmtInf/Ustrd")]
    words += [one.text or "" for one in details.findall("RmtInf/Strd/CdtrRefInf/Ref")]
    words += [one.text or "" for one in details.findall("RmtInf/Strd/RfrdDocInf/Nb")]
    return " ".join(" ".join(words).split()) or _first(details, "AddtlTxInf")


def _of_one(details: list[Element], *paths: str) -> str:
    """What the only transaction says; of a batch, what all its transactions agree in."""
    said = {_first(one, *paths) for one in details}
    return said.pop() if len(said) == 1 else ""


def _first(node: Element, *paths: str) -> str:
    for path in paths:
        found = node.find(path)
        if found is not None and (found.text or "").strip():
            return " ".join(found.text.split())
    return ""


def _pick(balances: dict[str, Element], codes: tuple[str, ...]) -> Element | None:
    return next((balances[code] for code in codes if code in balances), None)


def _signed(node: Element | None) -> Decimal | None:
    if node is None:
        return None
    amount = amount_of(_first(node, "Amt"), decimal=".")
    side = _first(node, "CdtDbtInd")
    if side not in ("CRDT", "DBIT"):
        raise unreadable(_("An amount is neither credit nor debit"))
    return amount if side == "CRDT" else -amount


def _day(node: Element | None, path: str = "Dt") -> date | None:
    if node is None:
        return None
    said = _first(node, f"{path}/Dt", f"{path}/DtTm")
    return day_of(said[:10], "ymd") if said else None
