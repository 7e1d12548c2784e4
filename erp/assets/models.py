from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from suite.access.querysets import ScopedQuerySet
from suite.kernel.companies.models import CausedRow, CompanyRow
from suite.kernel.documents.models import Document
from suite.kernel.money.fields import AmountField, QuantityField


class Method(models.TextChoices):
    STRAIGHT_LINE = "straight_line", _("Straight line")
    DECLINING = "declining", _("Declining, then straight line")
    UNITS = "units", _("By units produced")
    NONE = "none", _("Not depreciated (land)")


class AssetClass(CompanyRow):
    """A kind of asset: how it depreciates unless said otherwise, and on which accounts it stands (empty: those of the company's roles)."""

    code = models.CharField(_("code"), max_length=20)
    name = models.CharField(_("name"), max_length=120)
    method = models.CharField(_("method"), max_length=14, choices=Method, default=Method.STRAIGHT_LINE)
    life_months = models.PositiveSmallIntegerField(_("life in months"), default=60)
    declining_factor = models.DecimalField(
        _("declining factor"), max_digits=4, decimal_places=2, default=2,
        help_text=_("How many times the straight-line rate the declining method takes of the book value in a year"),
    )
    salvage_share = models.DecimalField(_("salvage value (share of cost)"), max_digits=5, decimal_places=4, default=0)
    cost_account = models.ForeignKey("erp.Account", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("cost account"))
    accumulated_account = models.ForeignKey(
        "erp.Account", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("accumulated depreciation account"),
    )
    expense_account = models.ForeignKey("erp.Account", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("depreciation account"))
    is_active = models.BooleanField(_("active"), default=True)

    audited = True

    class Meta:
        verbose_name = _("asset class")
        verbose_name_plural = _("asset classes")
        ordering = ("code",)
        constraints = [
            models.UniqueConstraint(fields=("company", "code"), name="asset_class_code_once"),
            models.CheckConstraint(
                condition=Q(life_months__gte=1, life_months__lte=1200), name="asset_class_life", violation_error_message=_("The life is 1 to 1200 months."),
            ),
            models.CheckConstraint(
                condition=Q(declining_factor__gte=1, declining_factor__lte=4), name="asset_class_factor",
                violation_error_message=_("The declining factor lies between 1 and 4."),
            ),
            models.CheckConstraint(
                condition=Q(salvage_share__gte=0, salvage_share__lte=1), name="asset_class_salvage",
                violation_error_message=_("The salvage value is a share between 0 and 1."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class Asset(Document):
    """A thing the company owns and uses. Cost, salvage value and accumulated depreciation are the sums of its movements from the day it
    enters service (a trigger keeps them); before, the cost is what people type."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        IN_SERVICE = "in_service", _("In service")
        FULLY_DEPRECIATED = "fully_depreciated", _("Fully depreciated")
        SOLD = "sold", _("Sold")
        SCRAPPED = "scrapped", _("Scrapped")

    class Source(models.TextChoices):
        CWIP = "cwip", _("Assets under construction (from a bill)")
        OPENING = "opening", _("Taken over when the books were opened")

    IN_USE = (Status.IN_SERVICE, Status.FULLY_DEPRECIATED)

    status = models.CharField(_("status"), max_length=24, choices=Status, default=Status.DRAFT, editable=False)
    name = models.CharField(_("name"), max_length=160)
    asset_class = models.ForeignKey(AssetClass, models.PROTECT, related_name="assets", verbose_name=_("class"))
    source = models.CharField(_("comes from"), max_length=8, choices=Source, default=Source.CWIP)
    cost = AmountField(_("cost"), help_text=_("Without tax, in company currency"))
    salvage = AmountField(_("salvage value"), null=True, blank=True, help_text=_("What it will still be worth; empty: as its class says"))
    opening_accumulated = AmountField(
        _("depreciated before"), default=0, help_text=_("Of an asset taken over: what was depreciated until it came into these books"),
    )
    method = models.CharField(_("method"), max_length=14, choices=Method, blank=True, help_text=_("Empty: as its class says"))
    life_months = models.PositiveSmallIntegerField(_("life in months"), null=True, blank=True, help_text=_("Of an asset taken over: what is left of it"))
    declining_factor = models.DecimalField(_("declining factor"), max_digits=4, decimal_places=2, null=True, blank=True)
    total_units = QuantityField(_("units in its life"), default=0, help_text=_("For depreciation by units produced"))
    acquired_on = models.DateField(_("acquired on"))
    in_service_on = models.DateField(_("in service on"), null=True, blank=True, editable=False)
    supplier = models.ForeignKey(
        "kernel.Party", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("supplier"), limit_choices_to=Q(is_supplier=True),
    )
    custodian = models.ForeignKey(
        "kernel.Party", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("used by"), limit_choices_to=Q(is_employee=True),
    )
    serial_number = models.CharField(_("serial number"), max_length=80, blank=True)
    place = models.CharField(_("place"), max_length=120, blank=True)
    note = models.TextField(_("note"), blank=True)
    accumulated = AmountField(_("accumulated depreciation"), default=0, editable=False)
    depreciated_until = models.DateField(_("depreciated until"), null=True, editable=False)
    basis_on = models.DateField(_("basis since"), null=True, editable=False, help_text=_("The day from which the present plan counts"))
    basis_accumulated = AmountField(_("accumulated before the basis"), default=0, editable=False)
    basis_months = models.DecimalField(_("life left at the basis"), max_digits=14, decimal_places=8, default=0, editable=False)
    basis_units = QuantityField(_("units left at the basis"), default=0, editable=False)
    bill_line = models.OneToOneField(
        "erp.SupplierBillLine", models.PROTECT, null=True, editable=False, related_name="asset", verbose_name=_("bill line"),
    )
    disposed_on = models.DateField(_("disposed of on"), null=True, editable=False)
    source_key = models.CharField(_("source"), max_length=80, null=True, blank=True, editable=False)  # noqa: DJ001 - unique where known

    class Meta:
        verbose_name = _("asset")
        verbose_name_plural = _("assets")
        ordering = ("-pk",)
        permissions = [
            ("capitalise_asset", "Can place an asset in service"), ("impair_asset", "Can impair an asset"), ("revalue_asset", "Can revalue an asset"),
            ("sell_asset", "Can sell an asset"), ("scrap_asset", "Can scrap an asset"),
        ]
        constraints = [
            models.UniqueConstraint(fields=("company", "number"), name="asset_number_once"),
            models.UniqueConstraint(fields=("company", "source_key"), name="asset_source_once"),
            models.UniqueConstraint(fields=("id", "company"), name="asset_of_company"),
            models.CheckConstraint(
                condition=Q(cost__gt=0) | Q(status__in=("sold", "scrapped"), cost=0), name="asset_has_a_cost",
                violation_error_message=_("An asset costs more than nothing; nothing was saved."),
            ),
            models.CheckConstraint(
                condition=Q(salvage__gte=0, salvage__lte=F("cost")), name="asset_salvage_within_cost",
                violation_error_message=_("The salvage value lies between nothing and the cost; nothing was saved."),
            ),
            models.CheckConstraint(
                condition=Q(accumulated__gte=0, accumulated__lte=F("cost") - F("salvage")), name="asset_accumulated_within_depreciable",
                violation_error_message=_("No asset is depreciated beyond its cost less salvage value; nothing was saved."),
            ),
            models.CheckConstraint(
                condition=Q(opening_accumulated=0) | Q(source="opening", opening_accumulated__gte=0), name="asset_taken_over_with_its_depreciation",
                violation_error_message=_("Only an asset taken over brings depreciation with it; nothing was saved."),
            ),
            models.CheckConstraint(condition=Q(status="draft") | Q(in_service_on__isnull=False, basis_on__isnull=False), name="asset_in_use_has_dates"),
            models.CheckConstraint(
                condition=~Q(method="units") | Q(total_units__gt=0), name="asset_by_units_has_units",
                violation_error_message=_("Depreciation by units needs the units of its whole life; nothing was saved."),
            ),
        ]
        indexes = [models.Index(fields=("company", "status"), name="asset_by_status")]

    def __str__(self) -> str:
        return f"{self.number} {self.name}" if self.number else self.name

    @property
    def book_value(self):
        """Cost less accumulated depreciation, in company currency."""
        return self.cost - self.accumulated


class AssetMovement(CausedRow):
    """What an entry did to an asset: the row of the sub-ledger. `depreciation` is what it adds to the accumulated one."""

    class Kind(models.TextChoices):
        ACQUISITION = "acquisition", _("Placed in service")
        DEPRECIATION = "depreciation", _("Depreciation")
        IMPAIRMENT = "impairment", _("Impairment")
        REVALUATION = "revaluation", _("Revaluation")
        SALE = "sale", _("Sale")
        SCRAPPING = "scrapping", _("Scrapping")

    asset = models.ForeignKey(Asset, models.PROTECT, related_name="movements", verbose_name=_("asset"))
    entry = models.ForeignKey("erp.JournalEntry", models.PROTECT, related_name="asset_movements", verbose_name=_("entry"))
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    moved_on = models.DateField(_("date"))
    cost = AmountField(_("cost"), default=0)
    salvage = AmountField(_("salvage value"), default=0)
    depreciation = AmountField(_("depreciation"), default=0)
    proceeds = AmountField(_("proceeds"), default=0, help_text=_("Of a sale, without tax"))
    invoice = models.ForeignKey("erp.CustomerInvoice", models.PROTECT, null=True, related_name="+", verbose_name=_("invoice"))
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    append_only = True

    class Meta:
        verbose_name = _("asset movement")
        verbose_name_plural = _("asset movements")
        ordering = ("pk",)
        constraints = [models.CheckConstraint(condition=~Q(cost=0) | ~Q(depreciation=0), name="asset_movement_moves_something")]
        indexes = [models.Index(fields=("company", "moved_on"), name="asset_movement_by_day")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.moved_on}"


class AssetUsage(CompanyRow):
    """Units an asset produced, for depreciation by units."""

    asset = models.ForeignKey(Asset, models.PROTECT, related_name="usages", verbose_name=_("asset"))
    used_on = models.DateField(_("date"))
    units = QuantityField(_("units"))
    note = models.CharField(_("note"), max_length=160, blank=True)

    audited = True

    class Meta:
        verbose_name = _("asset usage")
        verbose_name_plural = _("asset usages")
        ordering = ("-used_on", "-pk")
        constraints = [
            models.CheckConstraint(
                condition=Q(units__gt=0), name="asset_usage_positive", violation_error_message=_("Units are above zero; nothing was saved."),
            ),
            models.UniqueConstraint(fields=("asset", "used_on"), name="asset_usage_once_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.asset} {self.used_on}"


class DepreciationRun(Document):
    """The depreciation of a period, for every asset in service, in one entry. One per period; what earlier periods missed is caught up."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        POSTED = "posted", _("Posted")

    status = models.CharField(_("status"), max_length=24, choices=Status, default=Status.DRAFT, editable=False)
    period = models.ForeignKey("kernel.Period", models.PROTECT, related_name="+", verbose_name=_("period"), limit_choices_to=Q(is_closing=False))
    note = models.CharField(_("note"), max_length=200, blank=True)
    amount = AmountField(_("depreciation"), default=0, editable=False)
    asset_count = models.PositiveIntegerField(_("assets"), default=0, editable=False)
    entry = models.OneToOneField("erp.JournalEntry", models.PROTECT, null=True, editable=False, related_name="depreciation_run", verbose_name=_("entry"))

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("depreciation run")
        verbose_name_plural = _("depreciation runs")
        ordering = ("-pk",)
        permissions = [("post_depreciationrun", "Can post a depreciation run")]
        constraints = [
            models.UniqueConstraint(
                fields=("company", "period"), name="depreciation_run_once",
                violation_error_message=_("This period has its depreciation run already; nothing was saved."),
            ),
            models.CheckConstraint(condition=Q(status="draft") | Q(entry__isnull=False), name="depreciation_run_has_entry"),
        ]

    def __str__(self) -> str:
        return self.number or f"{self._meta.verbose_name} {self.period}"
