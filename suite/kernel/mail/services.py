"""Keeping mails, and sending what is kept. A mail leaves at least once; the same id on the wire tells receivers that a second copy is the same."""

import logging
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage, get_connection
from django.core.validators import validate_email
from django.db import connection
from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext as _

from suite.kernel.attachments.models import Attachment
from suite.kernel.documents.errors import Refusal
from suite.kernel.documents.work import in_unit_of_work
from suite.kernel.mail.models import OutgoingMail
from suite.kernel.users.service_user import recorded_id

log = logging.getLogger("suite.mail")

WAITS = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2), timedelta(hours=8))
# Whoever claimed a mail and has not said what became of it after this long has died.
LEASE = timedelta(minutes=5)
CLAIM = """
UPDATE kernel_outgoingmail SET status = 'sending', tries = tries + 1, next_at = %(lease)s
 WHERE id = (SELECT id FROM kernel_outgoingmail WHERE status IN ('waiting', 'sending') AND next_at <= %(now)s
              ORDER BY next_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id"""


def keep_mail(
    *, record: Model, to: str, subject: str, body: str, actor: Any, attachment: Attachment | None = None,
) -> OutgoingMail:
    """The mail, kept with the record; it leaves when the transaction has ended. Raises Refusal for an address that is none."""
    try:
        validate_email(to)
    except ValidationError:
        raise Refusal(
            _("%(record)s: there is no e-mail address to send to; nothing was sent.") % {"record": record}, field="email", code="no_address",
            hint=_("Enter the party's e-mail address, or print the letter."),
        ) from None

    def keep() -> OutgoingMail:
        return OutgoingMail.objects.create(
            company_id=record.company_id, content_type=ContentType.objects.get_for_model(type(record)), object_id=record.pk,
            record_name=str(record)[:80], to=to, subject=" ".join(subject.split())[:200], body=body, attachment=attachment,
            message_id=f"<{uuid4().hex}@{settings.MAIL_DOMAIN}>", next_at=timezone.now(), author_id=recorded_id(actor),
        )

    return in_unit_of_work(keep, actor=actor)


def send_waiting(*, most: int = 200) -> tuple[int, int]:
    """(sent, not sent) of the mails that are due. Each is claimed first and sent outside of any transaction."""
    sent = failed = 0
    for _turn in range(most):
        pk = _claim()
        if pk is None:
            break
        mail = OutgoingMail.objects.select_related("company", "attachment").get(pk=pk)
        if _send(mail):
            sent += 1
        else:
            failed += 1
    return sent, failed


def _claim() -> int | None:
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, {"now": now, "lease": now + LEASE})
        row = cursor.fetchone()
    return row[0] if row else None


def _send(mail: OutgoingMail) -> bool:
    company = mail.company
    sender = f'"{company.name.replace(chr(34), "")}" <{company.email}>' if company.email else settings.DEFAULT_FROM_EMAIL
    message = EmailMessage(mail.subject, mail.body, sender, [mail.to], headers={"Message-ID": mail.message_id}, connection=get_connection())
    try:
        if mail.attachment_id:
            with mail.attachment.file.open("rb") as content:
                message.attach(mail.attachment.name, content.read(), mail.attachment.media_type)
        message.send()
    except Exception as error:  # noqa: BLE001 - whatever the server or the file says, the mail is kept and tried again
        log.warning("A mail could not be sent.", extra={"mail": mail.pk, "error": repr(error)[:200]})
        is_over = mail.tries > len(WAITS)
        OutgoingMail.objects.filter(pk=mail.pk).update(
            status=OutgoingMail.Status.FAILED if is_over else OutgoingMail.Status.WAITING, error=f"{type(error).__name__}: {error}"[:200],
            next_at=None if is_over else timezone.now() + WAITS[mail.tries - 1],
        )
        return False
    OutgoingMail.objects.filter(pk=mail.pk).update(status=OutgoingMail.Status.SENT, sent_at=timezone.now(), next_at=None, error="")
    return True
