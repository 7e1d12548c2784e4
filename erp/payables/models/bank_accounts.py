from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from suite.kernel.documents.models import Document


class SupplierBankAccount(Document):
    """Where a supplier is paid. One person enters it, another vouches for it; approved it never changes: a change is a new one."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("Waits for a second person")
        APPROVED = "approved", _("Approved")
        RETIRED = "retired", _("Retired")

    status = models.CharField(_("status"), max_length=24, choices=Status, default=Status.DRAFT, editable=False)
    supplier = models.ForeignKey(
        "kernel.Party", models.PROTECT, related_name="+", verbose_name=_("supplier"), limit_choices_to=Q(is_supplier=True),
    )
    holder = models.CharField(_("account holder"), max_length=70)
    iban = models.CharField(_("IBAN"), max_length=34)
    bic = models.CharField(_("BIC"), max_length=11, blank=True)
    changed_by = models.ForeignKey("kernel.User", models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("entered by"))
    approved_by = models.ForeignKey("kernel.User", models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("approved by"))
    approved_at = models.DateTimeField(_("approved at"), null=True, editable=False)

    portal_party = "supplier_id"

    class Meta:
        verbose_name = _("supplier bank account")
        verbose_name_plural = _("supplier bank accounts")
        ordering = ("supplier", "-pk")
        permissions = [
            ("approve_supplierbankaccount", "Can approve a supplier's bank account"),
            ("retire_supplierbankaccount", "Can retire a supplier's bank account"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=("company", "supplier", "iban"), condition=~Q(status="retired"), name="supplier_iban_once",
                violation_error_message=_("The supplier has this account already."),
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | (Q(changed_by__isnull=False, created_by__isnull=False)
                                                        & ~Q(approved_by=F("changed_by")) & ~Q(approved_by=F("created_by"))),
                name="supplier_iban_four_eyes",
            ),
            models.CheckConstraint(condition=~Q(status="approved") | Q(approved_by__isnull=False), name="approved_supplier_iban_has_approver"),
        ]

    def __str__(self) -> str:
        return f"{self.iban} ({self.holder})"
