"""Proposals for a statement line, scored 0 to 100, each with its reasons in words."""

from collections import Counter
from decimal import Decimal

from django.utils.translation import gettext as _

from erp.banking.matching.evidence import AMOUNT, BY_IBAN, BY_NAME, BY_WORDS, GIVEN, MOST_ITEMS, NUMBER, ONLY, Evidence, proposal
from erp.banking.matching.facts import Facts
from erp.banking.matching.items import of_items
from erp.banking.matching.waiting import card_payouts, of_payments
from erp.banking.matching.words import FEE_WORDS, name_words, numbers_in, plain, spaced, words
from erp.banking.models import BankRule, StatementLine
from erp.banking.rules import PartInput, Proposal

HAND_MADE, LEARNED = 95, (0, 70, 82, 90)
FEE_AT_MOST = Decimal(100)


def proposals_for(line: StatementLine, facts: Facts) -> list[Proposal]:
    """What the line may be, surest first, each thing once."""
    who = _who(line, facts)
    numbers = numbers_in(f"{line.text} {line.reference}")
    found = [
        *of_payments(line, facts, who, numbers), *_booked(line, facts, numbers), *_transfers(line, facts), *_by_rule(line, facts),
        *of_items(line, facts, who, numbers),
    ]
    found += card_payouts(line, facts) if line.amount > 0 else _fees(line, facts)
    best: dict[tuple, Proposal] = {}
    for one in sorted(found, key=lambda one: -one.score):
        best.setdefault(one.what, one)
    return sorted(best.values(), key=lambda one: -one.score)


def _who(line: StatementLine, facts: Facts) -> Evidence:
    who = Evidence()
    if line.party_id:
        who.add(line.party_id, GIVEN, _("the line names the party"))
    for rule in facts.rules.get((BankRule.Sign.IBAN, plain(line.counterparty_iban)), ()) if line.counterparty_iban else ():
        if rule.party_id and rule.applies(line):
            who.add(rule.party_id, BY_IBAN, _("account known as %(party)s's") % {"party": rule.party})
    for party_id in facts.ibans.get(plain(line.counterparty_iban), ()) if line.counterparty_iban else ():
        who.add(party_id, BY_IBAN, _("account of %(party)s") % {"party": facts.parties.get(party_id, "")})
    name = name_words(line.counterparty_name)
    for rule in facts.rules.get((BankRule.Sign.NAME, " ".join(name)[:140]), ()) if name else ():
        if rule.party_id and rule.applies(line):
            who.add(rule.party_id, BY_NAME, _("name known as %(party)s's") % {"party": rule.party})
    text = f"{spaced(line.counterparty_name)}{spaced(line.text)}"
    for rule in facts.text_rules:
        if rule.party_id and rule.applies(line) and spaced(rule.pattern) in text:
            who.add(rule.party_id, BY_NAME, _("text known as %(party)s's") % {"party": rule.party})
    for party_id in facts.parties_by_name.get(name, ()) if name else ():
        who.add(party_id, BY_NAME, _("name is known"))
    counts: Counter[int] = Counter()
    for word in {*name, *words(line.text)}:
        holders = facts.parties_by_word.get(word, ())
        if 0 < len(holders) <= 40:
            counts.update(holders)
    for party_id, shared in counts.most_common(8):
        own = name_words(facts.parties[party_id])
        if shared == len(set(own)) and f" {' '.join(own)} " in text:
            who.add(party_id, BY_NAME if len(own) > 1 else BY_WORDS, _("text names the party"))
        elif shared * 2 >= len(set(own)) and shared:
            who.add(party_id, BY_WORDS - 5, _("name resembles a known one"))
    return who


def _booked(line: StatementLine, facts: Facts, numbers: set[str]) -> list[Proposal]:
    account = facts.banks[line.bank_account_id].account_id
    there = facts.booked.get((account, line.amount), ())
    text = set(words(line.text))
    found = []
    for one in there[:MOST_ITEMS]:
        days = abs((line.booked_on - one.on).days)
        if days > 45:
            continue
        found.append(proposal(
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
    return [proposal(
        points, (PartInput(line.amount, account_id=facts.clearing),), "transfer", _("Transfer: %(bank)s") % {"bank": own or bank},
    )]


def _by_rule(line: StatementLine, facts: Facts) -> list[Proposal]:
    text = f"{spaced(line.counterparty_name)}{spaced(line.text)}"
    rules = [rule for rule in facts.text_rules if spaced(rule.pattern) in text]
    rules += facts.rules.get((BankRule.Sign.IBAN, plain(line.counterparty_iban)), []) if line.counterparty_iban else []
    name = " ".join(name_words(line.counterparty_name))[:140]
    rules += facts.rules.get((BankRule.Sign.NAME, name), []) if name else []
    return [
        proposal(
            [(LEARNED[min(rule.confirmations, 3)] if rule.is_learned else HAND_MADE,
              _("rule “%(rule)s”, confirmed %(count)s times") % {"rule": rule, "count": rule.confirmations} if rule.is_learned
              else _("rule “%(rule)s”") % {"rule": rule})],
            (PartInput(line.amount, account_id=rule.account_id),), "account", facts.accounts[rule.account_id],
        )
        for rule in rules if rule.account_id and rule.applies(line)
    ]


def _fees(line: StatementLine, facts: Facts) -> list[Proposal]:
    """BNK-1."""
    said = FEE_WORDS & {*words(line.text), *words(line.counterparty_name)}
    if not said or -line.amount > FEE_AT_MOST:
        return []
    return [proposal(
        [(70, _("text says “%(word)s”") % {"word": min(said)}), (15 if not line.counterparty_iban else 0, _("nobody else's account"))],
        (PartInput(line.amount, account_id=facts.fees),), "account", _("Bank fees"),
    )]
