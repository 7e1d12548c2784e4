from django.db import models
from django.utils.translation import gettext_lazy as _

from suite.kernel.companies.models import CompanyRow


class Site(CompanyRow):
    """A place of the company: warehouse, plant, office."""

    code = models.CharField(_("code"), max_length=12)
    name = models.CharField(_("name"), max_length=80)
    address = models.TextField(_("address"), blank=True)
    timezone = models.CharField(_("time zone"), max_length=40, default="UTC")
    calendar = models.ForeignKey(
        "kernel.WorkCalendar", models.PROTECT, null=True, blank=True, verbose_name=_("working calendar"), related_name="+",
    )

    audited = True

    class Meta:
        verbose_name = _("site")
        verbose_name_plural = _("sites")
        ordering = ("code",)
        constraints = [models.UniqueConstraint(fields=("company", "code"), name="site_code_once")]

    def __str__(self) -> str:
        return self.name
