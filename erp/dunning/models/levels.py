from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from suite.kernel.companies.models import CompanyRow
from suite.kernel.money.fields import AmountField


class DunningLevel(CompanyRow):
    """A step of reminding. Steps are numbered 1, 2, 3 … without a gap; an item takes one step per run, and none twice.

    Amounts are company currency. Interest is simple, by days over 365: the base rate of each day and the level's points on top.
    """

    position = models.PositiveSmallIntegerField(_("level"), validators=[MinValueValidator(1), MaxValueValidator(9)])
    name = models.CharField(_("name"), max_length=60)
    days = models.PositiveSmallIntegerField(
        _("days to wait"), help_text=_("Level 1: days after the due date. Further levels: days after the letter before"),
    )
    fee = AmountField(_("fee"), default=0, help_text=_("Once per letter, in company currency; without tax, it counts as damages"))
    interest_points = models.DecimalField(
        _("interest above the base rate"), max_digits=6, decimal_places=3, default=0,
        help_text=_("Percentage points a year, by days over 365; 0: no interest is charged, not even the base rate"),
    )
    minimum_amount = AmountField(_("minimum amount"), default=0, help_text=_("Customers who owe less than this in all get no letter of this level"))
    stops_delivery = models.BooleanField(
        _("stops delivery"), default=False, help_text=_("Orders of the customer are held until the items of this level are paid"),
    )
    is_active = models.BooleanField(_("active"), default=True, help_text=_("Items stop before a level that is not active"))

    audited = True

    class Meta:
        verbose_name = _("dunning level")
        verbose_name_plural = _("dunning levels")
        ordering = ("position",)
        constraints = [
            models.UniqueConstraint(fields=("company", "position"), name="dunning_level_once", violation_error_message=_("There is such a level already.")),
            models.CheckConstraint(condition=Q(position__gte=1, position__lte=9), name="dunning_level_in_range"),
            models.CheckConstraint(condition=Q(fee__gte=0), name="dunning_fee_not_negative", violation_error_message=_("A fee is not below zero.")),
            models.CheckConstraint(
                condition=Q(interest_points__gte=0, interest_points__lte=100), name="dunning_interest_in_range",
                violation_error_message=_("Interest lies between 0 and 100 points."),
            ),
            models.CheckConstraint(
                condition=Q(minimum_amount__gte=0), name="dunning_minimum_not_negative", violation_error_message=_("The minimum is not below zero."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position} {self.name}"


class DunningText(CompanyRow):
    """What a level's letter says in a language. `{days}` … stand for facts of the letter; without a text the suite's own words are used."""

    level = models.ForeignKey(DunningLevel, models.CASCADE, related_name="texts", verbose_name=_("level"))
    language = models.CharField(_("language"), max_length=8, choices=settings.LANGUAGES)
    subject = models.CharField(_("subject"), max_length=120)
    opening = models.TextField(_("before the table"), max_length=2000)
    closing = models.TextField(_("after the table"), max_length=2000, blank=True)

    audited = True

    class Meta:
        verbose_name = _("dunning text")
        verbose_name_plural = _("dunning texts")
        ordering = ("level", "language")
        constraints = [
            models.UniqueConstraint(fields=("level", "language"), name="dunning_text_once", violation_error_message=_(
                "The level has a text in this language already.")),
        ]

    def __str__(self) -> str:
        return f"{self.level} ({self.language})"


class BaseRate(CompanyRow):
    """The base rate of interest (percent a year) from a day on, as the central bank or the law sets it. It may be below zero."""

    valid_from = models.DateField(_("valid from"))
    rate = models.DecimalField(_("percent a year"), max_digits=6, decimal_places=3)

    audited = True

    class Meta:
        verbose_name = _("base rate")
        verbose_name_plural = _("base rates")
        ordering = ("-valid_from",)
        constraints = [
            models.UniqueConstraint(
                fields=("company", "valid_from"), name="base_rate_once", violation_error_message=_("There is a rate for this day already."),
            ),
            models.CheckConstraint(condition=Q(rate__gte=-20, rate__lte=100), name="base_rate_in_range"),
        ]

    def __str__(self) -> str:
        return f"{self.rate} % ({self.valid_from})"


class DunningPolicy(CompanyRow):
    """How far a company lets dunning go by itself: a run proposed each day, and only where it says so posted and mailed without a person."""

    proposes_daily = models.BooleanField(_("propose a run every day"), default=True)
    posts_by_itself = models.BooleanField(_("post and send it without a person"), default=False)
    sends_by_mail = models.BooleanField(_("letters leave by mail"), default=True, help_text=_("To customers with an e-mail address; others are printed"))
    days_to_pay = models.PositiveSmallIntegerField(_("days to pay"), default=7, help_text=_("What a letter asks for, counted from its date"))

    audited = True

    class Meta:
        verbose_name = _("dunning policy")
        verbose_name_plural = _("dunning policies")
        constraints = [
            models.UniqueConstraint(fields=("company",), name="dunning_policy_once", violation_error_message=_("The company has a dunning policy already.")),
            models.CheckConstraint(
                condition=Q(posts_by_itself=False) | Q(proposes_daily=True), name="dunning_posts_what_it_proposes",
                violation_error_message=_("Only a run that is proposed every day can be posted by itself."),
            ),
        ]

    def __str__(self) -> str:
        return str(_("Dunning policy"))
