from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from suite.kernel.companies.models import CompanyRow
from suite.kernel.money.fields import AmountField, PriceField


class EmployeeUser(CompanyRow):
    """Which employee a user is: what they claim is theirs."""

    user = models.ForeignKey("kernel.User", models.PROTECT, related_name="+", verbose_name=_("user"))
    party = models.OneToOneField(
        "kernel.Party", models.PROTECT, related_name="employee_user", verbose_name=_("employee"), limit_choices_to=Q(is_employee=True),
    )

    audited = True

    class Meta:
        verbose_name = _("employee's user")
        verbose_name_plural = _("employees' users")
        ordering = ("party",)
        constraints = [models.UniqueConstraint(fields=("company", "user"), name="employee_user_once", violation_error_message=_(
            "This user is an employee already."))]

    def __str__(self) -> str:
        return f"{self.party} ({self.user})"


class ExpenseType(CompanyRow):
    """A kind of expense: its account and tax, and the company's policy for it. A limit left empty is none."""

    class Measure(models.TextChoices):
        AMOUNT = "amount", _("As on the receipt")
        DISTANCE = "distance", _("By kilometre")
        DAYS = "days", _("By day")

    class OnBreach(models.TextChoices):
        WARN = "warn", _("Warn")
        BLOCK = "block", _("Refuse")

    code = models.CharField(_("code"), max_length=20)
    name = models.CharField(_("name"), max_length=80)
    measure = models.CharField(_("claimed"), max_length=8, choices=Measure, default=Measure.AMOUNT, help_text=_(
        "By kilometre or day: the rate of the day decides, not the employee"))
    account = models.ForeignKey(
        "erp.Account", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("expense account"),
        help_text=_("Empty: the company's general expenses"),
    )
    tax = models.ForeignKey("kernel.Tax", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("tax"), help_text=_(
        "What receipts of this kind usually include"))
    limit_per_receipt = AmountField(_("limit per line"), null=True, blank=True)
    limit_per_day = AmountField(_("limit per day"), null=True, blank=True)
    limit_per_claim = AmountField(_("limit per claim"), null=True, blank=True)
    receipt_from = AmountField(_("receipt needed from"), null=True, blank=True, help_text=_("Empty: never; 0: always"))
    on_breach = models.CharField(_("when the policy is broken"), max_length=5, choices=OnBreach, default=OnBreach.WARN)
    is_active = models.BooleanField(_("active"), default=True)

    audited = True

    class Meta:
        verbose_name = _("expense type")
        verbose_name_plural = _("expense types")
        ordering = ("code",)
        constraints = [
            models.UniqueConstraint(fields=("company", "code"), name="expense_type_code_once"),
            models.CheckConstraint(
                condition=(Q(limit_per_receipt__isnull=True) | Q(limit_per_receipt__gte=0)) & (Q(limit_per_day__isnull=True) | Q(limit_per_day__gte=0))
                & (Q(limit_per_claim__isnull=True) | Q(limit_per_claim__gte=0)) & (Q(receipt_from__isnull=True) | Q(receipt_from__gte=0)),
                name="expense_limits_positive", violation_error_message=_("A limit is not below zero."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ExpenseRate(CompanyRow):
    """What a kilometre or a day is paid with, in company currency, while the rate is valid. The newest valid one counts."""

    type = models.ForeignKey(ExpenseType, models.CASCADE, related_name="rates", verbose_name=_("expense type"))
    rate = PriceField(_("rate"))
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"), null=True, blank=True)

    audited = True

    class Meta:
        verbose_name = _("expense rate")
        verbose_name_plural = _("expense rates")
        ordering = ("type", "-valid_from")
        constraints = [
            models.UniqueConstraint(fields=("type", "valid_from"), name="expense_rate_once"),
            models.CheckConstraint(condition=Q(rate__gt=0), name="expense_rate_above_zero", violation_error_message=_("A rate is above zero.")),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")), name="expense_rate_ends_after_start",
                violation_error_message=_("The last day lies before the first."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.rate.normalize():f} ({self.valid_from})"
