"""Transitions from pages: one button or one page with what it asks and what it would do; bulk actions handed over as a job."""

from typing import Any
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.db import IntegrityError
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from suite.kernel.documents.errors import BusinessError
from suite.kernel.documents.preview import Preview, preview
from suite.kernel.documents.questions import Question
from suite.kernel.documents.transitions import Transition, transitions_of
from suite.resources.forms import scoped
from suite.resources.pages.access import ResourceView
from suite.resources.pages.lists import ListView
from suite.resources.violations import refusal_of

# One more than a bulk action takes, so that too many are refused and not cut off.
BULK_LIMIT = 5_001
bulk_asked = Question("resources.bulk_asked")


def action_form(resource: Any, name: str, document: Model, user: Any, data: Any = None) -> forms.Form | None:
    """The form that asks a transition's keyword arguments, or None. A form may take `document` and `user`; it may offer `kwargs()`."""
    path = resource.actions_form.get(name)
    if not path:
        return None
    form = import_string(path)
    extra = {key: value for key, value in (("document", document), ("user", user)) if key in getattr(form, "takes", ("document", "user"))}
    made = form(data, **extra)
    scoped(made, user)
    return made


def arguments(form: forms.Form | None) -> dict[str, Any]:
    """What a filled form says as keyword arguments; empty optional answers are left out."""
    if form is None:
        return {}
    if hasattr(form, "kwargs"):
        return form.kwargs()
    return {name: value for name, value in form.cleaned_data.items() if value not in (None, "")}


class TransitionView(ResourceView):
    """GET asks and shows the effects; POST does it, once per token."""

    page = "confirm"

    def permission_action(self) -> str:
        return self.step().name

    def step(self) -> Transition:
        found = transitions_of(self.resource.model).get(self.kwargs["name"])
        if found is None:
            raise Http404(_("There is no such action."))
        return found

    def rows(self) -> Any:
        return self.resource.rows(self.request.user, self.kwargs["name"])

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        step, document = self.step(), self.record()
        form = action_form(self.resource, step.name, document, request.user)
        return self.show(step, document, form)

    def effects(self, step: Transition, document: Model, form: forms.Form | None) -> tuple[Preview | None, BusinessError | None]:
        """What the action would do, or why it would be refused; (None, None) where it must be asked more first."""
        try:
            if form is not None and not form.is_bound:
                given = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
                filled = action_form(self.resource, step.name, document, self.request.user, given)
                if any(field.required for field in form.fields.values()) and not filled.is_valid():
                    return None, None
                filled.is_valid()
                kwargs = arguments(filled)
            else:
                kwargs = arguments(form)
            return preview(document, step.name, actor=self.request.user, **kwargs), None
        except BusinessError as error:
            return None, error
        except IntegrityError as error:
            return None, refusal_of(error)

    def show(self, step: Transition, document: Model, form: forms.Form | None, error: BusinessError | None = None, status: int = 200) -> HttpResponse:
        effects, refusal = (None, error) if error else self.effects(step, document, form) if form is None or not form.errors else (None, None)
        if refusal is not None and refusal.status == 409:
            status = 409
        context = self.get_context_data(record=document, step=step, form=form, effects=effects, refusal=refusal, version=getattr(document, "version", None))
        return self.render_to_response(context, status=status)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        step, document = self.step(), self.record()
        form = action_form(self.resource, step.name, document, request.user, request.POST)
        if form is not None and not form.is_valid():
            return self.show(step, document, form, status=422)
        if request.POST.get("preview"):
            return self.show(step, document, form)
        token = request.POST.get("token") or uuid4().hex
        version = request.POST.get("version", "")
        try:
            done = step.run(
                document, actor=request.user, key=f"page:{token}"[:255], expected_version=int(version) if version.isdigit() else None, **arguments(form),
            )
        except BusinessError as error:
            at_field = (error.field or "").replace("/", "_")
            if form is not None and at_field in form.fields:
                form.add_error(at_field, error.message)
            return self.show(step, document, form, error=error, status=error.status)
        except IntegrityError as error:
            refusal = refusal_of(error)
            return self.show(step, document, form, error=refusal, status=refusal.status)
        messages.success(request, _("%(record)s: %(action)s done.") % {"record": done, "action": step.label})
        return HttpResponseRedirect(self.resource.url_of(done))


class BulkView(ListView):
    """One action on many rows of a list: those that were ticked, or with `all` every row of the filters in the address.

    Whoever keeps the job (integration) answers with the address of the page that follows it.
    """

    def permission_action(self) -> str:
        return self.request.POST.get("do", "view") if self.request.method == "POST" else "view"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        known = {*transitions_of(self.resource.model), "delete"}
        if request.user.is_authenticated and request.method == "POST" and request.POST.get("do") not in known:
            raise Http404(_("There is no such action."))
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return HttpResponseRedirect(self.resource.list_url())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.POST.get("all"):
            keys = [str(key) for key in self.filtered()[1].order_by().values_list("pk", flat=True)[:BULK_LIMIT]]
        else:
            keys = [key for key in request.POST.getlist("pk") if key.isalnum()][:BULK_LIMIT]
        try:
            address = bulk_asked.ask(model=self.resource.model, action=request.POST["do"], keys=keys, actor=request.user)
        except BusinessError as error:
            messages.error(request, f"{error.message} {error.hint}".strip())
            address = f"{self.resource.list_url()}?{request.GET.urlencode()}"
        return HttpResponseRedirect(address)
