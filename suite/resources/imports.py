"""Import of CSV and XLSX by django-import-export: every row checked before the first is written, all or nothing, through `save_record`."""

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Model, QuerySet
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from import_export import fields, widgets
from import_export.formats.base_formats import CSV, XLSX
from import_export.resources import ModelResource
from tablib import Dataset

from suite.kernel.documents.editing import save_record
from suite.kernel.documents.errors import BusinessError, Refusal
from suite.kernel.documents.work import in_unit_of_work, unit_of_work
from suite.resources.exports import DANGEROUS, raw
from suite.resources.fields import label_of, shown
from suite.resources.registry import resource_of
from suite.resources.resource import Resource
from suite.resources.violations import refusal_of

ROW_LIMIT = 20_000
NATURAL = ("number", "sku", "code", "name", "pk")


@dataclass
class ImportProblem:
    """Why a row cannot be taken."""

    row: int
    column: str
    value: str
    reason: str


@dataclass
class ImportReport:
    """What an import did, or would do."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    problems: list[ImportProblem] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)


@lru_cache(maxsize=256)
def natural_key(model: type[Model]) -> str:
    """By which column files name rows of a model: its import key, else number, code, name."""
    resource = resource_of(model)
    if resource is not None and resource.import_key:
        return resource.import_key
    names = {f.name for f in model._meta.concrete_fields}
    return next((name for name in NATURAL if name in names), "pk")


def import_columns(resource: type[Resource]) -> tuple[str, ...]:
    """The columns that an import reads: the key, and what the form asks."""
    return tuple(dict.fromkeys(name for name in (resource.import_key, *resource.form_fields) if name))


def import_row(resource: type[Resource], record: Model) -> list[Any]:
    """A record as a row that the import reads back."""
    cells = []
    for name in import_columns(resource):
        item = shown(resource.model, name)
        value = item.value(record)
        cells.append(raw(getattr(value, natural_key(type(value)))) if isinstance(value, Model) else raw(value, item))
    return cells


class ScopedKeyWidget(widgets.ForeignKeyWidget):
    """Finds a row by its natural key among the user's own."""

    def __init__(self, model: type[Model], user: Any) -> None:
        super().__init__(model, field=natural_key(model))
        self.user = user

    def get_queryset(self, value: Any, row: Any, *args: Any, **kwargs: Any) -> QuerySet:
        return self.model.objects.visible_to(self.user)

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Model | None:
        try:
            return super().clean(value, row, **kwargs)
        except self.model.DoesNotExist:
            raise ValueError(_("There is no %(kind)s “%(value)s”.") % {"kind": self.model._meta.verbose_name, "value": value}) from None
        except self.model.MultipleObjectsReturned:
            raise ValueError(_("More than one %(kind)s is called “%(value)s”.") % {"kind": self.model._meta.verbose_name, "value": value}) from None


class CheckedField(fields.Field):
    """A column whose unreadable values are told with the column's name, whatever the parser of its kind raises."""
    def clean(self, row: Any, **kwargs: Any) -> Any:
        try:
            return super().clean(row, **kwargs)
        except (ArithmeticError, TypeError):
            raise ValueError(_("“%(value)s” is not a number.") % {"value": row.get(self.column_name)}) from None


class ScopedImport(ModelResource):
    """An import in one user's name and company."""

    DEFAULT_RESOURCE_FIELD = CheckedField
    user: Any = None

    def get_queryset(self) -> QuerySet:
        return self._meta.model.objects.visible_to(self.user, "change")

    def get_instance(self, instance_loader: Any, row: Any) -> Model | None:
        wrong = {}
        for name in self._meta.import_id_fields:
            try:
                self.fields[name].clean(row)
            except ValueError as error:
                wrong[name] = [str(error)]
        if wrong:
            raise ValidationError(wrong)
        return super().get_instance(instance_loader, row)

    def init_instance(self, row: Any = None) -> Model:
        record = super().init_instance(row)
        if hasattr(record, "company_id"):
            record.company_id = self.user.company_id
        return record

    def before_import_row(self, row: dict, **kwargs: Any) -> None:
        for name, value in row.items():
            if isinstance(value, str) and value.startswith("'") and value[1:].lstrip(" ").startswith(DANGEROUS):
                row[name] = value[1:]

    def do_instance_save(self, instance: Model, is_create: bool) -> None:
        with transaction.atomic():
            save_record(instance, actor=self.user)


def import_class(resource: type[Resource], user: Any) -> type[ScopedImport]:
    body: dict[str, Any] = {"user": user}
    for name in import_columns(resource):
        column = resource.model._meta.get_field(name)
        if column.many_to_one:
            body[name] = fields.Field(column_name=name, attribute=name, widget=ScopedKeyWidget(column.related_model, user))
    body["Meta"] = type("Meta", (), {
        "model": resource.model, "fields": import_columns(resource), "import_id_fields": (resource.import_key, *resource.import_with),
        "clean_model_instances": True,
        "use_transactions": True, "skip_unchanged": True, "report_skipped": True, "use_bulk": False,
    })
    return type(f"{resource.model.__name__}Import", (ScopedImport,), body)


def read_file(content: bytes, name: str) -> Dataset:
    """The rows of an uploaded file. Raises Refusal for what is neither CSV nor XLSX, or too long."""
    try:
        if name.lower().endswith(".xlsx"):
            rows = XLSX().create_dataset(content)
        elif name.lower().endswith((".csv", ".txt")):
            rows = CSV().create_dataset(content.decode("utf-8-sig"))
        else:
            raise Refusal(_("“%(name)s” is neither CSV nor XLSX; nothing was read.") % {"name": name[:80]}, field="file")
    except Refusal:
        raise
    except Exception as error:  # noqa: BLE001 - whatever a parser trips over is the file's fault
        raise Refusal(
            _("“%(name)s” cannot be read as a table: %(error)s. Nothing was written.") % {"name": name[:80], "error": str(error)[:120]}, field="file",
            hint=_("Save it anew as CSV (UTF-8) or XLSX."),
        ) from None
    if len(rows) > ROW_LIMIT:
        raise Refusal(_("The file has more than %(n)d rows; nothing was read.") % {"n": ROW_LIMIT}, field="file", hint=_("Split it."))
    return rows


def run_import(resource: type[Resource], rows: Dataset, *, actor: Any, dry_run: bool) -> ImportReport:
    """Checks every row, and writes all of them or none. Columns may be named by field or by label."""
    labels = {label_of(resource.model, name).casefold(): name for name in import_columns(resource)} | resource.import_aliases
    rows.headers = [labels.get(str(head).strip().casefold(), str(head).strip()) for head in rows.headers or []]
    report = ImportReport(unknown=[head for head in rows.headers if head not in import_columns(resource)])
    missing = [name for name in (resource.import_key, *resource.import_with) if name not in rows.headers]
    if missing:
        report.problems += [ImportProblem(1, name, "", _("This column is missing: it says which record a row is.")) for name in missing]
        return report

    with unit_of_work(actor, previewing=True):
        result = import_class(resource, actor)().import_data(rows, dry_run=True, raise_errors=False)
    if not dry_run and not (result.has_errors() or result.has_validation_errors()):
        result = in_unit_of_work(lambda: import_class(resource, actor)().import_data(rows, dry_run=False, raise_errors=True), actor=actor)
    report.added, report.changed = result.totals.get("new", 0), result.totals.get("update", 0)
    report.unchanged = result.totals.get("skip", 0)
    for bad in result.invalid_rows:
        given = rows.dict[bad.number - 1] if 0 < bad.number <= len(rows) else {}
        for name, reasons in bad.field_specific_errors.items():
            label = label_of(resource.model, name) if name in import_columns(resource) else capfirst(name)
            report.problems += [ImportProblem(bad.number + 1, label, str(given.get(name, "")), str(reason)) for reason in reasons]
        report.problems += [ImportProblem(bad.number + 1, "", "", str(reason)) for reason in bad.non_field_specific_errors]
    for number, errors in result.row_errors():
        report.problems += [_problem(number + 1, item.error, rows) for item in errors]
    report.problems += [ImportProblem(1, "", "", _reason(item.error)) for item in result.base_errors]
    report.problems.sort(key=lambda item: item.row)
    return report


def _reason(error: Exception) -> str:
    if isinstance(error, IntegrityError):
        return refusal_of(error).message
    if isinstance(error, BusinessError):
        return f"{error.message} {error.hint}".strip()
    return "; ".join(error.messages) if isinstance(error, ValidationError) else str(error)


def _problem(number: int, error: Exception, rows: Dataset) -> ImportProblem:
    refusal = refusal_of(error) if isinstance(error, IntegrityError) else error
    column = getattr(refusal, "field", None) or ""
    value = str(rows.dict[number - 2].get(column, "")) if column and 0 <= number - 2 < len(rows) else ""
    return ImportProblem(number, column, value, _reason(error))
