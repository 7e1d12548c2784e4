"""Import in two steps: the check shows what would happen, row by row; only then the same file is written."""

from typing import Any
from uuid import uuid4

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core import signing
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from suite.kernel.documents.errors import BusinessError, Refusal
from suite.resources.fields import label_of
from suite.resources.imports import import_columns, read_file, run_import
from suite.resources.pages.access import ResourceView

SALT = "suite.import"
KEPT_SECONDS = 3600
PROBLEMS_SHOWN = 200


class UploadForm(forms.Form):
    file = forms.FileField(label=gettext_lazy("CSV or XLSX file"))

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > settings.UPLOAD_MAX_BYTES:
            raise forms.ValidationError(_("The file is larger than 10 MB; nothing was read. Split it."))
        return file


class ImportView(ResourceView):
    page = "import"
    action = "add"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not self.resource.import_key:
            raise Http404(_("These records cannot be imported."))
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        model = self.resource.model
        columns = [(name, label_of(model, name), not model._meta.get_field(name).blank) for name in import_columns(self.resource)]
        return super().get_context_data(columns=columns, **{"form": UploadForm(), "report": None, "error": None, **kwargs})

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            if ticket := request.POST.get("ticket"):
                return self.write(ticket)
            form = UploadForm(request.POST, request.FILES)
            if not form.is_valid():
                return self.render_to_response(self.get_context_data(form=form), status=422)
            file = form.cleaned_data["file"]
            content = file.read()
            report = run_import(self.resource, read_file(content, file.name), actor=request.user, dry_run=True)
        except BusinessError as error:
            return self.render_to_response(self.get_context_data(error=error), status=error.status)
        ticket = ""
        if not report.problems:
            kind = "xlsx" if file.name.lower().endswith(".xlsx") else "csv"
            kept = default_storage.save(f"imports/{uuid4().hex}.{kind}", ContentFile(content))
            ticket = signing.dumps({"file": kept, "user": request.user.pk, "resource": self.resource.key()}, salt=SALT)
        context = self.get_context_data(report=report, ticket=ticket, filename=file.name, problems=report.problems[:PROBLEMS_SHOWN])
        return self.render_to_response(context, status=422 if report.problems else 200)

    def write(self, ticket: str) -> HttpResponse:
        """Writes the file that was checked before. Raises Refusal for a ticket that is old or somebody else's."""
        try:
            kept = signing.loads(ticket, salt=SALT, max_age=KEPT_SECONDS)
        except signing.BadSignature:
            kept = {}
        if kept.get("user") != self.request.user.pk or kept.get("resource") != self.resource.key() or not default_storage.exists(kept["file"]):
            raise Refusal(_("The checked file is no longer kept; nothing was written."), hint=_("Choose the file again."))
        with default_storage.open(kept["file"]) as file:
            rows = read_file(file.read(), kept["file"])
        report = run_import(self.resource, rows, actor=self.request.user, dry_run=False)
        if report.problems:
            return self.render_to_response(self.get_context_data(report=report, problems=report.problems[:PROBLEMS_SHOWN]), status=422)
        default_storage.delete(kept["file"])
        messages.success(self.request, _("%(added)d added, %(changed)d changed, %(same)d as they were.") % {
            "added": report.added, "changed": report.changed, "same": report.unchanged,
        })
        return HttpResponseRedirect(self.resource.list_url())
