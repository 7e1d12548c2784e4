"""The tax engine (flows.md 0.3.2 to 0.3.4): rounded line nets, one tax per group, equalities of EN 16931 by construction."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from suite.kernel.money.rules import ZERO, round_money, split

# Parts of a group of taxes in order: (key, rate, whether on top of the earlier ones).
Parts = tuple[tuple[int, Decimal, bool], ...]


@dataclass(frozen=True)
class TaxableLine:
    """A line's rounded amount (net, or gross where prices include tax) with its tax code's key and rate; `parts` where the code is a group."""

    amount: Decimal
    tax_key: int
    rate: Decimal
    parts: Parts = ()


@dataclass(frozen=True)
class TaxGroup:
    """All lines under one tax code: base, rate and tax in document currency."""

    tax_key: int
    rate: Decimal
    base: Decimal
    tax: Decimal


@dataclass(frozen=True)
class TaxedDocument:
    """Net of each line in order, the groups in order of first use, and the totals: net + tax = gross."""

    line_nets: tuple[Decimal, ...]
    groups: tuple[TaxGroup, ...]
    net: Decimal
    tax: Decimal
    gross: Decimal


def rate_of(parts: Parts) -> Decimal:
    """What the parts of a group come to together, as a share of the net: 5 % and 9.975 % on top of it are 0.1524875."""
    total = ZERO
    for _key, rate, is_on_earlier in parts:
        total += rate * (1 + total) if is_on_earlier else rate
    return total


def tax_document(
    lines: Sequence[TaxableLine], *, prices_include_tax: bool = False, per_line: bool = False, digits: int = 2,
) -> TaxedDocument:
    """Taxes a document. Exclusive: tax = round(sum of rounded nets x rate) per group (`per_line`: per line).

    Inclusive: group net = round(gross / (1 + rate)), tax = gross - net, line nets by largest remainder; the customer pays the label.
    A code made of parts is taxed part by part: each on the net, or on the net and the parts before it. A part that several codes share
    is computed once on all it is due on.
    """
    nets: list[Decimal] = [line.amount for line in lines]
    found: dict[tuple[int, Decimal], _Found] = {}
    for key in dict.fromkeys((line.tax_key, line.rate, line.parts) for line in lines):
        members = [i for i, line in enumerate(lines) if (line.tax_key, line.rate, line.parts) == key]
        amounts = [lines[i].amount for i in members]
        tax_key, rate, parts = key
        if prices_include_tax:
            total = sum(amounts, ZERO)
            base = round_money(total / (1 + (rate_of(parts) if parts else rate)), digits)
            for i, net in zip(members, split(base, amounts, digits), strict=True):
                nets[i] = net
            _include(found, base, total - base, parts or ((tax_key, rate, False),), digits)
        else:
            _add(found, amounts, parts or ((tax_key, rate, False),), digits)
    groups = [
        TaxGroup(key, rate, one.base, one.tax if prices_include_tax or per_line else round_money(one.base * rate, digits))
        for (key, rate), one in found.items()
    ]
    net = sum(nets, ZERO)
    tax = sum((group.tax for group in groups), ZERO)
    return TaxedDocument(tuple(nets), tuple(groups), net, tax, net + tax)


@dataclass
class _Found:
    """What a code is due on so far, and its tax where that is not computed once at the end."""

    base: Decimal = ZERO
    tax: Decimal = ZERO


def _add(found: dict[tuple[int, Decimal], _Found], amounts: Sequence[Decimal], parts: Parts, digits: int) -> None:
    """Bases of the parts of one code, on all its lines together; their tax as if every line were rounded by itself."""
    total, earlier = sum(amounts, ZERO), ZERO
    line_earlier = [ZERO] * len(amounts)
    for key, rate, is_on_earlier in parts:
        one = found.setdefault((key, rate), _Found())
        base = total + (earlier if is_on_earlier else ZERO)
        bases = [amount + (before if is_on_earlier else ZERO) for amount, before in zip(amounts, line_earlier, strict=True)]
        taxes = [round_money(line_base * rate, digits) for line_base in bases]
        one.base += base
        one.tax += sum(taxes, ZERO)
        earlier += round_money(base * rate, digits)
        line_earlier = [before + tax for before, tax in zip(line_earlier, taxes, strict=True)]


def _include(found: dict[tuple[int, Decimal], _Found], net: Decimal, tax: Decimal, parts: Parts, digits: int) -> None:
    """The tax in a price shared by the parts as they would be on its net (largest remainder), so that the price is what it says."""
    exact, earlier = [], ZERO
    for _key, rate, is_on_earlier in parts:
        exact.append(rate * (1 + earlier) if is_on_earlier else rate)
        earlier += exact[-1]
    taxes = split(tax, exact, digits) if any(exact) else [tax, *[ZERO] * (len(parts) - 1)]
    before = ZERO
    for (key, rate, is_on_earlier), part in zip(parts, taxes, strict=True):
        one = found.setdefault((key, rate), _Found())
        one.base += net + (before if is_on_earlier else ZERO)
        one.tax += part
        before += part


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
