from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from suite.access.querysets import ScopedQuerySet
from suite.kernel.companies.models import CausedRow, CompanyRow


class Document(CausedRow):
    """A numbered business record that moves through statuses by transitions only. Subclasses name their `Status` choices."""

    number = models.CharField(_("number"), max_length=40, null=True, editable=False)  # noqa: DJ001 - legal numbers come at posting
    status = models.CharField(_("status"), max_length=24, editable=False)
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    created_by = models.ForeignKey("kernel.User", models.PROTECT, null=True, editable=False, verbose_name=_("created by"), related_name="+")

    objects = ScopedQuerySet.as_manager()
    audited = True

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.number or f"{capfirst(str(self._meta.verbose_name))} #{self.pk}"

    @property
    def key(self) -> str:
        """How other suites name this document: "crm.order:42"."""
        return f"{self._meta.label_lower}:{self.pk}"


class DocumentLine(CompanyRow):
    """A line of a document; `position` is what is printed."""

    position = models.PositiveIntegerField(_("position"), default=1)

    class Meta:
        abstract = True

    @property
    def key(self) -> str:
        """How other suites name this line: "crm.orderline:77"."""
        return f"{self._meta.label_lower}:{self.pk}"


class IdempotencyKey(CompanyRow):
    """A request that was answered; asking again with the same key gives the same answer and does nothing."""

    actor = models.ForeignKey("kernel.User", models.PROTECT, related_name="+", verbose_name=_("by"))
    key = models.CharField(_("key"), max_length=255)
    request_hash = models.CharField(_("request"), max_length=64)
    answer = models.JSONField(_("answer"), null=True)
    at = models.DateTimeField(_("at"), auto_now_add=True)

    class Meta:
        verbose_name = _("idempotency key")
        verbose_name_plural = _("idempotency keys")
        constraints = [models.UniqueConstraint(fields=("company", "actor", "key"), name="idempotency_key_once")]
        indexes = [models.Index(fields=("at",), name="idempotency_key_age")]

    def __str__(self) -> str:
        return self.key
