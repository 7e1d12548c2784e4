"""The files a bank takes: SEPA credit transfers (pain.001), direct debits (pain.008), and a plain list of everything else."""

import csv
import re
import unicodedata
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from io import StringIO

from sepaxml import SepaDD, SepaTransfer
from sepaxml.validation import ValidationError, try_valid_xml
from stdnum import iban as stdnum_iban
from stdnum import iso11649

GERMAN = str.maketrans({
    "ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss", "&": "+", "_": "-", "ø": "o", "Ø": "O", "ł": "l", "æ": "ae",
})
NOT_SEPA = re.compile(r"[^A-Za-z0-9/\-?:().,'+ ]+")
# Countries whose accounts SEPA reaches (EPC409-09, 2025).
SEPA_COUNTRIES = frozenset((
    "AD", "AL", "AT", "BE", "BG", "CH", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GB", "GI", "GR", "HR", "HU", "IE", "IS", "IT", "LI", "LT", "LU",
    "LV", "MC", "MD", "ME", "MK", "MT", "NL", "NO", "PL", "PT", "RO", "RS", "SE", "SI", "SK", "SM", "VA",
))


@dataclass(frozen=True)
class Transfer:
    """One payment or collection as the bank sees it; the amount in the order's currency, above zero."""

    end_to_end: str
    name: str
    iban: str
    bic: str
    amount: Decimal
    text: str
    mandate: str = ""
    signed_on: date | None = None
    sequence: str = ""
    cheque_number: int | None = None


@dataclass(frozen=True)
class Order:
    """What goes to the bank in one file. `name`, `iban` and `bic` are ours; `scheme` and `creditor_id` are for direct debits."""

    message_id: str
    made_at: datetime
    schema: str
    name: str
    iban: str
    bic: str
    currency: str
    execute_on: date
    transfers: Sequence[Transfer]
    scheme: str = ""
    creditor_id: str = ""


class BrokenFile(Exception):
    """The file does not keep the bank's schema; nothing may be sent."""


def is_valid_iban(text: str) -> bool:
    """Whether it is an IBAN: country, its length and national check, check digits."""
    return stdnum_iban.is_valid(text)


def is_sepa_iban(text: str) -> bool:
    """Whether SEPA reaches the account."""
    return text[:2] in SEPA_COUNTRIES and is_valid_iban(text)


def is_structured(reference: str) -> bool:
    """Whether a reference is a creditor reference (ISO 11649, RF…), which is sent as such."""
    return iso11649.is_valid(reference)


def sepa_text(text: str, length: int) -> str:
    """A text in the letters that every bank takes."""
    plain = unicodedata.normalize("NFKD", text.translate(GERMAN)).encode("ascii", "ignore").decode()
    return " ".join(NOT_SEPA.sub(" ", plain).split())[:length].strip()


def write_sepa(order: Order) -> bytes:
    """The XML, checked against the schema's XSD (which the library brings along). The same order gives the same bytes.

    Raises BrokenFile with the schema's words.
    """
    config = {
        "name": sepa_text(order.name, 70), "IBAN": order.iban, "currency": order.currency, "batch": True,
        **({"BIC": order.bic} if order.bic else {}), **({"creditor_id": order.creditor_id, "instrument": order.scheme} if order.scheme else {}),
    }
    is_debit = bool(order.scheme)
    try:
        message = (SepaDD if is_debit else SepaTransfer)(config, schema=order.schema, clean=False)
        for transfer in order.transfers:
            message.add_payment({
                "name": sepa_text(transfer.name, 70) or "NOTPROVIDED", "IBAN": transfer.iban, "amount": _cents(transfer.amount),
                "description": sepa_text(transfer.text, 140) or "NOTPROVIDED", "endtoend_id": transfer.end_to_end,
                **({"BIC": transfer.bic} if transfer.bic else {}),
                **({"type": transfer.sequence, "collection_date": order.execute_on, "mandate_id": transfer.mandate, "mandate_date": transfer.signed_on}
                   if is_debit else {"execution_date": order.execute_on}),
            })
        content = _finished(message.export(validate=False), order)
        try_valid_xml(content, order.schema)
    except ValidationError as error:
        raise BrokenFile(str(error.__cause__ or error)[:500]) from error
    return content


def _cents(amount: Decimal) -> int:
    return int((amount * 100).to_integral_exact())


def _finished(content: bytes, order: Order) -> bytes:
    """What the library leaves open: names that stay the same whenever it is written, structured references, banks that are not named."""
    space = f"{{urn:iso:std:iso:20022:tech:xsd:{order.schema}}}"
    root = ET.fromstring(content)  # noqa: S314 - our own words, written a moment ago
    root.find(f".//{space}MsgId").text = order.message_id
    root.find(f".//{space}CreDtTm").text = order.made_at.strftime("%Y-%m-%dT%H:%M:%S")
    for place, group in enumerate(root.iter(f"{space}PmtInfId"), 1):
        group.text = f"{order.message_id}-{place}"[:35]
    for bank in root.iter(f"{space}FinInstnId"):
        if len(bank) == 0:
            ET.SubElement(ET.SubElement(bank, f"{space}Othr"), f"{space}Id").text = "NOTPROVIDED"
    for other in root.iter(f"{space}Othr"):
        name = other.find(f"{space}Id")
        if name is not None and not name.text:
            name.text = "NOTPROVIDED"
    for remittance in root.iter(f"{space}RmtInf"):
        words = remittance.find(f"{space}Ustrd")
        if words is not None and is_structured(words.text or ""):
            remittance.remove(words)
            named = ET.SubElement(ET.SubElement(remittance, f"{space}Strd"), f"{space}CdtrRefInf")
            kind = ET.SubElement(named, f"{space}Tp")
            ET.SubElement(ET.SubElement(kind, f"{space}CdOrPrtry"), f"{space}Cd").text = "SCOR"
            ET.SubElement(kind, f"{space}Issr").text = "ISO"
            ET.SubElement(named, f"{space}Ref").text = iso11649.compact(words.text)
    ET.register_namespace("", space.strip("{}"))
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, "utf-8")


def write_list(order: Order) -> bytes:
    """A CSV for whoever types the payments at the bank, or prints the cheques: one row a payment."""
    out = StringIO()
    rows = csv.writer(out, lineterminator="\r\n")
    rows.writerow(["reference", "cheque", "payee", "account", "bic", "currency", "amount", "execute_on", "text"])
    for transfer in order.transfers:
        rows.writerow([_cell(value) for value in (
            transfer.end_to_end, transfer.cheque_number or "", transfer.name, transfer.iban, transfer.bic, order.currency, f"{transfer.amount:.2f}",
            order.execute_on.isoformat(), transfer.text,
        )])
    return out.getvalue().encode()


def _cell(value: object) -> str:
    """A cell that no spreadsheet takes for a formula."""
    text = str(value)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
