"""VAT numbers as tax offices write them."""

import re

from stdnum import get_cc_module
from stdnum.exceptions import ValidationError as BadNumber


def compact_vat_number(text: str) -> str:
    """The number without spaces and points, country in front: "de 136 695 976" is "DE136695976". Check digits are verified where known.

    Raises ValueError for a number without country, or one its country would not issue.
    """
    compact = re.sub(r"[\s.\-/]", "", text).upper()
    if not compact:
        return ""
    if not re.fullmatch(r"[A-Z]{2}[0-9A-Z+*]{2,18}", compact):
        raise ValueError(text)
    country = {"EL": "GR"}.get(compact[:2], compact[:2])
    rule = get_cc_module(country.lower(), "vat")
    if rule is None:
        return compact
    try:
        rule.validate(compact)
    except BadNumber:
        raise ValueError(text) from None
    return compact
