"""Proposals for a statement line, scored 0 to 100, each with its reasons in words."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from erp.banking.matching.facts import Facts, Item, Waiting
from erp.banking.matching.words import CARD_WORDS, FEE_WORDS, name_words, numbers_in, plain, spaced, words
from erp.banking.models import BankRule, StatementLine
from erp.banking.rules import PartInput, Proposal
from suite.kernel.money.rules import ZERO

NUMBER, AMOUNT, ONLY, NEAR = 50, 40, 10, 5
BY_IBAN, BY_NAME, BY_WORDS, GIVEN = 35, 30, 20, 35
HAND_MADE, LEARNED = 95, (0, 70, 82, 90)
FEE_AT_MOST = Decimal(100)
PAYOUT_FEE = Decimal("0.06")
MOST_ITEMS = 40


@dataclass
class Evidence:
    """Who the line is likely from: party to (points, reason)."""

    parties: dict[int, tuple[int, str]] = field(default_factory=dict)

    def add(self, party_id: int, points: int, reason: str) -> None:
        if points > self.parties.get(party_id, (0, ""))[0]:
            self.parties[party_id] = (points, reason)

    def of(self, party_id: int) -> tuple[int, str]:
        return self.parties.get(party_id, (0, ""))

    @property
    def is_sure_of_another(self) -> bool:
        return any(points >= BY_NAME for points, _reason in self.parties.values())


def proposals_for(line: StatementLine, facts: Facts) -> list[Proposal]:
    """What the line may be, surest first, each thing once."""
    who = _who(line, facts)
    numbers = numbers_in(f"{line.text} {line.reference}")
    found = [*_waiting(line, facts, who, numbers), *_booked(line, facts, numbers), *_transfers(line, facts), *_by_rule(line, facts)]
    if line.amount > 0:
        found += [*_items(line, facts, who, numbers), *_card_payouts(line, facts, numbers)]
    else:
        found += [*_refunds(line, facts, who, numbers), *_fees(line, facts)]
    best: dict[tuple, Proposal] = {}
    for one in sorted(found, key=lambda proposal: -proposal.score):
        best.setdefault(one.what, one)
    return sorted(best.values(), key=lambda proposal: -proposal.score)


def _proposal(points: Iterable[tuple[int, str]], parts: tuple[PartInput, ...], kind: str, label: str) -> Proposal:
    given = [(value, reason) for value, reason in points if value]
    score = max(0, min(100, sum(value for value, _reason in given)))
    return Proposal(score, tuple(str(reason) for _value, reason in given), parts, kind, label)


def _who(line: StatementLine, facts: Facts) -> Evidence:
    who = Evidence()
    if line.party_id:
        who.add(line.party_id, GIVEN, _("the line names the party"))
    for rule in facts.rules.get((BankRule.Sign.IBAN, plain(line.counterparty_iban)), ()) if line.counterparty_iban else ():
        if rule.party_id and _applies(rule, line):
            who.add(rule.party_id, BY_IBAN, _("account known as %(party)s's") % {"party": rule.party})
    name = name_words(line.counterparty_name)
    for rule in facts.rules.get((BankRule.Sign.NAME, " ".join(name)[:140]), ()) if name else ():
        if rule.party_id and _applies(rule, line):
            who.add(rule.party_id, BY_NAME, _("name known as %(party)s's") % {"party": rule.party})
    text = f"{spaced(line.counterparty_name)}{spaced(line.text)}"
    for rule in facts.text_rules:
        if rule.party_id and _applies(rule, line) and spaced(rule.pattern) in text:
            who.add(rule.party_id, BY_NAME, _("text known as %(party)s's") % {"party": rule.party})
    for party_id in facts.parties_by_name.get(name, ()) if name else ():
        who.add(party_id, BY_NAME, _("name is the customer's"))
    counts: Counter[int] = Counter()
    for word in {*name, *words(line.text)}:
        holders = facts.parties_by_word.get(word, ())
        if 0 < len(holders) <= 40:
            counts.update(holders)
    for party_id, shared in counts.most_common(8):
        own = name_words(facts.parties[party_id])
        if shared == len(set(own)) and f" {' '.join(own)} " in text:
            who.add(party_id, BY_NAME if len(own) > 1 else BY_WORDS, _("text names the customer"))
        elif shared * 2 >= len(set(own)) and shared:
            who.add(party_id, BY_WORDS - 5, _("name resembles the customer's"))
    return who


def _applies(rule: BankRule, line: StatementLine) -> bool:
    fits = rule.direction == BankRule.Direction.ANY or (rule.direction == BankRule.Direction.MONEY_IN) == (line.amount > 0)
    return fits and rule.bank_account_id in (None, line.bank_account_id)


def _near(line: StatementLine, day) -> tuple[int, str]:
    return (NEAR, _("date fits")) if abs((line.booked_on - day).days) <= 14 else (0, "")


def _items(line: StatementLine, facts: Facts, who: Evidence, numbers: set[str]) -> list[Proposal]:
    named = {item.pk: item for number in numbers for item in facts.items_by_number.get(number, ()) if item.open > 0}
    found = []
    for party_id in {item.party_id for item in named.values()}:
        found.append(_named(line, [item for item in named.values() if item.party_id == party_id], who, facts))
    exact = [
        item for item in facts.items_by_amount.get(line.amount, ()) if item.open > 0 and line.amount in (item.open, item.owed_on(line.booked_on))
    ]
    of_party = Counter(item.party_id for item in exact)
    for item in exact[:MOST_ITEMS]:
        is_only = of_party[item.party_id] == 1 if who.of(item.party_id)[0] else len(exact) == 1
        found.append(_proposal(
            [(AMOUNT, _("amount is that of %(number)s") % {"number": item.number or item.due_on}), who.of(item.party_id),
             (ONLY if is_only else 0, _("the only open item of this amount")), _near(line, item.due_on), _doubt(who, item.party_id)],
            _of_items(line, item.party_id, [item]), "items", f"{facts.parties.get(item.party_id, '')} {item.number}".strip(),
        ))
    for party_id in who.parties:
        found += _sums(line, party_id, facts, who)
    return found


def _named(line: StatementLine, items: list[Item], who: Evidence, facts: Facts) -> Proposal:
    items.sort(key=lambda item: (item.due_on, item.pk))
    party_id = items[0].party_id
    listed = ", ".join(item.number for item in items)
    owed, full = sum((item.owed_on(line.booked_on) for item in items), ZERO), sum((item.open for item in items), ZERO)
    points = [(NUMBER, _("text names %(numbers)s") % {"numbers": listed}), who.of(party_id), _doubt(who, party_id), _near(line, items[-1].due_on)]
    if line.amount in (owed, full):
        points.append((AMOUNT, _("amount fits")))
    elif line.amount < full:
        points.append((0, "") if len(items) > 1 else (1, _("pays %(paid)s of %(open)s") % {"paid": number_format(line.amount), "open": number_format(full)}))
    else:
        points.append((1, _("%(over)s more than is open") % {"over": number_format(line.amount - full)}))
    return _proposal(points, _of_items(line, party_id, items), "items", f"{facts.parties.get(party_id, '')} {listed}")


def _sums(line: StatementLine, party_id: int, facts: Facts, who: Evidence) -> list[Proposal]:
    """Several items of a likely party: everything that is due, the oldest ones, any two."""
    items = [item for item in facts.items_of.get(party_id, ()) if item.open > 0][:MOST_ITEMS]
    label = facts.parties.get(party_id, "")
    found, total = [], ZERO
    for count, item in enumerate(items, 1):
        total += item.owed_on(line.booked_on)
        if count > 1 and total == line.amount:
            is_all = count == len(items) or items[count].due_on > line.booked_on
            reason = _("amount is all that is due") if is_all else _("amount is the sum of the oldest %(count)s") % {"count": count}
            found.append(_proposal(
                [(AMOUNT, reason), who.of(party_id), (ONLY, _("in order of due dates"))], _of_items(line, party_id, items[:count]), "items", label,
            ))
    seen: dict[Decimal, Item] = {}
    for item in items:
        other = seen.get(line.amount - item.open)
        if other is not None:
            found.append(_proposal(
                [(AMOUNT, _("amount is the sum of two items")), who.of(party_id)], _of_items(line, party_id, [other, item]), "items",
                f"{label} {other.number}, {item.number}",
            ))
        seen.setdefault(item.open, item)
    if not found and who.of(party_id)[0] >= BY_WORDS:
        found.append(_proposal([who.of(party_id), (1, _("on account, oldest items first"))], (PartInput(line.amount, party_id=party_id),), "party", label))
    return found


def _of_items(line: StatementLine, party_id: int, items: list[Item]) -> tuple[PartInput, ...]:
    """Money of the party against these items in order; what is left stays the customer's credit."""
    left, pairs = line.amount, []
    for item in items:
        cash = min(left, item.open, item.owed_on(line.booked_on) if len(items) > 1 and left != sum((one.open for one in items), ZERO) else item.open)
        if cash > 0:
            pairs.append((item.pk, cash))
            left -= cash
    return (PartInput(line.amount, party_id=party_id, allocations=tuple(pairs)),)


def _doubt(who: Evidence, party_id: int) -> tuple[int, str]:
    return (-20, _("the money seems to be somebody else's")) if not who.of(party_id)[0] and who.is_sure_of_another else (0, "")


def _waiting(line: StatementLine, facts: Facts, who: Evidence, numbers: set[str]) -> list[Proposal]:
    exact = [one for one in facts.waiting_by_amount.get((line.bank_account_id, line.amount), ()) if one.pk in facts.waiting]
    named = {one.pk for number in numbers for one in facts.waiting_by_number.get(number, ()) if one.pk in facts.waiting}
    found = []
    for one in exact[:MOST_ITEMS]:
        found.append(_proposal(
            [(AMOUNT, _("amount of a payment that waits")), (NUMBER if one.pk in named else 0, _("text names it")), who.of(one.party_id),
             (ONLY if len(exact) == 1 else 0, _("the only one of this amount")), _near(line, one.paid_on)],
            (PartInput(line.amount, payment_id=one.pk),), "payment", f"{one.number} {facts.parties.get(one.party_id, '')}",
        ))
    for one in (facts.waiting[pk] for pk in named):
        if one.bank_account_id == line.bank_account_id and one.amount > line.amount > 0 and one.amount - line.amount <= one.amount * PAYOUT_FEE:
            found.append(_proposal(
                [(NUMBER, _("text names it")), (35, _("amount less a fee of %(fee)s") % {"fee": number_format(one.amount - line.amount)}),
                 _near(line, one.paid_on)],
                (PartInput(line.amount, payment_id=one.pk),), "payment", f"{one.number} {facts.parties.get(one.party_id, '')}",
            ))
    return found


def _card_payouts(line: StatementLine, facts: Facts, numbers: set[str]) -> list[Proposal]:
    """BNK-3: card payments of a day, or all that wait, paid out together less the processor's fee."""
    waiting = [one for one in facts.cards.get(line.bank_account_id, ()) if one.pk in facts.waiting and one.paid_on <= line.booked_on]
    if not waiting:
        return []
    text = f"{spaced(line.counterparty_name)}{spaced(line.text)}"
    rules = [rule for rule in facts.text_rules if rule.is_card_payout and _applies(rule, line) and spaced(rule.pattern) in text]
    rules += [rule for rule in facts.rules.get((BankRule.Sign.IBAN, plain(line.counterparty_iban)), ()) if rule.is_card_payout]
    rules += [rule for rule in facts.rules.get((BankRule.Sign.NAME, " ".join(name_words(line.counterparty_name))[:140]), ()) if rule.is_card_payout]
    if not rules and not CARD_WORDS & set(words(text)):
        return []
    groups = {tuple(one.pk for one in waiting): waiting}
    for day in {one.paid_on for one in waiting[-200:]}:
        group = [one for one in waiting if one.paid_on == day]
        groups[tuple(one.pk for one in group)] = group
        until = [one for one in waiting if one.paid_on <= day]
        groups[tuple(one.pk for one in until)] = until
    found = []
    for group in groups.values():
        total = sum((one.amount for one in group), ZERO)
        fee = total - line.amount
        if 0 <= fee <= total * PAYOUT_FEE and len(group) <= 500:
            is_last = group[-1].paid_on >= line.booked_on - timedelta(days=7)
            found.append(_proposal(
                [(45 if rules else 25, _("a card processor pays out")),
                 (AMOUNT if not fee else 35, _("%(count)s card payments less a fee of %(fee)s") % {"count": len(group), "fee": number_format(fee)}),
                 (NEAR if is_last else 0, _("date fits"))],
                _payout_parts(line.amount, group), "payment",
                _("Card payments until %(day)s") % {"day": date_format(group[-1].paid_on, "SHORT_DATE_FORMAT")},
            ))
    return found


def _payout_parts(amount: Decimal, group: list[Waiting]) -> tuple[PartInput, ...]:
    """The payout over its payments: each in full, the fee off the last ones that can bear it."""
    fee = sum((one.amount for one in group), ZERO) - amount
    parts = []
    for one in sorted(group, key=lambda one: -one.amount):
        borne = min(fee, one.amount - Decimal("0.01"))
        fee -= borne
        parts.append(PartInput(one.amount - borne, payment_id=one.pk))
    return tuple(parts)


def _booked(line: StatementLine, facts: Facts, numbers: set[str]) -> list[Proposal]:
    account = facts.banks[line.bank_account_id].account_id
    there = facts.booked.get((account, line.amount), ())
    text = set(words(line.text))
    found = []
    for one in there[:MOST_ITEMS]:
        days = abs((line.booked_on - one.on).days)
        if days > 45:
            continue
        found.append(_proposal(
            [(AMOUNT, _("in the books already, this amount")), (NUMBER if plain(one.number) in numbers else 0, _("text names it")),
             (25 if not days else 15 if days <= 4 else 0, _("same day") if not days else _("date fits")),
             (ONLY if len(there) == 1 else 0, _("the only one of this amount")),
             (10 if text & set(words(one.description)) else 0, _("texts agree"))],
            (PartInput(line.amount, entry_id=one.entry_id),), "entry", f"{one.number} {one.description}".strip(),
        ))
    return found


def _transfers(line: StatementLine, facts: Facts) -> list[Proposal]:
    """BNK-2: money between own accounts goes over transfer clearing."""
    own = next((bank for bank in facts.banks.values() if bank.pk != line.bank_account_id and line.counterparty_iban
                and plain(line.counterparty_iban) in (plain(bank.iban), plain(bank.account_number))), None)
    here = facts.banks[line.bank_account_id]
    ours = {plain(here.iban), plain(here.account_number)} - {""}
    other = [
        (iban in ours or is_on_its_way, facts.banks[bank]) for bank, on, iban, is_on_its_way in facts.counterparts.get(-line.amount, ())
        if bank != here.pk and abs((on - line.booked_on).days) <= 5
    ]
    if not own and not other:
        return []
    is_sure, bank = max(other, key=lambda pair: pair[0]) if other else (False, own)
    points = [(60 if own else 0, _("the other account is our own %(bank)s") % {"bank": own}), (35 if other else 25 if own else 0, _("between own accounts"))]
    if is_sure and not own:
        points.append((50, _("%(bank)s shows the other half, which names this account") % {"bank": bank}))
    return [_proposal(
        points, (PartInput(line.amount, account_id=facts.clearing),), "transfer", _("Transfer: %(bank)s") % {"bank": own or bank},
    )]


def _by_rule(line: StatementLine, facts: Facts) -> list[Proposal]:
    text = f"{spaced(line.counterparty_name)}{spaced(line.text)}"
    rules = [rule for rule in facts.text_rules if spaced(rule.pattern) in text]
    rules += facts.rules.get((BankRule.Sign.IBAN, plain(line.counterparty_iban)), []) if line.counterparty_iban else []
    name = " ".join(name_words(line.counterparty_name))[:140]
    rules += facts.rules.get((BankRule.Sign.NAME, name), []) if name else []
    return [
        _proposal(
            [(LEARNED[min(rule.confirmations, 3)] if rule.is_learned else HAND_MADE,
              _("rule “%(rule)s”, confirmed %(count)s times") % {"rule": rule, "count": rule.confirmations} if rule.is_learned
              else _("rule “%(rule)s”") % {"rule": rule})],
            (PartInput(line.amount, account_id=rule.account_id),), "account", facts.accounts[rule.account_id],
        )
        for rule in rules if rule.account_id and _applies(rule, line)
    ]


def _refunds(line: StatementLine, facts: Facts, who: Evidence, numbers: set[str]) -> list[Proposal]:
    credits = [item for item in facts.items_by_amount.get(line.amount, ()) if item.open == line.amount]
    return [
        _proposal(
            [(AMOUNT, _("the customer's credit has this amount")), who.of(item.party_id), (ONLY if len(credits) == 1 else 0, _("the only one of this amount")),
             (NUMBER if plain(item.number) in numbers else 0, _("text names it"))],
            (PartInput(line.amount, party_id=item.party_id, allocations=((item.pk, -line.amount),)),), "items",
            _("Paid back: %(who)s") % {"who": f"{facts.parties.get(item.party_id, '')} {item.number}"},
        )
        for item in credits[:MOST_ITEMS]
    ]


def _fees(line: StatementLine, facts: Facts) -> list[Proposal]:
    """BNK-1."""
    said = FEE_WORDS & {*words(line.text), *words(line.counterparty_name)}
    if not said or -line.amount > FEE_AT_MOST:
        return []
    return [_proposal(
        [(70, _("text says “%(word)s”") % {"word": min(said)}), (15 if not line.counterparty_iban else 0, _("nobody else's account"))],
        (PartInput(line.amount, account_id=facts.fees),), "account", _("Bank fees"),
    )]
