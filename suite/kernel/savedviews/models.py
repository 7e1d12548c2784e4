from django.db import models
from django.utils.translation import gettext_lazy as _

from suite.kernel.companies.models import CompanyRow


class SavedView(CompanyRow):
    """A named query of one list: the address's query string, columns included."""

    owner = models.ForeignKey("kernel.User", models.CASCADE, related_name="+", verbose_name=_("owner"), editable=False)
    resource = models.CharField(_("list"), max_length=80, editable=False)
    name = models.CharField(_("name"), max_length=60)
    query = models.CharField(_("query"), max_length=2000, blank=True)
    is_shared = models.BooleanField(_("shared with colleagues"), default=False)

    class Meta:
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        ordering = ("name",)
        constraints = [models.UniqueConstraint(fields=("owner", "resource", "name"), name="saved_view_name_once")]

    def __str__(self) -> str:
        return self.name
