from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from suite.kernel.companies.models import CompanyRow


class OutgoingMail(CompanyRow):
    """A mail on its way: what it says and to whom never changes, only how far it has come. Its id on the wire makes a repeated try the same mail."""

    class Status(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        SENDING = "sending", _("Being sent")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Given up")

    content_type = models.ForeignKey(ContentType, models.PROTECT, related_name="+", verbose_name=_("kind"))
    object_id = models.BigIntegerField(_("record"))
    record = GenericForeignKey("content_type", "object_id")
    record_name = models.CharField(_("sent from"), max_length=80)
    to = models.EmailField(_("to"))
    subject = models.CharField(_("subject"), max_length=200)
    body = models.TextField(_("text"))
    attachment = models.ForeignKey("kernel.Attachment", models.PROTECT, null=True, related_name="+", verbose_name=_("attachment"))
    message_id = models.CharField(_("id on the wire"), max_length=120, unique=True)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.WAITING)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    next_at = models.DateTimeField(_("next try"), null=True)
    error = models.CharField(_("last error"), max_length=200, blank=True)
    author = models.ForeignKey("kernel.User", models.PROTECT, null=True, related_name="+", verbose_name=_("by"))
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    sent_at = models.DateTimeField(_("sent at"), null=True)

    audited = True
    database_privileges = "SELECT, INSERT, UPDATE"

    class Meta:
        verbose_name = _("outgoing mail")
        verbose_name_plural = _("outgoing mails")
        ordering = ("-pk",)
        constraints = [
            models.CheckConstraint(
                condition=Q(status="sent", sent_at__isnull=False) | ~Q(status="sent") & Q(sent_at__isnull=True), name="sent_mail_has_a_time",
            ),
        ]
        indexes = [
            models.Index(fields=("next_at",), condition=Q(status__in=("waiting", "sending")), name="mail_to_send"),
            models.Index(fields=("content_type", "object_id"), name="mail_of_record"),
        ]

    def __str__(self) -> str:
        return f"{self.subject} ({self.to})"
