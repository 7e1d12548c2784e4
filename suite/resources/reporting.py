"""Reports: a table of columns and rows made by a domain's `reports.py`; the page, its export and its endpoint come from here.

    @report_page
    class TrialBalance(ReportView):
        app, slug, title = "erp", "trial-balance", _("Trial balance")
        menu, icon, permission = ("books", 50), "scale", "erp.view_journalentry"
        form_class = AsOfForm
        report = staticmethod(reports.trial_balance)      # (*, company_id, **what the form asks) -> Table
"""

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import View

from suite.kernel.audit.services import record_event
from suite.kernel.printing.tables import as_said, report_pdf
from suite.resources.exports import download, raw
from suite.resources.forms import scoped
from suite.resources.menu import entry
from suite.resources.pages.access import parameters
from suite.resources.paging import BadRequest
from suite.resources.report_tables import Table, cell_html, printed_rows, value_of
from suite.resources.times import neighbours
from suite.resources.widgets import Day, Moment


class AsOfForm(forms.Form):
    """One date; today unless said otherwise."""

    on = forms.DateField(label=gettext_lazy("As of"), widget=Day)

    def defaults(self) -> dict[str, Any]:
        return {"on": timezone.localdate()}


class PeriodForm(forms.Form):
    """From a day to a day; this year so far unless said otherwise."""

    starts_on = forms.DateField(label=gettext_lazy("From"), widget=Day)
    ends_on = forms.DateField(label=gettext_lazy("To"), widget=Day)

    def defaults(self) -> dict[str, Any]:
        today = timezone.localdate()
        return {"starts_on": today.replace(month=1, day=1), "ends_on": today}

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        if values.get("starts_on") and values.get("ends_on") and values["starts_on"] > values["ends_on"]:
            raise forms.ValidationError(_("The first day lies after the last one."))
        return values


class KnownAt(forms.Form):
    """Mixed into the parameters of a report whose source is the ledger: what the books knew at a time, for ever the same."""

    known_at = forms.DateTimeField(
        label=gettext_lazy("As known at"), widget=Moment, required=False, help_text=gettext_lazy("Empty: with everything posted by now"),
    )


class ComparedForm(forms.Form):
    """Mixed into the parameters of a report that can stand beside itself at another time."""

    class Against(models.TextChoices):
        PERIOD = "period", gettext_lazy("the time before")
        YEAR = "year", gettext_lazy("the year before")

    compare = forms.ChoiceField(label=gettext_lazy("Compare with"), choices=[("", gettext_lazy("nothing")), *Against.choices], required=False)


def chosen(form: forms.Form | None) -> list[tuple[str, str]]:
    """What a report was asked for, in words; what was left empty is left out."""
    found = []
    for name, value in (form.cleaned_data if form is not None else {}).items():
        choices = dict(getattr(form.fields[name], "choices", ())) if isinstance(value, str) else {}
        words = str(choices.get(value, "")) or as_said(value) if value not in (None, "") else ""
        if words:
            found.append((str(form.fields[name].label), words))
    return found


class ReportView(View):
    """A report's page: parameters in the address, drill links in its cells, CSV, XLSX and PDF of the same rows."""

    app = ""
    slug = ""
    title = ""
    permission = ""
    menu: tuple[str, int] | None = None
    icon = "report"
    form_class: type[forms.Form] | None = None
    template_name = "generic/report.html"
    report: Callable[..., Table] = None

    @classmethod
    def url_name(cls) -> str:
        return f"{cls.app}:report_{cls.slug.replace('-', '_')}"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if not request.user.has_perm(self.permission):
            raise PermissionDenied(_("Your roles do not include this report."))
        return super().dispatch(request, *args, **kwargs)

    def form(self, data: Mapping[str, Any], user: Any) -> forms.Form | None:
        """The parameters, with their defaults where the address says nothing."""
        if self.form_class is None:
            return None
        defaults = self.form_class().defaults() if hasattr(self.form_class, "defaults") else {}
        known = self.form_class().fields
        given = {name: data.getlist(name) if isinstance(known[name], forms.MultipleChoiceField) else data[name] for name in data if name in known}
        form = self.form_class({**defaults, **given})
        scoped(form, user)
        return form

    def table(self, user: Any, form: forms.Form | None) -> Table:
        """The report for a user's company. Overridden where a report needs more than its parameters."""
        values = dict(form.cleaned_data) if form is not None else {}
        made = type(self).report(company_id=user.company_id, **values)
        made.currency = made.currency or (user.company.currency_id if user.company_id else "")
        return made

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        form, wanted = self.form(request.GET, request.user), request.GET.get("format", "")
        if not wanted and form is not None and self.waits_for_choice(form, request.GET):
            return render(request, self.template_name, {"view": self, "title": self.title, "form": form, "table": None, "waits": True})
        table = self.table(request.user, form) if form is None or form.is_valid() else None
        if wanted and table is None:
            raise BadRequest(_("The parameters of this report are not valid; nothing was exported."))
        if wanted:
            answer = self.export(table, wanted, form, request.user)
            detail = {"format": wanted, "parameters": request.GET.urlencode()[:500]}
            record_event("export", actor=request.user, subject=self.url_name(), detail=detail, request=request)
            return answer
        return self.respond(request, form, table)

    @staticmethod
    def waits_for_choice(form: forms.Form, given: Mapping[str, Any]) -> bool:
        """Whether a needed parameter was not asked for yet: the page then only shows the form, without complaints."""
        missing = {name for name, field in form.fields.items() if field.required and name not in given and not form.data.get(name)}
        if missing:
            form.is_bound, form.initial = False, {name: value for name, value in form.data.items() if name not in missing}
        return bool(missing)

    def respond(self, request: HttpRequest, form: forms.Form | None, table: Table | None) -> HttpResponse:
        rows = []
        for row in (table.rows if table else ()):
            rows.append({
                "cells": [(cell_html(row, column, table.currency), column) for column in table.columns], "level": value_of(row, "level", 0) or 0,
                "is_heading": value_of(row, "is_heading", False), "is_total": value_of(row, "is_total", False),
            })
        totals = [(cell_html(table.totals, column, table.currency), column) for column in table.columns] if table and table.totals else []
        around = neighbours(form) if table is not None else None
        context = {
            "view": self, "title": self.title, "form": form, "table": table, "rows": rows, "totals": totals, "query": parameters(request, "format"),
            "around": [parameters(request, "format", **time) for time in around] if around else [],
        }
        return render(request, self.template_name, context, status=200 if table is not None else 422)

    def export(self, table: Table, wanted: str, form: forms.Form | None, user: Any) -> HttpResponseBase:
        """The rows as csv, xlsx or pdf. Raises BadRequest for another form, Refusal for too many rows on paper."""
        name = f"{slugify(self.slug)}-{timezone.localdate():%Y-%m-%d}"
        if wanted == "pdf":
            return report_pdf(
                company=user.company, title=str(self.title), parameters=chosen(form), facts=table.facts, note=str(table.note), filename=name,
                columns=[(str(column.label), column.kind) for column in table.columns], rows=list(printed_rows(table)),
            )
        header = [str(column.label) for column in table.columns]
        rows = [[raw(value_of(row, column.name)) for column in table.columns] for row in table.rows]
        if table.totals:
            rows.append([raw(value_of(table.totals, column.name)) for column in table.columns])
        return download(wanted, header, rows, name)


_reports: dict[tuple[str, str], type[ReportView]] = {}


def report_page(view: type[ReportView]) -> type[ReportView]:
    """Class decorator: gives the report its page /<app>/reports/<slug>/, its endpoint and its place in the menu."""
    if not (view.app and view.slug and view.permission and view.report):
        raise ValueError(f"{view.__name__} needs app, slug, permission and report")
    _reports[view.app, view.slug] = view
    if view.menu:
        entry(*view.menu, view.title, view.url_name(), view.permission, view.icon)
    return view


def reports() -> list[type[ReportView]]:
    """Every report that has a page."""
    return list(_reports.values())
