"""Addresses of every declared resource, of hand-written pages (`<app>/<domain>/urls.py`), of reports, and of the API."""

from importlib import import_module
from importlib.util import find_spec
from itertools import groupby
from typing import Any

from django.apps import apps
from django.db.models import AutoField, IntegerField
from django.urls import URLPattern, include, path
from rest_framework.routers import SimpleRouter

from suite.apps import SuiteAppConfig
from suite.resources.api.docs import SchemaView, docs
from suite.resources.api.generated import viewset_class
from suite.resources.api.reports import report_endpoint
from suite.resources.pages.acting import BulkView, TransitionView
from suite.resources.pages.editing import CreateView, DeleteView, UpdateView
from suite.resources.pages.exporting import ExportView
from suite.resources.pages.files import file
from suite.resources.pages.importing import ImportView
from suite.resources.pages.keeping import AttachmentView, NoteView, SavedViewsView
from suite.resources.pages.lists import CountView, ListView
from suite.resources.pages.lookup import lookup
from suite.resources.pages.records import DetailView, PanelView, PrintoutView
from suite.resources.registry import resources
from suite.resources.reporting import reports
from suite.resources.resource import Resource
from suite.resources.search import palette, search


def page_urls(resource: type[Resource]) -> list[URLPattern]:
    """The pages of one resource. Fixed words stand before the key, a transition's name after everything else."""
    name, slug = resource.name(), resource.slug()
    kind = "int" if isinstance(resource.model._meta.pk, AutoField | IntegerField) else "slug"

    def page(tail: str, view: type, action: str) -> URLPattern:
        return path(f"{slug}/{tail}", view.as_view(resource=resource), name=f"{name}_{action}")

    one = f"<{kind}:pk>/"
    pages = [page("", resource.list_view or ListView, "list"), page("count/", CountView, "count"), page("export/", ExportView, "export"),
             page("bulk/", BulkView, "bulk"), page("views/", SavedViewsView, "views")]
    if resource.is_editable():
        pages += [page("add/", CreateView, "add")]
    if resource.import_key:
        pages += [page("import/", ImportView, "import")]
    pages += [page(one, resource.detail_view or DetailView, "detail"), page(f"{one}notes/", NoteView, "note"),
              page(f"{one}files/", AttachmentView, "attach"), page(f"{one}panel/<slug:panel>/", PanelView, "panel"),
              page(f"{one}print/<slug:slug>/", PrintoutView, "print")]
    if resource.is_editable():
        pages += [page(f"{one}edit/", UpdateView, "change"), page(f"{one}delete/", DeleteView, "delete")]
    return [*pages, page(f"{one}<slug:name>/", TransitionView, "transition")]


def hand_written(config: SuiteAppConfig, attribute: str) -> list[Any]:
    """What the domains of an app add: `urlpatterns` for pages, `api_urlpatterns` for endpoints, from `<domain>/urls.py`."""
    found: list[Any] = []
    for domain in config.domains:
        name = f"{config.name}.{domain}.urls"
        if find_spec(name):
            found += getattr(import_module(name), attribute, [])
    return found


def app_urls(config: SuiteAppConfig, declared: list[type[Resource]]) -> list[Any]:
    label = config.label
    router = SimpleRouter()
    for resource in declared:
        router.register(resource.slug(), viewset_class(resource), basename=resource.name())
    own = [report for report in reports() if report.app == label]
    pages = [path(f"reports/{r.slug}/", r.as_view(), name=f"report_{r.slug.replace('-', '_')}") for r in own]
    endpoints = [path(f"reports/{r.slug}/", report_endpoint(r), name=f"report_{r.slug.replace('-', '_')}") for r in own]
    pages += [*hand_written(config, "urlpatterns"), *[url for resource in declared for url in page_urls(resource)]]
    endpoints += [*hand_written(config, "api_urlpatterns"), *router.urls]
    return [path(f"{label}/", include((pages, label))), path(f"api/v1/{label}/", include((endpoints, f"{label}-api")))]


def all_urls() -> list[Any]:
    declared = sorted(resources(), key=lambda resource: resource.app())
    by_app = {label: list(group) for label, group in groupby(declared, key=lambda resource: resource.app())}
    found: list[Any] = []
    for config in apps.get_app_configs():
        if isinstance(config, SuiteAppConfig):
            found += app_urls(config, by_app.get(config.label, []))
    return found


urlpatterns = [
    path("lookup/<str:key>/", lookup, name="lookup"),
    path("files/<int:pk>/", file, name="file"),
    path("search/", search, name="search"),
    path("search/palette/", palette, name="palette"),
    path("api/schema/", SchemaView.as_view(), name="schema"),
    path("api/docs/", docs, name="api_docs"),
    *all_urls(),
]
