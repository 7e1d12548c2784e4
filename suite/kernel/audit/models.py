from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils.translation import gettext_lazy as _

from suite.access.querysets import ScopedQuerySet
from suite.kernel.companies.models import CompanyRow


class RowChange(models.Model):
    """One insert, update or delete of an audited row, written by the database itself, whoever wrote and by whatever way."""

    company_id = models.BigIntegerField(_("company"), null=True)
    table_name = models.CharField(_("table"), max_length=63)
    row_id = models.CharField(_("row"), max_length=40)
    operation = models.CharField(_("operation"), max_length=6)
    actor_id = models.BigIntegerField(_("actor"), null=True)
    trace = models.CharField(_("trace"), max_length=55, blank=True)
    at = models.DateTimeField(_("at"))
    before = models.JSONField(_("before"), null=True)
    after = models.JSONField(_("after"), null=True)

    objects = ScopedQuerySet.as_manager()
    machine_kept = True

    class Meta:
        verbose_name = _("row change")
        verbose_name_plural = _("row changes")
        indexes = [models.Index(fields=("table_name", "row_id", "id"), name="row_change_of_row")]

    def __str__(self) -> str:
        return f"{self.operation} {self.table_name} {self.row_id}"


class StatusChange(CompanyRow):
    """A transition that happened: one row per document and version."""

    content_type = models.ForeignKey(ContentType, models.PROTECT, related_name="+", verbose_name=_("kind"))
    object_id = models.BigIntegerField(_("document"))
    action = models.CharField(_("action"), max_length=40)
    before = models.CharField(_("before"), max_length=24)
    after = models.CharField(_("after"), max_length=24)
    version = models.PositiveIntegerField(_("version"))
    actor = models.ForeignKey("kernel.User", models.PROTECT, null=True, related_name="+", verbose_name=_("by"))
    trace = models.CharField(_("trace"), max_length=55, blank=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    at = models.DateTimeField(_("at"), auto_now_add=True)

    append_only = True

    class Meta:
        verbose_name = _("status change")
        verbose_name_plural = _("status changes")
        ordering = ("-id",)
        constraints = [models.UniqueConstraint(fields=("content_type", "object_id", "action", "version"), name="status_change_once")]

    def __str__(self) -> str:
        return f"{self.action}: {self.before} > {self.after}"


class AuditEvent(models.Model):
    """What is not a change of a row: sign-in, refusal, export, reading of sensitive data."""

    company = models.ForeignKey("kernel.Company", models.PROTECT, null=True, related_name="+", verbose_name=_("company"))
    actor = models.ForeignKey("kernel.User", models.PROTECT, null=True, related_name="+", verbose_name=_("by"))
    kind = models.CharField(_("kind"), max_length=40)
    subject = models.CharField(_("subject"), max_length=120, blank=True)
    detail = models.JSONField(_("detail"), default=dict)
    address = models.GenericIPAddressField(_("address"), null=True)
    request_id = models.CharField(_("request"), max_length=40, blank=True)
    at = models.DateTimeField(_("at"), auto_now_add=True)

    objects = ScopedQuerySet.as_manager()
    append_only = True

    class Meta:
        verbose_name = _("audit event")
        verbose_name_plural = _("audit events")
        ordering = ("-id",)
        indexes = [models.Index(fields=("company", "-id"), name="audit_event_newest")]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"
