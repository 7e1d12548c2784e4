from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from suite.kernel.companies.models import CompanyRow

CODE = RegexValidator(r"^[A-Za-z0-9][A-Za-z0-9._/-]*$", _("Letters, digits and . _ / - only, without spaces."))
ACCOUNT_TYPES = (
    ("asset", _("Asset")), ("liability", _("Liability")), ("equity", _("Equity")), ("income", _("Income")), ("expense", _("Expense")),
)


class Dimension(CompanyRow):
    """Something entries are told apart by beside the account: cost centre, project, region. A company has as many as it likes."""

    code = models.CharField(_("code"), max_length=12, validators=[CODE], help_text=_("Typed before the value: CC in CC:100"))
    name = models.CharField(_("name"), max_length=80)
    is_active = models.BooleanField(_("active"), default=True)

    audited = True

    class Meta:
        verbose_name = _("dimension")
        verbose_name_plural = _("dimensions")
        ordering = ("code",)
        constraints = [models.UniqueConstraint(fields=("company", "code"), name="dimension_code_once")]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class DimensionValue(CompanyRow):
    """A value of a dimension, in a tree: what is booked below a value counts for it too."""

    dimension = models.ForeignKey(Dimension, models.PROTECT, related_name="values", verbose_name=_("dimension"))
    code = models.CharField(_("code"), max_length=20, validators=[CODE])
    name = models.CharField(_("name"), max_length=120)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("part of"))
    is_active = models.BooleanField(_("active"), default=True)

    audited = True

    class Meta:
        verbose_name = _("dimension value")
        verbose_name_plural = _("dimension values")
        ordering = ("dimension", "code")
        constraints = [models.UniqueConstraint(fields=("dimension", "code"), name="dimension_value_once")]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class DimensionRule(CompanyRow):
    """Which accounts need a dimension: one account, or all of a type. Lines without it get `default`, or their entry is not posted."""

    dimension = models.ForeignKey(Dimension, models.PROTECT, related_name="rules", verbose_name=_("dimension"))
    account = models.ForeignKey("erp.Account", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("account"))
    account_type = models.CharField(_("all accounts of type"), max_length=10, choices=ACCOUNT_TYPES, blank=True)
    default = models.ForeignKey(
        DimensionValue, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("value where none is given"),
        help_text=_("Empty: an entry without a value is not posted"),
    )
    is_active = models.BooleanField(_("active"), default=True)

    audited = True

    class Meta:
        verbose_name = _("dimension rule")
        verbose_name_plural = _("dimension rules")
        ordering = ("dimension", "pk")
        constraints = [
            models.CheckConstraint(
                condition=Q(account__isnull=False, account_type="") | (Q(account__isnull=True) & ~Q(account_type="")), name="dimension_rule_names_accounts",
                violation_error_message=_("Name one account or a type of accounts, not both."),
            ),
            models.UniqueConstraint(fields=("dimension", "account", "account_type"), name="dimension_rule_once", nulls_distinct=False),
        ]

    def __str__(self) -> str:
        return f"{self.dimension}: {self.account or self.get_account_type_display()}"


class JournalLineDimension(CompanyRow):
    """A value on a line, at most one per dimension. Kept by the database from what the line says."""

    # Goes with its draft line: the key with ON DELETE CASCADE stands in sql/10_dimensions.sql.
    line = models.ForeignKey("erp.JournalLine", models.DO_NOTHING, db_constraint=False, db_index=False, related_name="values", verbose_name=_("line"))
    dimension = models.ForeignKey(Dimension, models.PROTECT, related_name="+", verbose_name=_("dimension"))
    value = models.ForeignKey(DimensionValue, models.PROTECT, related_name="+", verbose_name=_("value"))

    machine_kept = True

    class Meta:
        verbose_name = _("dimension of a line")
        verbose_name_plural = _("dimensions of lines")
        constraints = [models.UniqueConstraint(fields=("line", "dimension"), name="line_dimension_once")]

    def __str__(self) -> str:
        return f"{self.line_id}: {self.value_id}"
