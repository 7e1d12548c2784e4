from django.db import models
from django.utils.translation import gettext_lazy as _

from suite.kernel.companies.models import CompanyRow


class KnownEntry(CompanyRow):
    """Since when the books know a posted entry (docs/decisions/0006). Written by the database when the entry is sealed."""

    entry = models.OneToOneField("erp.JournalEntry", models.PROTECT, primary_key=True, db_constraint=False, related_name="known")
    known_at = models.DateTimeField(_("known since"))

    machine_kept = True

    class Meta:
        verbose_name = _("known entry")
        verbose_name_plural = _("known entries")
        indexes = [models.Index(fields=("company", "known_at"), include=("entry",), name="entry_known_since")]

    def __str__(self) -> str:
        return f"{self.entry_id}: {self.known_at}"


class KnownAllocation(CompanyRow):
    """Since when the books know that one item settles another. Written by the database when the allocation is made."""

    allocation = models.OneToOneField("erp.Allocation", models.PROTECT, primary_key=True, db_constraint=False, related_name="known")
    known_at = models.DateTimeField(_("known since"))

    machine_kept = True

    class Meta:
        verbose_name = _("known allocation")
        verbose_name_plural = _("known allocations")
        indexes = [models.Index(fields=("company", "known_at"), include=("allocation",), name="allocation_known_since")]

    def __str__(self) -> str:
        return f"{self.allocation_id}: {self.known_at}"
