"""Keeping files: what comes in is judged by its content, not by its name."""

from hashlib import sha256
from io import BytesIO
from pathlib import PurePath
from typing import Any
from uuid import uuid4
from zipfile import BadZipFile, ZipFile

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _

from suite.access.permissions import may
from suite.kernel.attachments.models import Attachment
from suite.kernel.documents.errors import Refusal
from suite.kernel.documents.work import in_unit_of_work
from suite.kernel.users.service_user import recorded_id

OFFICE = "application/vnd.openxmlformats-officedocument."
MAGIC: dict[str, tuple[bytes, str]] = {
    "pdf": (b"%PDF-", "application/pdf"),
    "png": (b"\x89PNG\r\n\x1a\n", "image/png"),
    "jpg": (b"\xff\xd8\xff", "image/jpeg"),
    "jpeg": (b"\xff\xd8\xff", "image/jpeg"),
    "gif": (b"GIF8", "image/gif"),
    "zip": (b"PK\x03\x04", "application/zip"),
    "xlsx": (b"PK\x03\x04", f"{OFFICE}spreadsheetml.sheet"),
    "docx": (b"PK\x03\x04", f"{OFFICE}wordprocessingml.document"),
    "pptx": (b"PK\x03\x04", f"{OFFICE}presentationml.presentation"),
}
TEXT = {"txt": "text/plain", "csv": "text/csv", "eml": "message/rfc822"}
PACKED = {"zip", "xlsx", "docx", "pptx"}
LARGEST_UNPACKED, MOST_ENTRIES, HIGHEST_RATIO = 200 * 1024 * 1024, 2_000, 200


def media_type_of(name: str, content: bytes) -> str:
    """The media type of a file whose name and content agree. Raises Refusal for every other file."""
    ending = PurePath(name).suffix.lower().lstrip(".")
    allowed = ", ".join(sorted({*MAGIC, *TEXT}))
    if ending in TEXT:
        if b"\x00" in content or not _is_text(content):
            raise Refusal(_("“%(name)s” is not a text file; it was not kept.") % {"name": name[:80]}, field="file")
        return TEXT[ending]
    if ending not in MAGIC:
        raise Refusal(_("Files of this kind are not kept: “%(name)s”.") % {"name": name[:80]}, field="file", hint=_("Allowed: %(kinds)s.") % {"kinds": allowed})
    start, media_type = MAGIC[ending]
    if not content.startswith(start):
        raise Refusal(
            _("“%(name)s” is not what its name says; it was not kept.") % {"name": name[:80]}, field="file",
            hint=_("Save it anew in the program it comes from."),
        )
    if ending in PACKED:
        _refuse_bomb(name, content)
    return media_type


def _is_text(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _refuse_bomb(name: str, content: bytes) -> None:
    try:
        with ZipFile(BytesIO(content)) as packed:
            entries = packed.infolist()
    except BadZipFile:
        raise Refusal(_("“%(name)s” is damaged; it was not kept.") % {"name": name[:80]}, field="file") from None
    size = sum(entry.file_size for entry in entries)
    hostile = any(entry.filename.startswith(("/", "\\")) or ".." in PurePath(entry.filename).parts for entry in entries)
    if len(entries) > MOST_ENTRIES or size > LARGEST_UNPACKED or size > HIGHEST_RATIO * max(1, len(content)) or hostile:
        raise Refusal(_("“%(name)s” unpacks to more than can be kept; it was refused.") % {"name": name[:80]}, field="file")


def keep_file(*, record: Model, file: UploadedFile, actor: Any) -> Attachment:
    """The file, kept with the record under a random name. Raises PermissionDenied, or Refusal for its size or kind."""
    if not may(actor, Attachment, "add"):
        raise PermissionDenied(_("You may not keep files."))
    if file.size > settings.UPLOAD_MAX_BYTES:
        raise Refusal(_("The file is larger than 10 MB; it was not kept."), field="file", hint=_("Split it or make it smaller."))
    content = file.read()
    name = PurePath((file.name or "file").replace("\\", "/")).name[:160]
    media_type = media_type_of(name, content)
    return _keep(record, name, content, media_type, actor)


def keep_made(*, record: Model, name: str, content: bytes, media_type: str, actor: Any) -> Attachment:
    """A file the suite itself made for the record (a printed letter), kept with it; whoever may do the act that made it may keep it."""
    return _keep(record, name, content, media_type, actor)


def attachments_named(record: Model, name: str) -> QuerySet[Attachment]:
    """The record's files of that name, oldest first."""
    return Attachment.objects.filter(content_type=ContentType.objects.get_for_model(type(record)), object_id=record.pk, name=name).order_by("pk")


def _keep(record: Model, name: str, content: bytes, media_type: str, actor: Any) -> Attachment:
    def act() -> Attachment:
        kept = Attachment(
            company_id=record.company_id if hasattr(record, "company_id") else actor.company_id, name=name, media_type=media_type, size=len(content),
            content_type=ContentType.objects.get_for_model(type(record)), object_id=record.pk, sha256=sha256(content).hexdigest(),
            author_id=recorded_id(actor),
        )
        kept.file.save(f"{uuid4().hex}{PurePath(name).suffix.lower()}", ContentFile(content), save=False)
        kept.save()
        return kept

    return in_unit_of_work(act, actor=actor)
