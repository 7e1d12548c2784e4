"""Which format a file has, by its content."""

import re

from django.utils.translation import gettext as _

from erp.banking.formats.camt import read_camt
from erp.banking.formats.delimited import Columns, read_csv
from erp.banking.formats.encodings import decoded
from erp.banking.formats.mt940 import read_mt940
from erp.banking.formats.ofx import read_ofx
from erp.banking.formats.qif import read_qif
from erp.banking.rules import ReadStatement, unreadable

LARGEST_FILE = 20 * 1024 * 1024


def format_of(text: str) -> str:
    """camt, ofx, qif, mt940 or csv."""
    head = text.lstrip("\ufeff \n\t")[:4000]
    if re.search(r"<OFX|OFXHEADER", head, re.I):
        return "ofx"
    if head.startswith("<"):
        return "camt"
    if head.startswith("!"):
        return "qif"
    return "mt940" if re.search(r"^:(20|25):", head, re.M) else "csv"


def read_statements(content: bytes, columns: Columns | None = None) -> tuple[str, list[ReadStatement]]:
    """(format, statements) of a file's bytes. Raises Refusal: too large, empty, no text, or what its reader cannot take."""
    if len(content) > LARGEST_FILE:
        raise unreadable(_("The file is larger than 20 MB"), hint=_("Fetch the statement in several parts."))
    text, warnings = decoded(content)
    if not text.strip():
        raise unreadable(_("The file is empty"))
    kind = format_of(text)
    day_first = columns.day_first if columns else None
    readers = {
        "camt": read_camt, "mt940": read_mt940, "ofx": read_ofx, "qif": lambda told: read_qif(told, day_first),
        "csv": lambda told: read_csv(told, columns),
    }
    statements = readers[kind](text)
    for statement in statements:
        statement.warnings[:0] = warnings
    return kind, statements
