"""Making, changing and deleting records by hand. Whatever was typed comes back when it is refused."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS
from django.db import IntegrityError, transaction
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from suite.kernel.documents.editing import delete_record, refuse_unless_editable, save_record
from suite.kernel.documents.errors import BusinessError, StaleVersion
from suite.kernel.documents.work import in_unit_of_work
from suite.resources.display import as_text
from suite.resources.fields import label_of, shown
from suite.resources.forms import form_class, formsets
from suite.resources.pages.access import ResourceView
from suite.resources.violations import refusal_of


class FormView(ResourceView):
    """Header and lines in one form. GET shows it, POST saves through `save_record`."""

    page = "form"

    def subject(self) -> Model:
        raise NotImplementedError

    def build(self, record: Model, data: Any = None, files: Any = None) -> tuple[forms.ModelForm, list]:
        form = form_class(self.resource)(data, files, instance=record, user=self.request.user, initial=self.initial(record))
        return form, formsets(self.resource, self.request.user, record, data)

    def initial(self, record: Model) -> dict[str, Any]:
        """A new record takes what the address says (?customer=7), so that links can start one; a currency that must be said is the company's."""
        if record.pk:
            return {}
        names = set(self.resource.form_fields)
        company = self.request.user.company
        needs_currency = "currency" in names and company is not None and not self.resource.model._meta.get_field("currency").blank
        start = {"currency": company.currency_id} if needs_currency else {}
        return start | {name: value for name, value in self.request.GET.items() if name in names}

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        record = self.subject()
        return self.show(record, *self.build(record))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        record = self.subject()
        form, sets = self.build(record, request.POST, request.FILES)
        valid = form.is_valid()
        valid = all(formset.is_valid() for _lines, formset in sets) and valid
        if not valid:
            return self.show(record, form, sets, status=422)
        try:
            saved = self.save(form, sets)
        except StaleVersion:
            return self.conflict(record.pk, form)
        except BusinessError as error:
            self.place(error, form, sets)
            return self.show(record, form, sets, status=error.status)
        except IntegrityError as error:
            refusal = refusal_of(error)
            self.place(refusal, form, sets)
            return self.show(record, form, sets, status=refusal.status)
        messages.success(request, _("%(record)s was saved.") % {"record": saved})
        return HttpResponseRedirect(self.resource.url_of(saved))

    def save(self, form: forms.ModelForm, sets: list) -> Model:
        """The saved record. Raises BusinessError when it would vanish from its author's sight, or by the domain's rules."""
        user, version = self.request.user, self.request.POST.get("version", "")
        lines = [(lines.parent, *formset.kept_and_dropped()) for lines, formset in sets]

        def act() -> Model:
            record = save_record(
                form.save(commit=False), actor=user, lines=lines, expected_version=int(version) if version.isdigit() else None,
            )
            if not self.resource.rows(user).filter(pk=record.pk).exists():
                raise BusinessError(_("With these values you could not see the record yourself; nothing was saved."))
            return record

        return in_unit_of_work(act, actor=user)

    def place(self, error: BusinessError, form: forms.ModelForm, sets: list) -> None:
        """Put a refusal where the clerk looks: at its field, else on top."""
        text = f"{error.message} {error.hint}".strip()
        form.add_error(error.field if error.field in form.fields else NON_FIELD_ERRORS, text)

    def show(self, record: Model, form: forms.ModelForm, sets: list, status: int = 200) -> HttpResponse:
        context = self.get_context_data(record=record, form=form, sets=sets, version=getattr(record, "version", None) if record.pk else None)
        return self.render_to_response(context, status=status)

    def conflict(self, pk: int, form: forms.ModelForm) -> HttpResponse:
        """Both versions field by field; the clerk picks, and saves on top of the other's."""
        theirs = self.resource.rows(self.request.user).get(pk=pk)
        differing, same = [], []
        theirs_form = form_class(self.resource)(instance=theirs, user=self.request.user)
        for name in form.fields:
            mine_raw = form[name].data
            theirs_raw = theirs_form[name].initial
            theirs_raw = theirs_raw.pk if isinstance(theirs_raw, Model) else theirs_raw
            theirs_raw = theirs_form.fields[name].prepare_value(theirs_raw)
            if form.fields[name].has_changed(theirs_raw, mine_raw):
                item = shown(self.resource.model, name)
                differing.append({
                    "name": name, "label": label_of(self.resource.model, name), "mine": mine_raw, "theirs": theirs_raw,
                    "mine_text": as_text(getattr(form.instance, name), item, form.instance), "theirs_text": as_text(getattr(theirs, name), item, theirs),
                })
            else:
                same.append((name, mine_raw))
        kept = [(key, value) for key, values in self.request.POST.lists() for value in values
                if key not in {"csrfmiddlewaretoken", "version", *[item["name"] for item in differing]}]
        context = self.get_context_data(record=theirs, differing=differing, kept=kept, version=getattr(theirs, "version", None))
        return self.response_class(self.request, ["generic/conflict.html"], context, status=409)


class CreateView(FormView):
    action = "add"

    def subject(self) -> Model:
        return self.resource.model()


class UpdateView(FormView):
    action = "change"

    def subject(self) -> Model:
        keys = [name for name in self.resource.form_fields if self.resource.model._meta.get_field(name).many_to_one]
        record = self.record(*keys)
        refuse_unless_editable(record)
        return record


class DeleteView(ResourceView):
    """Asks once, then deletes; refused with its reason when other records need it."""

    page = "delete"
    action = "delete"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(record=self.record(), **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        record = self.record()
        name = str(record)
        try:
            with transaction.atomic():
                delete_record(record, actor=request.user)
        except BusinessError as error:
            return self.render_to_response(self.get_context_data(error=error), status=error.status)
        messages.success(request, _("%(record)s was deleted.") % {"record": name})
        return HttpResponseRedirect(self.resource.list_url())
