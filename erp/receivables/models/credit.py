from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from suite.kernel.companies.models import CausedRow, CompanyRow
from suite.kernel.money.fields import AmountField


class CreditAccount(CompanyRow):
    """The row that every credit decision about a party locks."""

    party = models.OneToOneField("kernel.Party", models.PROTECT, related_name="+", verbose_name=_("party"))

    portal_party = "party_id"

    class Meta:
        verbose_name = _("credit account")
        verbose_name_plural = _("credit accounts")

    def __str__(self) -> str:
        return str(self.party)


class CreditCommitment(CausedRow):
    """What an order will still add to receivables: confirmed, not invoiced, with tax."""

    account = models.ForeignKey(CreditAccount, models.PROTECT, related_name="commitments", verbose_name=_("credit account"))
    source_key = models.CharField(_("source"), max_length=60)
    amount = AmountField(_("amount"))

    class Meta:
        verbose_name = _("credit commitment")
        verbose_name_plural = _("credit commitments")
        constraints = [
            models.UniqueConstraint(fields=("company", "source_key"), name="credit_commitment_once"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="credit_commitment_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.source_key}: {self.amount}"
