"""What people leave on a record or a list: notes, files, views saved under a name."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.contenttypes.models import ContentType
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.utils.translation import gettext as _

from suite.access.permissions import may
from suite.kernel.attachments.services import keep_file
from suite.kernel.documents.editing import delete_record, save_record
from suite.kernel.documents.errors import BusinessError
from suite.kernel.notes.models import Note
from suite.kernel.savedviews.models import SavedView
from suite.resources.pages.access import ResourceView


class _PostOnly(ResourceView):
    http_method_names = ["post"]

    def back(self, error: BusinessError | None = None, done: str = "") -> HttpResponse:
        if error is not None:
            messages.error(self.request, f"{error.message} {error.hint}".strip())
        elif done:
            messages.success(self.request, done)
        return HttpResponseRedirect(self.resource.url_of(self.record()) if "pk" in self.kwargs else self.resource.list_url())


class NoteView(_PostOnly):
    """A remark on the record, by whoever may see it."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        record, text = self.record(), request.POST.get("text", "").strip()
        if not text or len(text) > 10_000:
            return self.back(BusinessError(_("A note has 1 to 10,000 characters; nothing was saved.")))
        note = Note(content_type=ContentType.objects.get_for_model(type(record)), object_id=record.pk, text=text, author=request.user)
        save_record(note, actor=request.user)
        return self.back(done=_("The note was saved."))


class AttachmentView(_PostOnly):
    """A file for the record: its kind is checked by content, its stored name is random."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        record = self.record()
        files = request.FILES.getlist("file")
        if not files:
            return self.back(BusinessError(_("No file was chosen; nothing was kept.")))
        try:
            for file in files[:10]:
                keep_file(record=record, file=file, actor=request.user)
        except BusinessError as error:
            return self.back(error)
        return self.back(done=_("The file was kept with the record."))


class SavedViewForm(forms.ModelForm):
    class Meta:
        model = SavedView
        fields = ("name", "is_shared")


class SavedViewsView(_PostOnly):
    """Keeps the present filters, columns and order under a name; or forgets a view of one's own."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        user, key = request.user, self.resource.key()
        mine = SavedView.objects.visible_to(user).filter(owner=user, resource=key)
        if drop := request.POST.get("drop"):
            view = mine.filter(pk=drop).first() if drop.isdigit() else None
            if view is None:
                raise Http404(_("There is no such view."))
            delete_record(view, actor=user)
            return self.back(done=_("The view was forgotten."))
        form = SavedViewForm(request.POST)
        if not form.is_valid() or not may(user, SavedView, "add"):
            return self.back(BusinessError(_("A view needs a name of at most 60 characters; nothing was saved.")))
        kept = QueryDict(request.POST.get("query", "")[:2000], mutable=True)
        for name in ("after", "before", "view"):
            kept.pop(name, None)
        view = mine.filter(name=form.cleaned_data["name"]).first() or SavedView(owner=user, resource=key, name=form.cleaned_data["name"])
        view.query, view.is_shared = kept.urlencode(), form.cleaned_data["is_shared"]
        save_record(view, actor=user)
        messages.success(request, _("The view was saved."))
        return HttpResponseRedirect(f"{self.resource.list_url()}?{view.query}")


