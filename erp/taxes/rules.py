"""Tax that waits and tax that is withheld, worked out without touching a database."""

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from suite.kernel.money.rules import ZERO, round_money, split

BASE_DIGITS = 6


class Waiting(NamedTuple):
    """The tax of one code of a document that falls due on payment: in all, and what of it still waits (both of the sign they were booked with)."""

    line_key: str
    amount: Decimal
    base: Decimal
    left: Decimal
    left_base: Decimal


class Move(NamedTuple):
    """What of a code's tax leaves the account of tax not yet due (its sign), with the base it is on."""

    line_key: str
    amount: Decimal
    base: Decimal


def falling_due(rows: Sequence[Waiting], *, settled: Decimal, whole: Decimal, digits: int) -> list[Move]:
    """Moves that bring the account to what it must hold when `settled` of `whole` is paid: largest remainder over the codes, nothing left at the
    end. Taking a payment back gives the same moves with the sides exchanged.
    """
    total = sum((abs(row.amount) for row in rows), ZERO)
    due = total if settled == whole else round_money(total * settled / whole, digits)
    parts = split(due, [abs(row.amount) for row in rows], digits)
    moves = []
    for row, part in zip(rows, parts, strict=True):
        sign = 1 if row.amount > 0 else -1
        base = row.base if part == abs(row.amount) else round_money(row.base * part / abs(row.amount), BASE_DIGITS)
        move = Move(row.line_key, row.left - sign * (abs(row.amount) - part), row.left_base - (row.base - base))
        if move.amount or move.base:
            moves.append(move)
    return moves


def withheld_for(withheld: Decimal, paid: Decimal, amount: Decimal, digits: int) -> Decimal:
    """What is withheld in all when `paid` in money of an item of `amount`, of which `withheld` is to be kept back (all above zero)."""
    in_money = amount - withheld
    return withheld if paid >= in_money else round_money(withheld * paid / in_money, digits)
