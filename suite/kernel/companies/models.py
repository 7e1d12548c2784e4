from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from suite.access.querysets import ScopedQuerySet
from suite.kernel.companies.cause import current_cause


class CompanyQuerySet(models.QuerySet):
    def visible_to(self, user, action: str = "view"):
        """The companies a member of staff belongs to."""
        if not getattr(user, "is_authenticated", False) or user.party_id is not None:
            return self.none()
        return self.filter(models.Q(pk__in=user.companies.values("pk")) | models.Q(pk=user.company_id))


class Company(models.Model):
    """A legal entity with its own books, in one currency."""

    class CogsPolicy(models.TextChoices):
        AT_INVOICE = "at_invoice", _("With the invoice (through goods shipped, not invoiced)")
        AT_SHIPMENT = "at_shipment", _("With the shipment")

    class InvoicePolicy(models.TextChoices):
        AT_DISPATCH = "at_dispatch", _("When goods leave")
        AT_ORDER = "at_order", _("When the order is confirmed")
        MANUAL = "manual", _("By a clerk")

    class RevenuePoint(models.TextChoices):
        DISPATCH = "dispatch", _("Dispatch")
        DELIVERY = "delivery", _("Delivery")

    class RevalGains(models.TextChoices):
        ALL = "all", _("All")
        WITHIN_ONE_YEAR = "within_one_year", _("Of what falls due within one year")

    class TaxPoint(models.TextChoices):
        INVOICE = "invoice", _("With the invoice")
        SUPPLY = "supply", _("With the supply")
        PAYMENT = "payment", _("On payment")

    class TaxRounding(models.TextChoices):
        PER_GROUP = "per_tax_group", _("Per tax rate of the document")
        PER_LINE = "per_line", _("Per line")

    code = models.CharField(_("code"), max_length=12, unique=True, validators=[RegexValidator(r"^[A-Z0-9-]+$")])
    name = models.CharField(_("name"), max_length=120)
    currency = models.ForeignKey("kernel.Currency", models.PROTECT, verbose_name=_("currency"), related_name="+")
    country = models.CharField(_("country"), max_length=2, default="DE", help_text=_("ISO 3166 code"))
    vat_number = models.CharField(_("VAT number"), max_length=32, blank=True)
    address = models.TextField(_("address"), blank=True, help_text=_("As printed on documents"))
    street = models.CharField(_("street"), max_length=200, blank=True, help_text=_("Of the registered office, as e-invoices state it"))
    postal_code = models.CharField(_("postal code"), max_length=20, blank=True)
    city = models.CharField(_("city"), max_length=80, blank=True)
    registration_number = models.CharField(_("registration number"), max_length=60, blank=True, help_text=_("Trade register, as in HRB 12345"))
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    iban = models.CharField(_("IBAN"), max_length=34, blank=True, help_text=_("Printed on invoices"))
    bic = models.CharField(_("BIC"), max_length=11, blank=True)
    timezone = models.CharField(_("time zone"), max_length=40, default="UTC")
    cogs_policy = models.CharField(_("cost of goods sold is booked"), max_length=12, choices=CogsPolicy, default=CogsPolicy.AT_INVOICE)
    invoice_policy = models.CharField(_("invoices are posted"), max_length=12, choices=InvoicePolicy, default=InvoicePolicy.AT_DISPATCH)
    revenue_point = models.CharField(
        _("revenue counts at"), max_length=10, choices=RevenuePoint, default=RevenuePoint.DISPATCH, help_text=_(
            "Delivery: an invoice for goods still under way stands on deferred revenue; revenue and cost are booked when the goods arrive"),
    )
    reval_gains = models.CharField(
        _("unrealised exchange gains"), max_length=16, choices=RevalGains, default=RevalGains.ALL, help_text=_(
            "Within one year: at the end of a period, gains on what falls due later than a year after it are not booked (losses are)"),
    )
    tax_point = models.CharField(
        _("tax falls due"), max_length=8, choices=TaxPoint, default=TaxPoint.INVOICE, help_text=_(
            "On payment: tax of invoices and bills waits on an account of its own and falls due as they are paid. A tax code may say otherwise"),
    )
    advance_tax = models.ForeignKey(
        "kernel.Tax", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("tax in advances received"), help_text=_(
            "Where advances are taxed: the tax that a payment before the invoice contains. Empty: advances are not taxed"),
    )
    tax_rounding = models.CharField(_("tax is rounded"), max_length=14, choices=TaxRounding, default=TaxRounding.PER_GROUP)
    einvoice_check = models.BooleanField(_("invoices are checked against EN 16931"), default=False, help_text=_(
        "Before it gets its number, every invoice and credit note must pass the official rules for electronic invoices"))
    accrues_freight = models.BooleanField(_("freight is booked when goods leave"), default=False, help_text=_(
        "The carrier's rate is cost on the day of dispatch and waits for the carrier's bill"))
    payment_tolerance = models.DecimalField(
        _("payment tolerance"), max_digits=8, decimal_places=2, default=0,
        help_text=_("A payment that differs by at most this much settles the invoice; the difference goes to rounding"),
    )
    over_delivery_percent = models.DecimalField(_("over-delivery allowed (%)"), max_digits=5, decimal_places=2, default=0)
    lead_days = models.PositiveSmallIntegerField(_("handling days"), default=1, help_text=_("Working days between order and dispatch"))

    objects = CompanyQuerySet.as_manager()
    audited = True

    class Meta:
        verbose_name = _("company")
        verbose_name_plural = _("companies")
        ordering = ("code",)

    def __str__(self) -> str:
        return self.name


class CompanyRow(models.Model):
    """A row that belongs to one company and is seen only there."""

    company = models.ForeignKey("kernel.Company", models.PROTECT, verbose_name=_("company"), related_name="+", editable=False)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        abstract = True


class CausedRow(CompanyRow):
    """A row that may be the effect of an event; `cause` is that event's id (the trace reads it)."""

    cause = models.BigIntegerField(_("cause"), null=True, editable=False, db_index=True, default=current_cause)

    class Meta:
        abstract = True


class Branch(CompanyRow):
    """A place of business of a company, for scoping and printing."""

    code = models.CharField(_("code"), max_length=12)
    name = models.CharField(_("name"), max_length=120)

    audited = True

    class Meta:
        verbose_name = _("branch")
        verbose_name_plural = _("branches")
        constraints = [models.UniqueConstraint(fields=("company", "code"), name="branch_code_once")]

    def __str__(self) -> str:
        return self.name
