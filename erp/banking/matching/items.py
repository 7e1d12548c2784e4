"""Proposals from open items of customers and suppliers. Amounts bear the sign of the money that settles them, so both sides are read alike."""

from collections import Counter
from decimal import Decimal

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from erp.banking.matching.evidence import ABOUT, AMOUNT, BY_WORDS, MOST_ITEMS, NUMBER, ONLY, Evidence, doubt, near, proposal
from erp.banking.matching.facts import Facts, Item
from erp.banking.models import StatementLine
from erp.banking.rules import CUSTOMER, SUPPLIER, PartInput, Proposal
from suite.kernel.money.rules import ZERO, split

# How far what a bank pays for a foreign amount may be from what our rate makes of it.
RATE_MARGIN = Decimal("0.03")


def of_items(line: StatementLine, facts: Facts, who: Evidence, numbers: set[str]) -> list[Proposal]:
    """What the line may settle: items it names, the item of its amount, several of a likely party."""
    currency = facts.banks[line.bank_account_id].currency_id
    named: dict[tuple[int, str, str], dict[int, Item]] = {}
    for number in numbers:
        for item in facts.items_by_number.get(number, ()):
            if item.open * line.amount > 0:
                named.setdefault((item.party_id, item.side, item.currency_id), {})[item.pk] = item
    found = [_named(line, list(items.values()), who, facts, currency) for items in named.values()]
    exact = [
        item for item in facts.items_by_amount.get((currency, line.amount), ())
        if item.open * line.amount > 0 and line.amount in (item.open, item.owed_on(line.booked_on))
    ]
    of_party = Counter(item.party_id for item in exact)
    for item in exact[:MOST_ITEMS]:
        is_only = of_party[item.party_id] == 1 if who.of(item.party_id)[0] else len(exact) == 1
        says = _("amount is that of %(number)s") if is_debt(line, item.side) else _("a credit of %(number)s has this amount")
        found.append(proposal(
            [(AMOUNT, says % {"number": item.label or item.due_on}), who.of(item.party_id),
             (ONLY if is_only else 0, _("the only open item of this amount")), near(line, item.due_on), doubt(who, item.party_id)],
            _parts(line, [item]), "items", _label(line, item.side, facts.parties.get(item.party_id, ""), item.label),
        ))
    side = CUSTOMER if line.amount > 0 else SUPPLIER
    for party_id in who.parties:
        if side in facts.sides.get(party_id, ()):
            found += _sums(line, party_id, side, facts, who, currency)
    return found


def is_debt(line: StatementLine, side: str) -> bool:
    """Whether the line pays what is owed, and gives nothing back."""
    return (line.amount > 0) == (side == CUSTOMER)


def _label(line: StatementLine, side: str, name: str, numbers: str) -> str:
    text = f"{name} {numbers}".strip()
    return text if is_debt(line, side) else _("Paid back: %(who)s") % {"who": text}


def _named(line: StatementLine, items: list[Item], who: Evidence, facts: Facts, currency: str) -> Proposal:
    items.sort(key=lambda item: (item.due_on, item.pk))
    party_id, side = items[0].party_id, items[0].side
    listed = ", ".join(item.label for item in items)
    owed, full = sum((item.owed_on(line.booked_on) for item in items), ZERO), sum((item.open for item in items), ZERO)
    points = [(NUMBER, _("text names %(numbers)s") % {"numbers": listed}), who.of(party_id), doubt(who, party_id), near(line, items[-1].due_on)]
    parts = None
    if items[0].currency_id != currency:
        parts = _changed(line, items, [item.owed_on(line.booked_on) for item in items], facts, currency) or _changed(
            line, items, [item.open for item in items], facts, currency)
        says = {"amount": number_format(full), "currency": items[0].currency_id}
        points.append((ABOUT, _("about what %(currency)s %(amount)s are worth") % says) if parts else (1, _("in another currency")))
        parts = parts or (PartInput(line.amount, party_id=party_id, side=side),)
    elif line.amount in (owed, full):
        points.append((AMOUNT, _("amount fits")))
    elif abs(line.amount) < abs(full):
        points.append((0, "") if len(items) > 1 else (1, _("pays %(paid)s of %(open)s") % {
            "paid": number_format(abs(line.amount)), "open": number_format(abs(full))}))
    else:
        points.append((1, _("%(over)s more than is open") % {"over": number_format(abs(line.amount - full))}))
    return proposal(points, parts or _parts(line, items), "items", _label(line, side, facts.parties.get(party_id, ""), listed))


def _changed(
    line: StatementLine, items: list[Item], amounts: list[Decimal], facts: Facts, currency: str,
) -> tuple[PartInput, ...] | None:
    """Items in another currency settled by what the bank made of it; None where that is too far from our rates."""
    worth = facts.exchange(sum(amounts, ZERO), items[0].currency_id, currency)
    if worth is None or abs(line.amount - worth) > abs(worth) * RATE_MARGIN:
        return None
    paid = split(abs(line.amount), [abs(amount) for amount in amounts])
    return (PartInput(line.amount, party_id=items[0].party_id, side=items[0].side, allocations=tuple(
        (item.pk, cash, abs(amount)) for item, cash, amount in zip(items, paid, amounts, strict=True))),)


def _sums(line: StatementLine, party_id: int, side: str, facts: Facts, who: Evidence, currency: str) -> list[Proposal]:
    """Several items of a likely party: everything that is due, the oldest ones, any two."""
    items = [
        item for item in facts.items_of.get(party_id, ()) if item.open * line.amount > 0 and item.side == side and item.currency_id == currency
    ][:MOST_ITEMS]
    label = facts.parties.get(party_id, "")
    found, total = [], ZERO
    for count, item in enumerate(items, 1):
        total += item.owed_on(line.booked_on)
        if count > 1 and total == line.amount:
            is_all = count == len(items) or items[count].due_on > line.booked_on
            reason = _("amount is all that is due") if is_all else _("amount is the sum of the oldest %(count)s") % {"count": count}
            found.append(proposal(
                [(AMOUNT, reason), who.of(party_id), (ONLY, _("in order of due dates"))], _parts(line, items[:count]), "items", label,
            ))
    seen: dict[Decimal, Item] = {}
    for item in items:
        other = seen.get(line.amount - item.open)
        if other is not None:
            found.append(proposal(
                [(AMOUNT, _("amount is the sum of two items")), who.of(party_id)], _parts(line, [other, item]), "items",
                f"{label} {other.label}, {item.label}",
            ))
        seen.setdefault(item.open, item)
    if not found and who.of(party_id)[0] >= BY_WORDS:
        found.append(proposal(
            [who.of(party_id), (1, _("on account, oldest items first"))], (PartInput(line.amount, party_id=party_id, side=side),), "party", label,
        ))
    return found


def _parts(line: StatementLine, items: list[Item]) -> tuple[PartInput, ...]:
    """Money of the party against these items in order; what is left stays the party's."""
    left, pairs, whole = abs(line.amount), [], abs(sum((one.open for one in items), ZERO))
    for item in items:
        owed = abs(item.owed_on(line.booked_on)) if len(items) > 1 and abs(line.amount) != whole else abs(item.open)
        cash = min(left, abs(item.open), owed)
        if cash > 0:
            pairs.append((item.pk, cash))
            left -= cash
    return (PartInput(line.amount, party_id=items[0].party_id, allocations=tuple(pairs), side=items[0].side),)
