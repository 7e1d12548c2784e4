"""Texts as matching compares them."""

import re
from functools import lru_cache

LEGAL_FORMS = frozenset(
    ("gmbh", "ag", "kg", "ohg", "ug", "mbh", "co", "ltd", "limited", "inc", "llc", "plc", "bv", "nv", "sa", "sarl", "sas", "srl", "spa", "ab", "oy", "as",
     "the", "und", "and", "et"),
)
FEE_WORDS = frozenset(["fee", "fees", "charge", "charges", "gebühr", "gebühren", "entgelt", "entgelte", "kontoführung", "commission", "frais", "kosten"])
CARD_WORDS = frozenset(["card", "cards", "payout", "settlement", "stripe", "adyen", "paypal", "sumup", "worldpay", "mollie", "kartenzahlung", "auszahlung"])
NUMBER = re.compile(r"[A-Z]{1,5}\d{4,14}|\d{6,14}")


@lru_cache(maxsize=65536)
def words(text: str) -> tuple[str, ...]:
    """Words without digits, case and punctuation."""
    return tuple(re.findall(r"[^\W\d_]{2,}", text.casefold()))


@lru_cache(maxsize=65536)
def name_words(name: str) -> tuple[str, ...]:
    """The words that tell a name from others: without legal forms, unless nothing else is left."""
    found = words(name)
    return tuple(word for word in found if word not in LEGAL_FORMS) or found


def spaced(text: str) -> str:
    """The words between blanks, so that " fee " finds a whole word."""
    return f" {' '.join(words(text))} "


def plain(text: str) -> str:
    """Letters and digits only, capitals."""
    return re.sub(r"[^A-Z0-9]", "", text.upper())


def numbers_in(text: str) -> set[str]:
    """Everything in the text that may be a document's number: "INV-2026-00042", "INV 2026 00042", "202600042"."""
    tokens = [plain(token) for token in re.split(r"[\s,;:+()]+", text.upper())]
    tokens = [token for token in tokens if token]
    found = set()
    for at, token in enumerate(tokens):
        joined = token
        for more in ("", *tokens[at + 1:at + 3]):
            joined += more
            if any(sign.isdigit() for sign in joined):
                found.add(joined)
                found.update(NUMBER.findall(joined))
    return {number for number in found if 5 <= len(number) <= 24}
