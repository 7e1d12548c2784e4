from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from suite.kernel.companies.models import CompanyRow
from suite.kernel.money.fields import AmountField


class Party(CompanyRow):
    """A person or organisation we deal with, under one number in every suite."""

    class Kind(models.TextChoices):
        ORGANISATION = "organisation", _("Organisation")
        PERSON = "person", _("Person")

    class TaxTreatment(models.TextChoices):
        DOMESTIC = "domestic", _("Domestic: tax of the product")
        INTRA_COMMUNITY = "intra_community", _("EU business: intra-Community supply")
        REVERSE_CHARGE = "reverse_charge", _("Reverse charge")
        EXPORT = "export", _("Export: no tax")
        EXEMPT = "exempt", _("Exempt customer")

    number = models.CharField(_("number"), max_length=20, blank=True, help_text=_("Empty: the next free one"))
    name = models.CharField(_("name"), max_length=160)
    kind = models.CharField(_("kind"), max_length=14, choices=Kind, default=Kind.ORGANISATION)
    is_customer = models.BooleanField(_("customer"), default=False)
    is_supplier = models.BooleanField(_("supplier"), default=False)
    is_carrier = models.BooleanField(_("carrier"), default=False)
    is_employee = models.BooleanField(_("employee"), default=False)
    is_active = models.BooleanField(_("active"), default=True)
    vat_number = models.CharField(_("VAT number"), max_length=32, blank=True)
    tax_treatment = models.CharField(_("tax treatment"), max_length=16, choices=TaxTreatment, default=TaxTreatment.DOMESTIC)
    fiscal_position = models.ForeignKey(
        "kernel.FiscalPosition", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("fiscal position"),
        help_text=_("Empty: found by country and tax number"),
    )
    withholding_tax = models.ForeignKey(
        "kernel.Tax", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("withholding tax"),
        limit_choices_to=Q(kind="withholding"), help_text=_(
            "Supplier: we keep it back when we pay and owe it to the tax office. Customer: they keep it back, and the tax office owes it to us"),
    )
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    website = models.CharField(_("website"), max_length=200, blank=True)
    language = models.CharField(_("language"), max_length=8, default="en")
    country = models.CharField(_("country"), max_length=60, blank=True, default="")
    payment_term = models.ForeignKey(
        "kernel.PaymentTerm", models.PROTECT, null=True, blank=True, verbose_name=_("payment term"), related_name="+",
    )
    credit_limit = AmountField(_("credit limit"), null=True, blank=True, help_text=_("Empty: no limit"))
    sales_representative = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, verbose_name=_("sales representative"), related_name="+",
        limit_choices_to=Q(is_employee=True),
    )
    reports_to = models.ForeignKey("self", models.PROTECT, null=True, blank=True, verbose_name=_("reports to"), related_name="reports")
    source_key = models.CharField(_("source"), max_length=80, null=True, blank=True, editable=False)  # noqa: DJ001 - unique where known
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    portal_party = "id"
    audited = True

    class Meta:
        verbose_name = _("party")
        verbose_name_plural = _("parties")
        ordering = ("name",)
        constraints = [
            models.UniqueConstraint(fields=("company", "number"), name="party_number_once"),
            models.UniqueConstraint(fields=("company", "source_key"), name="party_source_once"),
            models.CheckConstraint(condition=Q(credit_limit__gte=0) | Q(credit_limit__isnull=True), name="party_credit_limit_positive"),
        ]
        indexes = [models.Index(fields=("company", "name"), name="party_by_name")]

    def __str__(self) -> str:
        return self.name


class Address(CompanyRow):
    """A postal address of a party."""

    class Purpose(models.TextChoices):
        BILLING = "billing", _("Billing")
        SHIPPING = "shipping", _("Shipping")
        BOTH = "both", _("Billing and shipping")

    party = models.ForeignKey(Party, models.CASCADE, related_name="addresses", verbose_name=_("party"))
    purpose = models.CharField(_("used for"), max_length=10, choices=Purpose, default=Purpose.BOTH)
    name = models.CharField(_("addressee"), max_length=160, blank=True)
    street = models.CharField(_("street"), max_length=200, blank=True)
    city = models.CharField(_("city"), max_length=80, blank=True)
    region = models.CharField(_("region"), max_length=80, blank=True)
    postal_code = models.CharField(_("postal code"), max_length=20, blank=True)
    country = models.CharField(_("country"), max_length=60, blank=True)
    is_default = models.BooleanField(_("default"), default=False)

    portal_party = "party_id"
    audited = True

    class Meta:
        verbose_name = _("address")
        verbose_name_plural = _("addresses")
        ordering = ("party", "-is_default", "pk")
        constraints = [
            models.UniqueConstraint(fields=("party", "purpose"), condition=Q(is_default=True), name="one_default_address_per_purpose"),
        ]

    def __str__(self) -> str:
        return ", ".join(part for part in (self.name, self.street, f"{self.postal_code} {self.city}".strip(), self.country) if part)

    @property
    def lines(self) -> list[str]:
        """The address as printed, one line an element."""
        place = " ".join(part for part in (self.postal_code, self.city) if part)
        return [part for part in (self.name or self.party.name, *self.street.splitlines(), place, self.region, self.country) if part]


class ContactPoint(CompanyRow):
    """A person to speak to at a party, with how to reach them."""

    party = models.ForeignKey(Party, models.CASCADE, related_name="contacts", verbose_name=_("party"))
    name = models.CharField(_("name"), max_length=120)
    job_title = models.CharField(_("job title"), max_length=80, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    is_primary = models.BooleanField(_("primary"), default=False)

    portal_party = "party_id"
    audited = True

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        ordering = ("party", "-is_primary", "name")
        constraints = [models.UniqueConstraint(fields=("party",), condition=Q(is_primary=True), name="one_primary_contact")]

    def __str__(self) -> str:
        return self.name
