"""Arithmetic of budgets: spreading a year's amount over its periods, and what an amount may look like."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from suite.kernel.documents.errors import Refusal
from suite.kernel.money.rules import round_money, split

# Which types of account a kind of budget may name; the database knows the same (sql/10_budgets.sql).
TYPES = {"expense": ("expense",), "result": ("income", "expense"), "investment": ("asset",)}
LARGEST = Decimal(10) ** 15


@dataclass(frozen=True)
class Cell:
    """An amount of the grid. None takes the line away."""

    account_id: int
    value_id: int | None
    period_id: int
    amount: Decimal | None


@dataclass(frozen=True)
class CellFault:
    """Why a cell cannot be taken; `period_id` None means its whole row."""

    account_id: int | None
    value_id: int | None
    period_id: int | None
    message: str


@dataclass(frozen=True)
class FileFault:
    """Why a cell of a file cannot be taken. `row` counts as a spreadsheet does: the header is row 1."""

    row: int
    column: str
    message: str


class FaultyCells(Refusal):
    """Cells that cannot be taken; nothing was saved. `cells` name each."""

    def __init__(self, cells: Sequence[CellFault]) -> None:
        super().__init__(
            ngettext("%(count)s cell cannot be taken; nothing was saved.", "%(count)s cells cannot be taken; nothing was saved.", len(cells))
            % {"count": len(cells)}, code="cells", hint=cells[0].message,
        )
        self.cells = cells


def seasonal_weights(text: str) -> list[Decimal]:
    """The twelve weights of a seasonal key. Raises ValidationError: not twelve numbers, one below zero, all zero."""
    try:
        weights = [Decimal(part) for part in text.replace(";", " ").split()]
    except InvalidOperation:
        raise ValidationError(_("Twelve numbers with blanks between them, as 8 8 8 8 8 8 4 4 10 10 10 14.")) from None
    if len(weights) != 12 or any(not weight.is_finite() or weight < 0 or weight > LARGEST for weight in weights) or not any(weights):
        raise ValidationError(_("Twelve numbers, none below zero and not all zero."))
    return weights


def distribute(amount: Decimal, weights: Sequence[Decimal], digits: int) -> list[Decimal]:
    """The amount over the periods in proportion to the weights, at currency precision; largest remainder, so the parts make up the whole.

    Weights of which the sum is zero, or one is below zero (last year's credits), spread evenly.
    """
    usable = list(weights) if sum(weights) > 0 and all(weight >= 0 for weight in weights) else [Decimal(1)] * len(weights)
    return split(round_money(amount, digits), usable, digits)


def read_amount(text: str, digits: int, *, comma: bool = False) -> Decimal | None:
    """What a cell says; empty is None. `comma`: the comma is the decimal sign. Raises ValueError with the reason in words."""
    plain = text.strip().replace("\u00a0", "").replace("\u202f", "").replace(" ", "").replace("'", "")
    if not plain:
        return None
    if comma:
        plain = plain.replace(".", "").replace(",", ".")
    try:
        amount = Decimal(plain)
    except InvalidOperation:
        raise ValueError(_("“%(text)s” is not a number.") % {"text": text[:40]}) from None
    return checked_amount(amount, digits)


def checked_amount(amount: Decimal, digits: int) -> Decimal:
    """The amount itself. Raises ValueError: not finite, too large, finer than the currency."""
    if not amount.is_finite() or abs(amount) >= LARGEST:
        raise ValueError(_("The amount is too large."))
    if amount != round_money(amount, digits):
        raise ValueError(_("%(amount)s is finer than the currency: it has %(digits)s digits behind the point.") % {"amount": amount, "digits": digits})
    return amount
