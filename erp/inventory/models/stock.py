from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from suite.kernel.companies.models import CausedRow, CompanyRow
from suite.kernel.money.fields import AmountField, PriceField, QuantityField


class StockLevel(CompanyRow):
    """On hand and reserved of a product at a location, per lot. Kept by the database from moves and reservations (I6, I7)."""

    product = models.ForeignKey("kernel.Product", models.PROTECT, related_name="+", verbose_name=_("product"))
    location = models.ForeignKey("erp.Location", models.PROTECT, related_name="+", verbose_name=_("location"))
    lot = models.ForeignKey("erp.Lot", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("lot"))
    on_hand = QuantityField(_("on hand"), default=0)
    reserved = QuantityField(_("reserved"), default=0)
    allow_negative = models.BooleanField(_("may go below zero"), default=False, editable=False)

    machine_kept = True

    class Meta:
        verbose_name = _("stock level")
        verbose_name_plural = _("stock levels")
        ordering = ("product", "location", "pk")
        constraints = [
            models.UniqueConstraint(fields=("product", "location", "lot"), name="stock_level_once", nulls_distinct=False),
            models.CheckConstraint(
                condition=Q(on_hand__gte=0) | Q(allow_negative=True), name="stock_not_negative",
                violation_error_message=_("There is not enough on hand; nothing was moved. Count the stock or choose another location."),
            ),
            models.CheckConstraint(
                condition=Q(reserved=0) | Q(reserved__gt=0, reserved__lte=F("on_hand")), name="stock_reserved_within_on_hand",
                violation_error_message=_("This stock is reserved for orders; nothing was moved. Release a reservation first."),
            ),
        ]
        indexes = [models.Index(fields=("company", "product"), name="stock_level_of_product")]

    def __str__(self) -> str:
        return f"{self.product} @ {self.location}: {self.on_hand.normalize():f}"

    @property
    def available(self):
        """On hand and not promised to anybody."""
        return max(self.on_hand - self.reserved, 0)


class StockMove(CausedRow):
    """Goods that came to (positive) or left (negative) a location. Never changed: a mistake is moved back."""

    class Kind(models.TextChoices):
        OPENING = "opening", _("Opening stock")
        RECEIPT = "receipt", _("Receipt")
        ISSUE = "issue", _("Goods issue")
        RETURN = "return", _("Return")
        COUNT = "count", _("Count difference")
        SCRAP = "scrap", _("Scrap")
        TRANSFER = "transfer", _("Transfer")

    product = models.ForeignKey("kernel.Product", models.PROTECT, db_index=False, related_name="+", verbose_name=_("product"))
    location = models.ForeignKey("erp.Location", models.PROTECT, related_name="+", verbose_name=_("location"))
    lot = models.ForeignKey("erp.Lot", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("lot"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    quantity = QuantityField(_("quantity"))
    effective_at = models.DateTimeField(_("happened at"))
    ledger_date = models.DateField(_("date in the books"))
    entry = models.ForeignKey("erp.JournalEntry", models.PROTECT, null=True, related_name="stock_moves", verbose_name=_("entry"))
    document_key = models.CharField(_("document"), max_length=60)
    line_key = models.CharField(_("line"), max_length=60, blank=True)
    actor = models.ForeignKey("kernel.User", models.PROTECT, null=True, related_name="+", verbose_name=_("by"))
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    append_only = True

    class Meta:
        verbose_name = _("stock move")
        verbose_name_plural = _("stock moves")
        ordering = ("-pk",)
        constraints = [models.CheckConstraint(condition=~Q(quantity=0), name="stock_move_has_a_quantity")]
        indexes = [
            models.Index(fields=("product", "location", "-id"), name="stock_move_of_level"),
            models.Index(fields=("document_key",), name="stock_move_of_document"),
            models.Index(fields=("company", "line_key"), condition=~Q(line_key=""), name="stock_move_of_line"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.quantity.normalize():f} {self.product}"


class CostLayer(CompanyRow):
    """What stock cost: one layer per receipt (FIFO, standard, lots), or one pool per product and warehouse (average). Kept from stock values.

    An owed layer is what left before it came, below zero until the next receipt. A layer kept for a document (goods in transit)
    is used by that document only.
    """

    product = models.ForeignKey("kernel.Product", models.PROTECT, related_name="+", verbose_name=_("product"))
    warehouse = models.ForeignKey("erp.Warehouse", models.PROTECT, related_name="+", verbose_name=_("warehouse"))
    account = models.ForeignKey("erp.Account", models.PROTECT, related_name="+", verbose_name=_("inventory account"))
    lot = models.ForeignKey("erp.Lot", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("lot"))
    is_pool = models.BooleanField(_("pool"), default=False)
    is_owed = models.BooleanField(_("owed"), default=False, help_text=_("Left before it came; the next receipt makes it good"))
    kept_for = models.CharField(_("kept for"), max_length=60, blank=True)
    received_on = models.DateField(_("received on"))
    unit_cost = PriceField(_("unit cost"), default=0)
    remaining_quantity = QuantityField(_("remaining quantity"), default=0)
    remaining_value = AmountField(_("remaining value"), default=0)

    append_only = True

    class Meta:
        verbose_name = _("cost layer")
        verbose_name_plural = _("cost layers")
        ordering = ("product", "warehouse", "received_on", "pk")
        constraints = [
            models.UniqueConstraint(fields=("product", "warehouse", "account"), condition=Q(is_pool=True), name="one_cost_pool"),
            models.UniqueConstraint(
                fields=("product", "warehouse", "account", "lot"), condition=Q(is_owed=True), name="one_owed_layer", nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(is_owed=False, remaining_quantity__gte=0, remaining_value__gte=0)
                | Q(is_owed=True, remaining_quantity__lte=0, remaining_value__lte=0),
                name="cost_layer_not_negative",
            ),
            models.CheckConstraint(condition=~Q(remaining_quantity=0) | Q(remaining_value=0), name="empty_cost_layer_has_no_value"),
        ]
        indexes = [
            models.Index(fields=("product", "warehouse", "received_on", "id"), condition=~Q(remaining_quantity=0), name="cost_layer_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.product}: {self.remaining_quantity.normalize():f}"


class StockValue(CausedRow):
    """Value that an entry put into (positive) or took out of (negative) a layer. The values of an entry equal its inventory lines (I8).

    Without an entry they move inside one account and sum to nothing. `line_key` is the line whose goods these are: a return carries
    the line that issued them, so the sum per line is what it still has out.
    """

    layer = models.ForeignKey(CostLayer, models.PROTECT, related_name="values", verbose_name=_("layer"))
    move = models.ForeignKey(StockMove, models.PROTECT, null=True, blank=True, related_name="values", verbose_name=_("move"))
    entry = models.ForeignKey(
        "erp.JournalEntry", models.PROTECT, null=True, blank=True, related_name="stock_values", verbose_name=_("entry"),
    )
    account = models.ForeignKey("erp.Account", models.PROTECT, related_name="+", verbose_name=_("inventory account"))
    product = models.ForeignKey("kernel.Product", models.PROTECT, related_name="+", verbose_name=_("product"))
    warehouse = models.ForeignKey("erp.Warehouse", models.PROTECT, related_name="+", verbose_name=_("warehouse"))
    ledger_date = models.DateField(_("date"))
    quantity = QuantityField(_("quantity"))
    value = AmountField(_("value"))
    line_key = models.CharField(_("line"), max_length=60, blank=True)

    append_only = True

    class Meta:
        verbose_name = _("stock value")
        verbose_name_plural = _("stock values")
        ordering = ("pk",)
        indexes = [models.Index(fields=("company", "line_key"), condition=~Q(line_key=""), name="stock_value_of_line")]

    def __str__(self) -> str:
        return f"{self.quantity} = {self.value}"
