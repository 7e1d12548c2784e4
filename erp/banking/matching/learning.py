"""Rules learn from what people confirm, and from what they correct."""

from collections.abc import Sequence
from typing import Any

from erp.banking.matching.words import name_words, plain, words
from erp.banking.models import BankRule, StatementLine, StatementMatch

Sign, Direction = BankRule.Sign, BankRule.Direction
TEXT_WORDS = 4


def learn(line: StatementLine, parts: Sequence[StatementMatch]) -> None:
    """Keeps what the line's signs meant: its party where all parts have one, its account where it went to one whole."""
    parties = {part.party_id for part in parts}
    if len(parties) == 1 and None not in parties:
        for sign, pattern in signs_of(line, with_text=False):
            _confirm(line, sign, pattern, Direction.ANY, {"party_id": parts[0].party_id})
    elif len(parts) == 1 and parts[0].account_id:
        direction = Direction.MONEY_IN if line.amount > 0 else Direction.MONEY_OUT
        for sign, pattern in signs_of(line, with_text=True)[-1:]:
            _confirm(line, sign, pattern, direction, {"account_id": parts[0].account_id})


def signs_of(line: StatementLine, *, with_text: bool) -> list[tuple[str, str]]:
    """(sign, pattern) of what a line shows of its counterparty, surest first; with its text at the end."""
    found = []
    if plain(line.counterparty_iban):
        found.append((Sign.IBAN, plain(line.counterparty_iban)))
    if name_words(line.counterparty_name):
        found.append((Sign.NAME, " ".join(name_words(line.counterparty_name))[:140]))
    if with_text and words(line.text):
        found.append((Sign.TEXT, " ".join(words(line.text)[:TEXT_WORDS])[:140]))
    return found


def _confirm(line: StatementLine, sign: str, pattern: str, direction: str, means: dict[str, Any]) -> None:
    rule = BankRule.objects.filter(company_id=line.company_id, sign=sign, pattern=pattern, direction=direction, bank_account=None).first()
    if rule is None:
        BankRule.objects.create(
            company_id=line.company_id, sign=sign, pattern=pattern, direction=direction, confirmations=1, is_learned=True, **means,
        )
    elif all(getattr(rule, name) == value for name, value in means.items()):
        rule.confirmations += 1
        rule.save(update_fields=["confirmations"])
    elif rule.is_learned and rule.confirmations > 1:
        rule.confirmations -= 1
        rule.save(update_fields=["confirmations"])
    elif rule.is_learned:
        rule.party_id, rule.account_id, rule.is_card_payout = means.get("party_id"), means.get("account_id"), False
        rule.save(update_fields=["party_id", "account_id", "is_card_payout"])
