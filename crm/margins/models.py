from decimal import Decimal

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from crm.margins.rules import JudgedLine
from crm.pricing.rules import percent
from suite.kernel.companies.models import CompanyRow
from suite.kernel.money.fields import ShareField


class MarginFloor(CompanyRow):
    """The least margin, as a share of the net price, that may be sold without approval: of a price list, a category, both, or the company."""

    price_list = models.ForeignKey(
        "crm.PriceList", models.PROTECT, null=True, blank=True, related_name="margin_floors", verbose_name=_("price list"),
        help_text=_("Empty: whatever the price list"),
    )
    category = models.ForeignKey(
        "kernel.ProductCategory", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("product category"),
        help_text=_("Empty: all products. Categories below it are included"),
    )
    min_margin = ShareField(
        _("least margin"), help_text=_("What must be left of the net price after cost, at least. In the API and in files as a share: 0.2 is 20 %"),
        validators=[MinValueValidator(Decimal(0), _("A margin floor is not below zero."))],
    )
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    audited = True

    class Meta:
        verbose_name = _("margin floor")
        verbose_name_plural = _("margin floors")
        ordering = ("price_list", "category", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=("company", "price_list", "category"), name="margin_floor_once", nulls_distinct=False,
                violation_error_message=_("There is a margin floor for this price list and category already; change that one."),
            ),
            models.CheckConstraint(
                condition=Q(min_margin__gte=0, min_margin__lt=1), name="margin_floor_is_a_share",
                violation_error_message=_("A margin floor is not below zero and less than the whole price."),
            ),
        ]

    @property
    def min_margin_shown(self) -> str:
        """The least margin as people say it: "20 %"."""
        return percent(self.min_margin) or "0\u00a0%"

    min_margin_shown.fget.short_description = _("least margin")

    @property
    def scope(self) -> str:
        """What it holds for, in words."""
        named = [str(part) for part in (self.price_list, self.category) if part]
        return ", ".join(named) or str(_("company policy"))

    def __str__(self) -> str:
        return f"{self.scope}: {self.min_margin_shown}"


class MarginApproval(CompanyRow):
    """That somebody asked to sell below the floor, the figures as they were then, and who said yes and why. Who asks does not approve."""

    class Outcome(models.TextChoices):
        ASKED = "asked", _("Waits for approval")
        APPROVED = "approved", _("Approved")
        WITHDRAWN = "withdrawn", _("No longer asked")

    order = models.ForeignKey("crm.Order", models.PROTECT, null=True, related_name="margin_approvals", verbose_name=_("order"))
    quote = models.ForeignKey("crm.Quote", models.PROTECT, null=True, related_name="margin_approvals", verbose_name=_("quote"))
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome, default=Outcome.ASKED)
    asked_by = models.ForeignKey("kernel.User", models.PROTECT, related_name="+", verbose_name=_("asked by"))
    asked_at = models.DateTimeField(_("asked at"), auto_now_add=True)
    decided_by = models.ForeignKey("kernel.User", models.PROTECT, null=True, related_name="+", verbose_name=_("approved by"))
    decided_at = models.DateTimeField(_("approved at"), null=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    lines = models.JSONField(_("lines as they were"))

    audited = True
    database_privileges = "SELECT, INSERT, UPDATE"

    class Meta:
        verbose_name = _("margin approval")
        verbose_name_plural = _("margin approvals")
        ordering = ("-pk",)
        constraints = [
            models.CheckConstraint(
                condition=Q(order__isnull=False, quote__isnull=True) | Q(order__isnull=True, quote__isnull=False),
                name="margin_approval_of_order_or_quote",
            ),
            models.CheckConstraint(
                condition=~Q(outcome="approved") | Q(decided_by__isnull=False, decided_at__isnull=False, reason__gt=""),
                name="margin_approval_says_who_and_why",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("asked_by")), name="margin_approval_by_four_eyes",
                violation_error_message=_("Who asked for the approval does not give it."),
            ),
            models.UniqueConstraint(fields=("order",), condition=Q(outcome="asked"), name="one_open_margin_approval_of_order"),
            models.UniqueConstraint(fields=("quote",), condition=Q(outcome="asked"), name="one_open_margin_approval_of_quote"),
        ]

    @property
    def judged(self) -> list[JudgedLine]:
        """The lines below the floor as they were when it was asked."""
        return [JudgedLine.from_record(line) for line in self.lines]

    def __str__(self) -> str:
        return f"{self.order or self.quote}: {self.get_outcome_display()}"
