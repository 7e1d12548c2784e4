from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from suite.kernel.documents.models import Document
from suite.kernel.money.fields import AmountField


class StatementRun(Document):
    """Statements of account of a day to every customer who has a balance then."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        MADE = "made", _("Made")

    status = models.CharField(_("status"), max_length=24, choices=Status, default=Status.DRAFT, editable=False)
    as_of = models.DateField(_("as of"), default=timezone.localdate)
    only_overdue = models.BooleanField(_("only customers with something overdue"), default=False)
    number_of_statements = models.PositiveIntegerField(_("statements"), default=0, editable=False)
    balance = AmountField(_("balance"), default=0, editable=False)

    class Meta:
        verbose_name = _("statement run")
        verbose_name_plural = _("statement runs")
        ordering = ("-pk",)
        permissions = [("make_statementrun", "Can make statements of account")]
        constraints = [models.UniqueConstraint(fields=("company", "number"), name="statement_run_number_once")]

    def __str__(self) -> str:
        return self.number or f"{self._meta.verbose_name} {self.as_of}"


class AccountStatement(Document):
    """One customer's statement of account at a day: balance and what of it is overdue, in company currency. The letter is made when it is sent."""

    class Status(models.TextChoices):
        MADE = "made", _("Made")
        SENT = "sent", _("Sent")

    status = models.CharField(_("status"), max_length=24, choices=Status, default=Status.MADE, editable=False)
    run = models.ForeignKey(StatementRun, models.CASCADE, related_name="statements", verbose_name=_("statement run"), editable=False)
    customer = models.ForeignKey("kernel.Party", models.PROTECT, related_name="+", verbose_name=_("customer"), editable=False)
    as_of = models.DateField(_("as of"), editable=False)
    balance = AmountField(_("balance"), editable=False)
    overdue = AmountField(_("overdue"), editable=False)

    portal_party = "customer_id"

    class Meta:
        verbose_name = _("account statement")
        verbose_name_plural = _("account statements")
        ordering = ("-pk",)
        permissions = [("send_accountstatement", "Can send a statement of account by mail")]
        constraints = [
            models.UniqueConstraint(fields=("run", "customer"), name="account_statement_once_per_run"),
            models.CheckConstraint(condition=~Q(balance=0) | Q(overdue__gt=0), name="account_statement_has_a_balance"),
        ]
        indexes = [models.Index(fields=("company", "customer", "-id"), name="account_statement_of_customer")]

    def __str__(self) -> str:
        return f"{self.customer} {self.as_of}"
