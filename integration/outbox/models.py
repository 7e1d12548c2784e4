import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from suite.access.querysets import ScopedQuerySet
from suite.kernel.companies.models import CompanyRow


class Event(CompanyRow):
    """A fact, written in the transaction that made it true. Its id is the `cause` of the rows that follow from it; it never changes."""

    id = models.BigIntegerField(primary_key=True)
    uid = models.UUIDField(_("uid"), unique=True, default=uuid.uuid4, editable=False)
    type = models.CharField(_("type"), max_length=80)
    aggregate = models.CharField(_("kind of document"), max_length=40)
    aggregate_id = models.BigIntegerField(_("document"))
    seq = models.PositiveIntegerField(_("sequence"))
    payload = models.JSONField(_("payload"), default=dict)
    actor = models.ForeignKey("kernel.User", models.PROTECT, null=True, related_name="+", verbose_name=_("by"))
    trace_parent = models.CharField(_("trace"), max_length=55, blank=True)
    causation_id = models.BigIntegerField(_("caused by event"), null=True, db_index=True)
    created = models.DateTimeField(_("at"), default=timezone.now)

    objects = ScopedQuerySet.as_manager()
    append_only = True

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ("-created", "-id")
        constraints = [models.UniqueConstraint(fields=("aggregate", "aggregate_id", "seq"), name="event_in_order")]

    def __str__(self) -> str:
        return f"{self.type} {self.aggregate}:{self.aggregate_id}"

    @property
    def document_key(self) -> str:
        """The document the fact is about: "crm.order:42"."""
        return f"{self.aggregate}:{self.aggregate_id}"

    document_key.fget.short_description = _("document")


class Delivery(models.Model):
    """One event for one consumer: outbox and inbox in one row. `next_at` doubles as the lease of whoever works on it."""

    class Status(models.IntegerChoices):
        PENDING = 0, _("Waiting")
        DONE = 1, _("Done")
        DEAD = 2, _("Needs a person")
        SKIPPED = 3, _("Skipped")

    event = models.ForeignKey(Event, models.PROTECT, related_name="deliveries", verbose_name=_("event"))
    handler = models.CharField(_("consumer"), max_length=60)
    aggregate_key = models.CharField(_("document"), max_length=60)
    seq = models.PositiveIntegerField(_("sequence"))
    status = models.SmallIntegerField(_("status"), choices=Status, default=Status.PENDING)
    attempts = models.PositiveSmallIntegerField(_("tries"), default=1)
    next_at = models.DateTimeField(_("next try"))
    last_error = models.TextField(_("last error"), blank=True)
    first_failed_at = models.DateTimeField(_("first failed"), null=True)
    done_at = models.DateTimeField(_("done"), null=True)

    objects = ScopedQuerySet.as_manager()
    company_path = "event__company_id"

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        ordering = ("-id",)
        permissions = [("replay_delivery", "Can replay a delivery"), ("skip_delivery", "Can skip a delivery")]
        constraints = [models.UniqueConstraint(fields=("event", "handler"), name="delivery_once_per_consumer")]
        indexes = [
            models.Index(fields=("next_at", "id"), condition=Q(status=0), name="delivery_due"),
            models.Index(fields=("handler", "aggregate_key", "seq"), condition=Q(status__in=(0, 2)), name="delivery_in_order"),
            models.Index(fields=("aggregate_key",), name="delivery_of_document"),
            models.Index(fields=("-id",), condition=Q(status=2), name="delivery_dead"),
        ]

    def __str__(self) -> str:
        return f"{self.handler}: {self.aggregate_key}"

    @property
    def milliseconds(self) -> float | None:
        """From the event to done."""
        return (self.done_at - self.event.created).total_seconds() * 1000 if self.done_at else None


class Replay(CompanyRow):
    """Who had deliveries tried again or skipped, and why."""

    actor = models.ForeignKey("kernel.User", models.PROTECT, related_name="+", verbose_name=_("by"))
    action = models.CharField(_("action"), max_length=10)
    reason = models.CharField(_("reason"), max_length=200)
    delivery_ids = models.JSONField(_("deliveries"))
    at = models.DateTimeField(_("at"), auto_now_add=True)

    append_only = True

    class Meta:
        verbose_name = _("replay")
        verbose_name_plural = _("replays")
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.action}: {self.reason}"


class JobRun(models.Model):
    """A periodic job in one period, claimed by whoever inserts the row first: two beats do no harm, a late one catches up."""

    job = models.CharField(_("job"), max_length=60)
    period_start = models.DateTimeField(_("period"))
    started_at = models.DateTimeField(_("started"), auto_now_add=True)
    finished_at = models.DateTimeField(_("finished"), null=True)
    result = models.CharField(_("result"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("job run")
        verbose_name_plural = _("job runs")
        ordering = ("-id",)
        constraints = [models.UniqueConstraint(fields=("job", "period_start"), name="job_once_per_period")]

    def __str__(self) -> str:
        return f"{self.job} {self.period_start}"
