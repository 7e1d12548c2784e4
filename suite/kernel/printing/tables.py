"""Reports on paper: the table of a report's page as PDF on the company's letterhead, wide ones across."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from suite.kernel.companies.models import Company
from suite.kernel.documents.errors import Refusal
from suite.kernel.printing.letters import letterhead
from suite.kernel.printing.services import render_pdf

PRINTED_LIMIT = 5_000  # rows; more is no reading matter
UPRIGHT = 92  # so many characters of all columns together still stand upright
WIDEST = 42  # a text longer than this wraps
TEXTUAL = {"text", "date", "status"}


def report_pdf(
    *, company: Company | None, title: str, parameters: Sequence[tuple[str, str]], facts: Sequence[tuple[str, str]], columns: Sequence[tuple[str, str]],
    rows: Sequence[Mapping[str, Any]], note: str, filename: str,
) -> HttpResponseBase:
    """The printed report as a download. `columns` are (label, kind: all but text, date and status stand right), `rows` have cells (as shown), level,
    is_heading and is_total. Raises Refusal where there are too many rows for paper."""
    if len(rows) > PRINTED_LIMIT:
        raise Refusal(
            _("This report has more rows than the %(limit)s that are printed; nothing was exported.") % {"limit": PRINTED_LIMIT},
            field="format", hint=_("Choose a shorter time, or take CSV or XLSX."),
        )
    # The words of a total may run over into the next columns' room: they make no column wide.
    body = [row["cells"] for row in rows if not row["is_total"]] or [row["cells"] for row in rows]
    widths = [max([len(label) / 1.4, *(min(len(cells[place]), WIDEST) for cells in body)]) for place, (label, _kind) in enumerate(columns)]
    texts = [place for place, (_label, kind) in enumerate(columns) if kind == "text"]
    widest = max(texts, key=lambda place: widths[place], default=None)
    total = sum(widths) + 2 * len(widths)
    content = render_pdf("report", {
        "language": (get_language() or "en")[:2], "title": title, "letterhead": letterhead(company) if company else _NOBODY,
        "parameters": [[label, value] for label, value in parameters if value], "facts": [[str(label), str(value)] for label, value in facts],
        "columns": [
            {"label": label, "is_number": kind not in TEXTUAL, "is_wide": widest in (place, None)} for place, (label, kind) in enumerate(columns)
        ],
        "rows": list(rows), "note": note, "is_wide": total > UPRIGHT, "size": 9 if total <= 1.5 * UPRIGHT else 7.5 if total <= 2 * UPRIGHT else 6.5,
        "empty": _("Nothing to report"), "page": [_("Page"), _("of")], "made": date_format(timezone.localtime(), "SHORT_DATETIME_FORMAT"),
    })
    answer = HttpResponse(content, content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="{filename}.pdf"'
    return answer


def as_said(value: Any) -> str:
    """A parameter as the reader writes it."""
    if isinstance(value, datetime):
        return date_format(timezone.localtime(value) if timezone.is_aware(value) else value, "SHORT_DATETIME_FORMAT")
    if isinstance(value, date):
        return date_format(value, "DATE_FORMAT")
    return "" if value is None else str(value)


_NOBODY: dict[str, Any] = {"name": "", "address": [], "reach": [], "legal": []}
