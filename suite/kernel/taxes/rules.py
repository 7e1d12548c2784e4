"""The tax engine (flows.md 0.3.2 to 0.3.4): rounded line nets, one tax per group, equalities of EN 16931 by construction."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from suite.kernel.money.rules import ZERO, round_money, split


@dataclass(frozen=True)
class TaxableLine:
    """A line's rounded amount (net, or gross where prices include tax) with its tax code's key and rate."""

    amount: Decimal
    tax_key: int
    rate: Decimal


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


def tax_document(
    lines: Sequence[TaxableLine], *, prices_include_tax: bool = False, per_line: bool = False, digits: int = 2,
) -> TaxedDocument:
    """Taxes a document. Exclusive: tax = round(sum of rounded nets x rate) per group (`per_line`: per line).

    Inclusive: group net = round(gross / (1 + rate)), tax = gross - net, line nets by largest remainder; the customer pays the label.
    """
    nets: list[Decimal] = [line.amount for line in lines]
    groups: list[TaxGroup] = []
    for key in dict.fromkeys((line.tax_key, line.rate) for line in lines):
        members = [i for i, line in enumerate(lines) if (line.tax_key, line.rate) == key]
        amounts = [lines[i].amount for i in members]
        total, rate = sum(amounts, ZERO), key[1]
        if prices_include_tax:
            base = round_money(total / (1 + rate), digits)
            for i, net in zip(members, split(base, amounts, digits), strict=True):
                nets[i] = net
            tax = total - base
        elif per_line:
            base, tax = total, sum((round_money(amount * rate, digits) for amount in amounts), ZERO)
        else:
            base, tax = total, round_money(total * rate, digits)
        groups.append(TaxGroup(key[0], rate, base, tax))
    net = sum(nets, ZERO)
    tax = sum((group.tax for group in groups), ZERO)
    return TaxedDocument(tuple(nets), tuple(groups), net, tax, net + tax)
