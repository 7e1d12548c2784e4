"""A record's page: what it is, what can happen next, its lines, what other suites know, and its story."""

from typing import Any

from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.module_loading import import_string
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from suite.access.permissions import may
from suite.kernel.attachments.models import Attachment
from suite.kernel.audit.services import record_reading
from suite.kernel.documents.models import Document
from suite.kernel.documents.transitions import available
from suite.kernel.notes.models import Note
from suite.resources.display import as_html, badge, currency_of
from suite.resources.fields import joins_of, label_of, shown
from suite.resources.keys import name_keys
from suite.resources.pages.access import ResourceView
from suite.resources.panels import panel_named, panels_of
from suite.resources.registry import resource_named
from suite.resources.resource import Resource
from suite.resources.tables import table_class
from suite.resources.timeline import attachments_of, story_of

RELATED_ROWS = 8


def may_change(user: Any, resource: type[Resource], record: Model) -> bool:
    """Whether the edit button leads anywhere: permission, and for documents a status that admits edits."""
    if not (resource.is_editable() and may(user, resource.model, "change")):
        return False
    return not isinstance(record, Document) or record.status in getattr(record, "editable_statuses", ("draft",))


def status_of(record: Model) -> tuple[str, str] | None:
    """(value, label) of the record's state, by whatever name it goes."""
    for name in ("status", "state"):
        if hasattr(record, f"get_{name}_display"):
            return getattr(record, name), str(getattr(record, f"get_{name}_display")())
    return None


class DetailView(ResourceView):
    """The record whole. The number of queries does not depend on its lines."""

    page = "detail"

    def fact_groups(self) -> list[tuple[str, tuple[str, ...]]]:
        """(title, fields): first what the list shows, then what the form asks beside it, then the declared sections."""
        resource = self.resource
        sectioned = {name for _title, names in resource.sections for name in names}
        told = {*(resource.totals if resource.lines else ()), "status", "state", *(("number",) if issubclass(resource.model, Document) else ())}
        main = tuple(name for name in resource.columns if name not in told)
        rest = tuple(name for name in resource.form_fields if name not in {*sectioned, *told, *main})
        if not resource.lines:
            return [("", (*main, *rest)), *[(str(title), tuple(names)) for title, names in resource.sections]]
        return [("", main), (_("Details"), rest), *[(str(title), tuple(names)) for title, names in resource.sections]]

    def facts(self, record: Model, groups: list[tuple[str, tuple[str, ...]]]) -> list[tuple[str, list[tuple]]]:
        """The groups with labels and values. Beyond the first one, what is empty is left out."""
        told, found = {"status", "state"}, []  # the state stands beside the title
        for index, (title, names) in enumerate(groups):
            items = [(name, shown(self.resource.model, name)) for name in names if name not in told]
            if index:
                items = [(name, item) for name, item in items if item.value(record) not in (None, "", False)]
            told.update(name for name, _item in items)
            if items:
                found.append((title, [(label_of(self.resource.model, n), self._fact(record, n, self.request.user), item) for n, item in items]))
        return found

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        resource, user = self.resource, self.request.user
        groups = self.fact_groups()
        paths = tuple(name for _title, names in groups for name in names)
        has_company = any(field.name == "company" for field in resource.model._meta.concrete_fields)
        joins = joins_of(resource.model, paths, (*resource.select_related, *(("company",) if has_company else ())))
        record = self.record(*joins)
        name_keys([record], [shown(resource.model, path) for path in paths], user)
        if resource.sensitive:
            record_reading(model=resource.model, keys=[record.pk], fields=resource.sensitive, actor=user, request=self.request)
        status = status_of(record)
        actions = [
            {"transition": t, "needs_page": t.is_dangerous or t.name in resource.actions_form, "url": resource.url("transition", record.pk, t.name)}
            for t in (available(record, user) if isinstance(record, Document) or hasattr(record, "status") else [])
        ]
        return super().get_context_data(
            record=record, status=status, status_badge=badge(*status) if status else "",
            fact_groups=(told := self.facts(record, groups))[:1], more_facts=told[1:],
            totals=[(label_of(resource.model, n), self._fact(record, n, user)) for n in resource.totals],
            line_tables=self._lines(record), likely=[a for a in actions if not a["transition"].is_dangerous],
            dangerous=[a for a in actions if a["transition"].is_dangerous], related=self._related(record), panels=self._panels(record),
            story=story_of(record, user), attachments=attachments_of(record, user),
            may_attach=may(user, Attachment, "add") and (isinstance(record, Document) or resource.is_editable()),
            may_note=may(user, Note, "add"), may_change=may_change(user, resource, record),
            may_delete=may_change(user, resource, record) and may(user, resource.model, "delete"),
            printouts=[(slug, label) for slug, label, _path in resource.printouts], **kwargs,
        )

    def _fact(self, record: Model, name: str, user: Any) -> str:
        return as_html(record, shown(self.resource.model, name), user)

    def _lines(self, record: Model) -> list[dict[str, Any]]:
        tables = []
        for lines in self.resource.lines:
            columns = lines.columns or lines.fields
            joins = joins_of(lines.model, columns)
            rows = lines.model.objects.filter(**{lines.parent: record})
            rows = rows.select_related(*joins) if joins else rows
            names = {field.name for field in lines.model._meta.concrete_fields}
            found = list(rows.order_by("position", "pk") if "position" in names else rows)
            if not found and tables:
                continue
            code = currency_of(record)
            for row in found:
                if code and not hasattr(row, "currency_id"):
                    row.currency_id = code
            table = table_class(lines.model, columns, None, get_language())(found, viewer=self.request.user)
            heads = [{"label": label_of(lines.model, path), "is_numeric": shown(lines.model, path).is_numeric} for path in columns]
            tables.append({"label": lines.label, "table": table, "heads": heads, "number": len(found)})
        return tables

    def _related(self, record: Model) -> list[dict[str, Any]]:
        found = []
        for key, parent in self.resource.related:
            other = resource_named(key)
            if other is None or not may(self.request.user, other.model, "view"):
                continue
            joins = joins_of(other.model, other.columns, other.select_related)
            rows = other.rows(self.request.user).filter(**{parent: record})
            rows = list((rows.select_related(*joins) if joins else rows).order_by("-pk")[: RELATED_ROWS + 1])
            if not rows:
                continue
            columns = tuple(name for name in other.columns if name != parent)
            heads = [{"label": label_of(other.model, path), "is_numeric": shown(other.model, path).is_numeric} for path in columns]
            more = f"{other.list_url()}?{parent}={record.pk}" if len(rows) > RELATED_ROWS and parent in other.filters else ""
            table = table_class(other.model, columns, other, get_language())(rows[:RELATED_ROWS], viewer=self.request.user)
            found.append({"label": other.label_plural(), "icon": other.icon, "table": table, "heads": heads, "more_url": more})
        return found

    def _panels(self, record: Model) -> list[dict[str, Any]]:
        shown_panels = []
        for panel_class in panels_of(self.resource.model):
            panel = panel_class(record, self.request)
            body = panel.render()
            if body is not None:
                url = self.resource.url("panel", record.pk, panel.slug) if panel.poll and not panel.is_settled() else ""
                shown_panels.append({"panel": panel, "body": body, "poll_url": url})
        return shown_panels


class PanelView(DetailView):
    """One panel anew: asked each second until all is settled."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        record = self.record()
        panel_class = panel_named(self.resource.model, kwargs["panel"])
        if panel_class is None:
            raise Http404(_("There is no such panel."))
        panel = panel_class(record, request)
        body = panel.render()
        if body is None:
            return HttpResponse("")
        url = "" if panel.is_settled() else request.path
        return self.response_class(request, ["parts/_panel.html"], {"item": {"panel": panel, "body": body, "poll_url": url}, "record": record})


class PrintoutView(ResourceView):
    """A printed document of the record, as a download or in the browser's viewer."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        record = self.record()
        path = next((path for slug, _label, path in self.resource.printouts if slug == kwargs["slug"]), None)
        if path is None:
            raise Http404(_("There is no such printout."))
        printout = import_string(path)(record)
        answer = HttpResponse(printout.content, content_type=getattr(printout, "media_type", "application/pdf"))
        answer["Content-Disposition"] = f'attachment; filename="{printout.filename}"'
        answer["Content-Security-Policy"] = "sandbox"
        return answer

