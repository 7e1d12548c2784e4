from django.db import models
from django.utils.translation import gettext_lazy as _

from suite.kernel.companies.models import CompanyRow


class CustomerTerms(CompanyRow):
    """What sales agreed with a customer: price list, where goods leave from. Payment term and credit limit are the party's own."""

    party = models.OneToOneField("kernel.Party", models.CASCADE, related_name="customer_terms", verbose_name=_("customer"))
    price_list = models.ForeignKey(
        "crm.PriceList", models.PROTECT, null=True, blank=True, related_name="customers", verbose_name=_("price list"),
        help_text=_("Empty: the company's default"),
    )
    site = models.ForeignKey(
        "kernel.Site", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("ships from"),
        help_text=_("Empty: the company's first site"),
    )
    notes = models.TextField(_("notes for sales"), blank=True)
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    portal_party = "party_id"
    audited = True

    class Meta:
        verbose_name = _("customer terms")
        verbose_name_plural = _("customer terms")

    def __str__(self) -> str:
        return str(self.party)
