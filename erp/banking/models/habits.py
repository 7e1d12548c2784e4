from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from erp.banking.models.accounts import BankAccount
from suite.kernel.companies.models import CompanyRow


class BankRule(CompanyRow):
    """What a sign on a statement line means: learned from what people confirm, or made by hand. Shown and editable."""

    class Sign(models.TextChoices):
        IBAN = "iban", _("Counterparty's account is")
        NAME = "name", _("Counterparty is called")
        TEXT = "text", _("Text contains")

    class Direction(models.TextChoices):
        ANY = "any", _("Money in or out")
        MONEY_IN = "in", _("Money in")
        MONEY_OUT = "out", _("Money out")

    sign = models.CharField(_("sign"), max_length=4, choices=Sign)
    pattern = models.CharField(_("pattern"), max_length=140, help_text=_("Case, punctuation and digits of texts and names do not matter"))
    direction = models.CharField(_("direction"), max_length=3, choices=Direction, default=Direction.ANY)
    bank_account = models.ForeignKey(
        BankAccount, models.PROTECT, null=True, blank=True, related_name="rules", verbose_name=_("bank account"), help_text=_("Empty: all"),
    )
    party = models.ForeignKey("kernel.Party", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("is this party"))
    account = models.ForeignKey("erp.Account", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("goes to this account"))
    is_card_payout = models.BooleanField(_("pays out card payments"), default=False)
    confirmations = models.PositiveIntegerField(_("confirmed"), default=0, editable=False)
    is_learned = models.BooleanField(_("learned"), default=False, editable=False)
    is_active = models.BooleanField(_("active"), default=True)

    audited = True

    class Meta:
        verbose_name = _("bank rule")
        verbose_name_plural = _("bank rules")
        ordering = ("sign", "pattern")
        constraints = [
            models.UniqueConstraint(
                fields=("company", "sign", "pattern", "direction", "bank_account"), name="bank_rule_once", nulls_distinct=False,
            ),
            models.CheckConstraint(condition=~Q(pattern=""), name="bank_rule_has_a_pattern"),
            models.CheckConstraint(
                condition=Q(party__isnull=False, account__isnull=True, is_card_payout=False)
                | Q(party__isnull=True, account__isnull=False, is_card_payout=False)
                | Q(party__isnull=True, account__isnull=True, is_card_payout=True),
                name="bank_rule_means_one_thing", violation_error_message=_("A rule means one thing: a party, an account, or card payouts."),
            ),
        ]

    def applies(self, line: Any) -> bool:
        """Whether a line goes the rule's way, on its account."""
        fits = self.direction == self.Direction.ANY or (self.direction == self.Direction.MONEY_IN) == (line.amount > 0)
        return fits and self.bank_account_id in (None, line.bank_account_id)

    def __str__(self) -> str:
        return f"{self.get_sign_display()} {self.pattern}"
