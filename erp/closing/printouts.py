"""The auditor's file of a period: entries with their hash chain, the documents behind them, attachments, and a manifest of hashes."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection
from django.db.models import ForeignKey, Model, Q, QuerySet

from erp.ledger.models import JournalEntry, JournalLine
from suite.kernel.attachments.models import Attachment
from suite.kernel.audit.models import StatusChange
from suite.kernel.calendars.models import Period
from suite.kernel.printing.services import Printout

FORMAT = "suite-audit-file/1"
_ENTRIES = """
    SELECT e.id, e.number, e.journal_id, j.code, e.sequence, e.ledger_date, e.description, e.source_key, e.reverses_id, e.posted_at, e.created_by_id,
           encode(e.hash, 'hex'), encode(coalesce(b.hash, ''::bytea), 'hex'), erp_entry_text(e.id, e.number)
      FROM erp_journalentry e JOIN erp_journal j ON j.id = e.journal_id JOIN kernel_period p ON p.id = e.period_id
      LEFT JOIN LATERAL (SELECT x.hash FROM erp_journalentry x JOIN kernel_period q ON q.id = x.period_id
                          WHERE x.journal_id = e.journal_id AND q.year_id = p.year_id AND x.sequence = e.sequence - 1 AND x.status = 'posted') b ON true
     WHERE e.period_id = %s AND e.status = 'posted' ORDER BY e.journal_id, e.sequence"""
_ENTRY_NAMES = (
    "id", "number", "journal_id", "journal", "sequence", "ledger_date", "description", "source", "reverses_id", "posted_at", "created_by_id", "hash",
    "hash_before", "text",
)


@dataclass(frozen=True)
class AuditFile(Printout):
    """The zip of a period."""

    media_type: str = "application/zip"


def audit_file(period: Period) -> AuditFile:
    """Everything an auditor needs of one period in a zip. `manage.py verify_audit_file` proves it complete and unchanged, without the database."""
    entries = list(_entries(period))
    parts: dict[str, bytes] = {
        "entries.jsonl": _jsonl(entries),
        "lines.jsonl": _jsonl(JournalLine.objects.filter(entry__period=period, entry__status="posted").order_by("pk").values(
            "id", "entry_id", "position", "account__code", "account__name", "party_id", "ledger_date", "debit", "credit", "currency_id", "amount_currency",
            "description")),
    }
    subjects: list[tuple[type[Model], set[int]]] = [(JournalEntry, {entry["id"] for entry in entries}), (Period, {period.pk})]
    for model, rows in _documents(period):
        parts[f"documents/{model._meta.label_lower}.jsonl"] = _jsonl(rows.values())
        subjects.append((model, set(rows.values_list("pk", flat=True))))
    about = _about(subjects)
    parts["status_changes.jsonl"] = _jsonl(StatusChange.objects.filter(about).order_by("pk").values()) if about else b""
    missing = []
    for attachment in Attachment.objects.filter(about).order_by("pk") if about else ():
        try:
            with attachment.file.open("rb") as file:
                parts[f"attachments/{attachment.pk}-{sha256(attachment.name.encode()).hexdigest()[:8]}{_ending(attachment.name)}"] = file.read()
        except OSError:
            missing.append({"id": attachment.pk, "name": attachment.name, "sha256": attachment.sha256})
    attachments = Attachment.objects.filter(about).order_by("pk").values("id", "content_type__model", "object_id", "name", "media_type", "sha256")
    parts["attachments.jsonl"] = _jsonl(attachments) if about else b""
    manifest = {
        "format": FORMAT, "company": period.company_id, "period": str(period), "starts_on": period.starts_on, "ends_on": period.ends_on,
        "status": period.status, "entries": len(entries), "missing_attachments": missing,
        "verify": "python manage.py verify_audit_file FILE",
        "files": {name: {"sha256": sha256(content).hexdigest(), "bytes": len(content)} for name, content in parts.items()},
    }
    packed = BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
        archive.writestr("manifest.json", json.dumps(manifest, indent=2, cls=DjangoJSONEncoder))
    return AuditFile(f"audit-{period.year.code}-{period.number:02d}.zip", packed.getvalue())


def _entries(period: Period) -> Iterator[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(_ENTRIES, [period.pk])
        for row in cursor.fetchall():
            yield dict(zip(_ENTRY_NAMES, row, strict=True))


def _documents(period: Period) -> Iterator[tuple[type[Model], QuerySet]]:
    """Rows of every model that name an entry of the period: documents, sub-ledger rows, statement lines."""
    for model in apps.get_app_config("erp").get_models():
        keys = [field.name for field in model._meta.fields if isinstance(field, ForeignKey) and field.related_model is JournalEntry]
        if not keys or model is JournalEntry or model._meta.model_name in ("journalline", "unrolledentry"):
            continue
        about = Q()
        for key in keys:
            about |= Q(**{f"{key}__period": period})
        rows = model._base_manager.filter(about, company_id=period.company_id).order_by("pk")
        if rows.exists():
            yield model, rows


def _about(subjects: Iterable[tuple[type[Model], set[int]]]) -> Q:
    about = Q()
    for model, pks in subjects:
        if pks:
            about |= Q(content_type=ContentType.objects.get_for_model(model), object_id__in=pks)
    return about


def _jsonl(rows: Iterable[dict[str, Any]]) -> bytes:
    return b"".join(json.dumps(row, cls=_Encoder, ensure_ascii=False, sort_keys=True).encode() + b"\n" for row in rows)


class _Encoder(DjangoJSONEncoder):
    def default(self, value: Any) -> Any:
        return bytes(value).hex() if isinstance(value, bytes | memoryview) else super().default(value)


def _ending(name: str) -> str:
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    return f".{ending}" if ending.isalnum() and len(ending) < 6 else ""
