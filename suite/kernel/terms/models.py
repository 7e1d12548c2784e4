from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from suite.kernel.companies.models import CompanyRow


class PaymentTerm(CompanyRow):
    """When invoices are due; with an early-payment discount where one is granted."""

    code = models.CharField(_("code"), max_length=20)
    name = models.CharField(_("name"), max_length=80)
    discount_percent = models.DecimalField(_("early payment discount (%)"), max_digits=5, decimal_places=2, default=0)
    discount_days = models.PositiveSmallIntegerField(_("discount within (days)"), default=0)
    discount_reduces_tax = models.BooleanField(_("discount reduces the tax base"), default=False)

    audited = True

    class Meta:
        verbose_name = _("payment term")
        verbose_name_plural = _("payment terms")
        ordering = ("code",)
        constraints = [models.UniqueConstraint(fields=("company", "code"), name="payment_term_code_once")]

    def __str__(self) -> str:
        return self.name


class PaymentTermShare(CompanyRow):
    """One instalment of a term."""

    term = models.ForeignKey(PaymentTerm, models.CASCADE, related_name="shares", verbose_name=_("term"))
    position = models.PositiveSmallIntegerField(_("position"), default=1)
    percent = models.DecimalField(_("share (%)"), max_digits=5, decimal_places=2, default=100)
    days = models.PositiveSmallIntegerField(_("days"), default=30)
    end_of_month = models.BooleanField(_("end of month"), default=False)

    audited = True

    class Meta:
        verbose_name = _("instalment")
        verbose_name_plural = _("instalments")
        ordering = ("term", "position")
        constraints = [models.CheckConstraint(condition=Q(percent__gt=0), name="payment_term_share_positive")]

    def __str__(self) -> str:
        return f"{self.percent} % / {self.days}"
