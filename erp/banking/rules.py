"""A statement as a file tells it, before anything is kept, and the small rules of reading one."""

import re
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from hashlib import sha256

from django.utils.translation import gettext as _

from suite.kernel.documents.errors import Refusal
from suite.kernel.money.rules import ZERO

LARGEST = Decimal(10) ** 15
TEXT_LENGTH = 400


@dataclass
class ReadLine:
    """One movement. `amount` in the statement's currency, money in above zero; `bank_id` is the bank's own id of it, where it gives one."""

    booked_on: date
    amount: Decimal
    text: str = ""
    value_on: date | None = None
    name: str = ""
    iban: str = ""
    reference: str = ""
    bank_id: str = ""
    code: str = ""


@dataclass
class ReadStatement:
    """A statement of one account. A balance is None where the file has none; `is_interim`: a report during the day or a notice, not the
    bank's statement of the account."""

    number: str
    account: str
    currency: str
    lines: list[ReadLine] = field(default_factory=list)
    opening: Decimal | None = None
    closing: Decimal | None = None
    opened_on: date | None = None
    closed_on: date | None = None
    is_interim: bool = False
    warnings: list[str] = field(default_factory=list)

    @property
    def total(self) -> Decimal:
        """Sum of the movements."""
        return sum((line.amount for line in self.lines), ZERO)

    @property
    def difference(self) -> Decimal | None:
        """What opening balance and movements miss of the closing balance; None where the file does not say both balances."""
        if self.opening is None or self.closing is None:
            return None
        return self.opening + self.total - self.closing

    @property
    def adds_up(self) -> bool | None:
        return None if self.difference is None else self.difference == 0


@dataclass(frozen=True)
class PartInput:
    """A part of a line (its currency, money in above zero) and what it is: a payment that waited (less than a customer's amount: the rest is
    the bank's fee, as is more than a supplier's), an entry already in the books, an account, or money of a party.

    Money of a party: allocations as for payments (None: proposed); `side` says whether it is the customer's or the supplier's account (empty: what
    the party is, else money in the customer's, money out the supplier's); `is_advance`: before any invoice or bill.
    """

    amount: Decimal
    payment_id: int | None = None
    entry_id: int | None = None
    account_id: int | None = None
    party_id: int | None = None
    allocations: tuple[tuple[int, Decimal], ...] | None = None
    supplier_payment_id: int | None = None
    side: str = ""
    is_advance: bool = False


@dataclass(frozen=True)
class Proposal:
    """What a line may be, how sure that is (0 to 100), and why, in words. `kind`: items, payment, account, transfer, entry, party."""

    score: int
    reasons: tuple[str, ...]
    parts: tuple[PartInput, ...]
    kind: str
    label: str

    @property
    def what(self) -> tuple:
        """Equal for proposals that come to the same."""
        return self.parts


CUSTOMER, SUPPLIER = "customer", "supplier"
GAP = 10


def clear_choice(proposals: list[Proposal], threshold: int) -> Proposal | None:
    """The proposal that needs no person: good enough, and clearly above every other."""
    if not proposals or proposals[0].score < threshold:
        return None
    return None if any(other.score > proposals[0].score - GAP for other in proposals[1:]) else proposals[0]


def unreadable(why: str, *, line: int | None = None, hint: str = "") -> Refusal:
    """The refusal of a file: nothing of it was taken. Names the line where there is one."""
    place = _("Line %(number)s: ") % {"number": line} if line else ""
    return Refusal(
        _("%(place)s%(why)s; nothing of the file was taken.") % {"place": place, "why": why}, field="file", code="statement_unreadable",
        hint=hint or _("Fetch the statement from the bank again, as camt.053, MT940, OFX, QIF or CSV."),
    )


def amount_of(text: str, *, line: int | None = None, decimal: str = "") -> Decimal:
    """An amount as files write it: 1,533.50; 1.533,50; (33.50); 12,5-. Raises Refusal for anything else, and for what no account holds."""
    plain = re.sub(r"[\s\u00a0\u202f'€$£]", "", text)
    negative = plain.startswith(("-", "(", "\u2212")) != plain.endswith(("-", "D"))
    plain = plain.strip("-+()\u2212").removesuffix("D")
    mark = decimal or _mark(plain)
    plain = plain.replace("," if mark == "." else ".", "").replace(mark, ".")
    if not re.fullmatch(r"\d{1,18}(\.\d*)?|\.\d+", plain, re.ASCII):
        raise unreadable(_("“%(text)s” is not an amount") % {"text": text.strip()[:40]}, line=line)
    value = Decimal(plain)
    if value >= LARGEST or value != value.quantize(Decimal("0.001")):
        raise unreadable(_("“%(text)s” is more than an account can hold, or finer than its currency") % {"text": text.strip()[:40]}, line=line)
    return -value if negative else value


def _mark(plain: str) -> str:
    """The decimal mark: the last of both; a lone one followed by three digits groups thousands."""
    last = max(plain.rfind("."), plain.rfind(","))
    if last < 0:
        return "."
    both = "." in plain and "," in plain
    if plain.count(plain[last]) > 1 or (not both and len(plain) - last - 1 == 3):
        return "," if plain[last] == "." else "."
    return plain[last]


def day_of(text: str, order: str, *, line: int | None = None) -> date:
    """A date by its order of parts: "ymd", "dmy" or "mdy"; any separator, also none (20260310). Raises Refusal."""
    parts = re.findall(r"\d+", text)
    if len(parts) == 1 and len(parts[0]) in (6, 8):
        digits = parts[0]
        width = {"y": len(digits) - 4, "m": 2, "d": 2}
        parts, at = [], 0
        for part in order:
            parts.append(digits[at:at + width[part]])
            at += width[part]
    if len(parts) >= 3:
        found = dict(zip(order, (int(part) for part in parts[:3]), strict=True))
        year = found["y"] + (2000 if found["y"] < 70 else 1900 if found["y"] < 100 else 0)
        try:
            return date(year, found["m"], found["d"])
        except ValueError:
            pass
    raise unreadable(_("“%(text)s” is not a date") % {"text": text.strip()[:40]}, line=line)


def date_order(texts: list[str]) -> str | None:
    """The order of parts that all these dates agree with; None where day and month cannot be told apart."""
    found = [re.findall(r"\d+", text)[:3] for text in texts if text.strip()]
    found = [parts for parts in found if len(parts) >= 2]
    if not found or any(len(parts[0]) == 4 for parts in found):
        return "ymd"
    if any("." in text for text in texts) or any(int(parts[0]) > 12 for parts in found):
        return "dmy"
    return "mdy" if any(int(parts[1]) > 12 for parts in found) else None


def same_account(stated: str, *known: str) -> bool:
    """Whether the account a file names is one of ours: IBAN, account number, or sort code and number inside the IBAN."""
    stated = plain_number(stated)
    if not stated:
        return False
    for number in filter(None, map(plain_number, known)):
        if stated == number or (re.match(r"[A-Z]{2}\d\d", number) and len(stated) >= 8 and number[4:].lstrip("0") == stated.lstrip("0")):
            return True
    return False


def plain_number(text: str) -> str:
    """Letters and digits only, in capitals."""
    return re.sub(r"[^A-Z0-9]", "", text.upper())


def fingerprints(statement: ReadStatement) -> list[str]:
    """One id per line that is the same whenever the line is read again: the bank's own, else what the line says, counted where equal lines
    follow each other. Lines without an id of the bank in a numbered statement belong to that statement."""
    seen: dict[str, int] = {}
    ids = []
    for line in statement.lines:
        said = "|".join((line.booked_on.isoformat(), f"{line.amount.normalize():f}", line.text, line.name, line.iban, line.reference))
        where = "" if line.bank_id else statement.number
        base = line.bank_id[:60] if line.bank_id else sha256(f"{where}|{said}".encode()).hexdigest()[:40]
        seen[base] = seen.get(base, 0) + 1
        ids.append(base if seen[base] == 1 else f"{base}#{seen[base]}")
    return ids
