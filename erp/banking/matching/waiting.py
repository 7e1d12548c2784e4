"""Proposals from payments that wait for the statement: those of customers and suppliers, and what card processors pay out."""

from datetime import timedelta
from decimal import Decimal

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from erp.banking.matching.evidence import ABOUT, AMOUNT, MOST_ITEMS, NEAR, NUMBER, ONLY, Evidence, near, proposal
from erp.banking.matching.facts import Facts, Waiting
from erp.banking.matching.items import RATE_MARGIN
from erp.banking.matching.words import CARD_WORDS, name_words, plain, spaced, words
from erp.banking.models import BankRule, StatementLine
from erp.banking.rules import SUPPLIER, PartInput, Proposal
from suite.kernel.money.rules import ZERO

PAYOUT_FEE = Decimal("0.06")
# What a bank keeps of a transfer it makes for us.
TRANSFER_FEE = Decimal(50)


def of_payments(line: StatementLine, facts: Facts, who: Evidence, numbers: set[str]) -> list[Proposal]:
    """The payment of the line's amount, or the one that it names: less a fee, or changed by the bank."""
    exact = [one for one in facts.waiting_by_amount.get((line.bank_account_id, line.amount), ()) if one.key in facts.waiting]
    named = {
        one.key: one for number in numbers for one in facts.waiting_by_number.get(number, ())
        if one.key in facts.waiting and one.bank_account_id == line.bank_account_id and one.amount * line.amount > 0
    }
    found = []
    for one in exact[:MOST_ITEMS]:
        found.append(proposal(
            [(AMOUNT, _("amount of a payment that waits")), (NUMBER if one.key in named else 0, _("text names it")), who.of(one.party_id),
             (ONLY if len(exact) == 1 else 0, _("the only one of this amount")), near(line, one.paid_on)],
            (_part(line.amount, one),), "payment", _label(one, facts),
        ))
    currency = facts.banks[line.bank_account_id].currency_id
    for one in named.values():
        worth = facts.exchange(one.amount, one.currency_id, currency)
        if one.currency_id != currency:
            if worth is not None and abs(line.amount - worth) <= abs(worth) * RATE_MARGIN:
                says = {"amount": number_format(one.amount), "currency": one.currency_id}
                found.append(proposal(
                    [(NUMBER, _("text names it")), (ABOUT, _("about what %(currency)s %(amount)s are worth") % says), who.of(one.party_id),
                     near(line, one.paid_on)], (_part(line.amount, one),), "payment", _label(one, facts),
                ))
            continue
        fee = one.amount - line.amount
        most = one.amount * PAYOUT_FEE if one.amount > 0 else min(TRANSFER_FEE, -one.amount / 2)
        if 0 < fee <= most:
            found.append(proposal(
                [(NUMBER, _("text names it")), (35, _("amount less a fee of %(fee)s") % {"fee": number_format(fee)}), near(line, one.paid_on)],
                (_part(line.amount, one),), "payment", _label(one, facts),
            ))
    return found


def _part(amount: Decimal, one: Waiting) -> PartInput:
    return PartInput(amount, supplier_payment_id=one.pk) if one.side == SUPPLIER else PartInput(amount, payment_id=one.pk)


def _label(one: Waiting, facts: Facts) -> str:
    return f"{one.number} {facts.parties.get(one.party_id, '')}"


def card_payouts(line: StatementLine, facts: Facts) -> list[Proposal]:
    """BNK-3: card payments of a day, or all that wait, paid out together less the processor's fee."""
    waiting = [one for one in facts.cards.get(line.bank_account_id, ()) if one.key in facts.waiting and one.paid_on <= line.booked_on]
    if not waiting:
        return []
    text = f"{spaced(line.counterparty_name)}{spaced(line.text)}"
    rules = [rule for rule in facts.text_rules if rule.is_card_payout and rule.applies(line) and spaced(rule.pattern) in text]
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
            found.append(proposal(
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
