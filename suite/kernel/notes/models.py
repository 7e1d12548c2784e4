from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils.translation import gettext_lazy as _

from suite.kernel.companies.models import CompanyRow


class Note(CompanyRow):
    """A remark on a record, seen by whoever may see the record."""

    content_type = models.ForeignKey(ContentType, models.PROTECT, related_name="+", verbose_name=_("kind"))
    object_id = models.BigIntegerField(_("record"))
    record = GenericForeignKey("content_type", "object_id")
    text = models.TextField(_("text"))
    author = models.ForeignKey("kernel.User", models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"), auto_now_add=True)

    audited = True

    class Meta:
        verbose_name = _("note")
        verbose_name_plural = _("notes")
        ordering = ("-id",)
        indexes = [models.Index(fields=("content_type", "object_id"), name="note_of_record")]

    def __str__(self) -> str:
        return self.text[:60]
