from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from suite.access.querysets import ScopedQuerySet
from suite.kernel.companies.models import CompanyRow


class BulkRun(CompanyRow):
    """One action that somebody started on many rows. The counts follow row by row."""

    class Status(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Under way")
        FINISHED = "finished", _("Finished")
        STOPPED = "stopped", _("Stopped")

    actor = models.ForeignKey("kernel.User", models.PROTECT, related_name="+", verbose_name=_("by"))
    resource = models.CharField(_("kind of rows"), max_length=80)
    action = models.CharField(_("action"), max_length=40)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.WAITING)
    total = models.PositiveIntegerField(_("rows"))
    done = models.PositiveIntegerField(_("done"), default=0)
    failed = models.PositiveIntegerField(_("refused"), default=0)
    created = models.DateTimeField(_("started"), auto_now_add=True)
    touched_at = models.DateTimeField(_("last sign of life"), auto_now_add=True)
    finished_at = models.DateTimeField(_("finished"), null=True)

    class Meta:
        verbose_name = _("bulk action")
        verbose_name_plural = _("bulk actions")
        ordering = ("-id",)
        indexes = [
            models.Index(fields=("actor", "-id"), name="bulk_run_of_actor"),
            models.Index(fields=("touched_at",), condition=Q(status__in=("waiting", "running")), name="bulk_run_unfinished"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.resource} ({self.total})"

    @property
    def is_under_way(self) -> bool:
        return self.status in {self.Status.WAITING, self.Status.RUNNING}

    @property
    def share(self) -> int:
        """How much has been tried, 0 to 100."""
        return round(100 * (self.done + self.failed) / self.total) if self.total else 100


class BulkRow(models.Model):
    """One row of a bulk action with what became of it."""

    class Status(models.IntegerChoices):
        WAITING = 0, _("Waiting")
        DONE = 1, _("Done")
        REFUSED = 2, _("Refused")

    run = models.ForeignKey(BulkRun, models.CASCADE, related_name="rows", verbose_name=_("bulk action"))
    position = models.PositiveIntegerField(_("position"))
    record_key = models.CharField(_("record"), max_length=40)
    label = models.CharField(_("name"), max_length=200)
    status = models.SmallIntegerField(_("status"), choices=Status, default=Status.WAITING)
    message = models.TextField(_("why"), blank=True)
    hint = models.TextField(_("what to do"), blank=True)

    objects = ScopedQuerySet.as_manager()
    company_path = "run__company_id"

    class Meta:
        verbose_name = _("row of a bulk action")
        verbose_name_plural = _("rows of bulk actions")
        ordering = ("position",)
        constraints = [models.UniqueConstraint(fields=("run", "position"), name="bulk_row_once")]

    def __str__(self) -> str:
        return self.label
