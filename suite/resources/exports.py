"""Rows as CSV and XLSX. Text that a spreadsheet would run as a formula gets a leading apostrophe; numbers stay numbers."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from tempfile import SpooledTemporaryFile
from typing import Any

from django.http import FileResponse, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone

from suite.resources.fields import Shown
from suite.resources.paging import BadRequest

EXPORT_LIMIT = 50_000
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def neutral(value: Any) -> Any:
    """A value that no spreadsheet executes. Numbers and dates pass; text that starts like a formula gets an apostrophe."""
    if isinstance(value, str) and value.lstrip(" ").startswith(DANGEROUS):
        return f"'{value}"
    return value


def raw(value: Any, item: Shown | None = None) -> Any:
    """What an export holds of a value: numbers and dates as such, everything else as text."""
    if value is None:
        return ""
    if item is not None and item.kind in {"status", "choice"}:
        return value
    if isinstance(value, bool | int | Decimal | float):
        return value
    if isinstance(value, datetime):
        return timezone.localtime(value).replace(tzinfo=None) if timezone.is_aware(value) else value
    return value if isinstance(value, date) else str(value)


class _Echo:
    def write(self, value: str) -> str:
        return value


def _csv_cell(value: Any) -> Any:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value.isoformat(sep=" ", timespec="seconds") if isinstance(value, datetime) else neutral(value)


def as_csv(header: Sequence[str], rows: Iterable[Sequence[Any]], filename: str) -> HttpResponseBase:
    """A CSV download (UTF-8 with mark, so that spreadsheets read it right), streamed."""
    writer = csv.writer(_Echo())

    def lines() -> Iterator[str]:
        yield "\ufeff" + writer.writerow([neutral(name) for name in header])
        for row in rows:
            yield writer.writerow([_csv_cell(value) for value in row])

    answer = StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{filename}.csv"'
    return answer


def as_xlsx(header: Sequence[str], rows: Iterable[Sequence[Any]], filename: str) -> HttpResponseBase:
    """An XLSX download; text cells are written as text, never as formulas."""
    from openpyxl import Workbook  # noqa: PLC0415 - 0.2 s, only for spreadsheets
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415

    book = Workbook(write_only=True)
    sheet = book.create_sheet("data")

    def cell(value: Any) -> Any:
        made = WriteOnlyCell(sheet, value=neutral(value))
        if isinstance(value, str):
            made.data_type = "s"
        return made

    sheet.append([cell(str(name)) for name in header])
    for row in rows:
        sheet.append([cell(value) for value in row])
    kept = SpooledTemporaryFile(max_size=4 * 1024 * 1024)  # noqa: SIM115 - the response closes it
    book.save(kept)
    kept.seek(0)
    return FileResponse(kept, as_attachment=True, filename=f"{filename}.xlsx", content_type=XLSX)


def download(form: str, header: Sequence[str], rows: Iterable[Sequence[Any]], filename: str) -> HttpResponseBase:
    """The rows as a download in the form asked for. Raises BadRequest for another form than csv or xlsx."""
    makers = {"csv": as_csv, "xlsx": as_xlsx}
    if form not in makers:
        raise BadRequest(f"“{form[:20]}” is no export format; nothing was exported.", field="format", hint="Ask for csv or xlsx.")
    return makers[form](header, rows, filename)
