"""Forms made from declarations: header and lines, keys by typing, rows of the user's own company only."""

from collections.abc import Iterable
from copy import copy
from decimal import Decimal
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Column, Layout, Row
from django import forms
from django.db.models import Model
from django.forms.models import BaseInlineFormSet, inlineformset_factory, modelform_factory
from django.utils.translation import gettext_lazy as _

from suite.resources.registry import resource_of
from suite.resources.resource import Lines, Resource
from suite.resources.widgets import Day, Moment, RemoteSelect, narrowed

SMALL = 40
WIDE = {"TextField", "JSONField"}


def scoped(form: forms.BaseForm, user: Any) -> None:
    """Narrows every choice of rows to what the user may see, and lets long ones be found by typing."""
    for name, field in form.fields.items():
        queryset = getattr(field, "queryset", None)
        if queryset is None:
            continue
        model = queryset.model
        if hasattr(model.objects, "visible_to"):
            field.queryset = model.objects.visible_to(user).complex_filter(field.get_limit_choices_to() or {})
        if resource_of(model) is not None and resource_of(model).search and not isinstance(field, forms.ModelMultipleChoiceField):
            widget = RemoteSelect(model)
            widget.is_required = field.required
            widget.only = narrowed(field.get_limit_choices_to())
            instance = getattr(form, "instance", None)
            if instance is not None and name in instance._state.fields_cache and getattr(instance, name) is not None:
                related = getattr(instance, name)
                widget.known = {str(related.pk): str(related), related.pk: str(related)}
            field.widget = widget
            widget.choices = field.choices


class ResourceForm(forms.ModelForm):
    """A model form that knows its user and company, so that uniqueness within the company is checked at the field."""

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        self.user = user
        super().__init__(*args, **kwargs)
        if hasattr(self.instance, "company_id") and self.instance.company_id is None:
            self.instance.company_id = user.company_id
        scoped(self, user)
        for name, value in self.initial.items():
            if isinstance(value, Decimal) and value == value.quantize(Decimal("0.01")) and -value.as_tuple().exponent > 2:
                self.initial[name] = value.quantize(Decimal(1)) if value == int(value) else value.quantize(Decimal("0.01"))
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        long = [name for name, field in self.fields.items() if isinstance(field.widget, forms.Textarea)]
        self.helper.layout = Layout(Row(*(Column(name, css_class=self._width(name)) for name in self.fields if name not in long)))
        self.helper_long = copy(self.helper)
        self.helper_long.layout = Layout(Row(*(Column(name, css_class="col-md-6") for name in long))) if long else None

    def _width(self, name: str) -> str:
        boolean = isinstance(self.fields[name], forms.BooleanField)
        return "col-sm-6 col-lg-4 col-xxl-3" + (" align-self-end" if boolean else "")

    def _get_validation_exclusions(self) -> set[str]:
        excluded = super()._get_validation_exclusions()
        return excluded - {"company"} if getattr(self.instance, "company_id", None) else excluded


def widgets_for(model: type[Model], names: Iterable[str]) -> dict[str, forms.Widget]:
    found: dict[str, forms.Widget] = {}
    for name in names:
        kind = model._meta.get_field(name).get_internal_type()
        if kind == "DateField":
            found[name] = Day()
        elif kind == "DateTimeField":
            found[name] = Moment()
        elif kind == "TextField":
            found[name] = forms.Textarea(attrs={"rows": 3})
    return found


def form_class(resource: type[Resource]) -> type[forms.ModelForm]:
    """The declared form, or one made from `form_fields`."""
    if resource.form_class:
        return resource.form_class
    return modelform_factory(
        resource.model, form=ResourceForm, fields=list(resource.form_fields), widgets=widgets_for(resource.model, resource.form_fields),
    )


class LineForm(ResourceForm):
    """One line. An untouched one is ignored."""


class LineFormSet(BaseInlineFormSet):
    """The lines of a header, typed by keyboard; what they say goes to `save_record` as rows to keep and rows to drop."""

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        self.user = user
        super().__init__(*args, form_kwargs={"user": user}, **kwargs)

    def kept_and_dropped(self) -> tuple[list[Model], list[Model]]:
        deleted = set(self.deleted_forms)
        kept = [f.instance for f in self.forms if f not in deleted and (f.instance.pk or f.has_changed())]
        return kept, [f.instance for f in self.deleted_forms if f.instance.pk]

    def get_unique_error_message(self, unique_check: tuple[str, ...]) -> str:
        return _("Two lines say the same here; keep one of them.")


def formset_class(resource: type[Resource], lines: Lines) -> type[LineFormSet]:
    """The formset of one kind of lines."""
    return inlineformset_factory(
        resource.model, lines.model, fk_name=lines.parent, form=LineForm, formset=LineFormSet, fields=list(lines.fields),
        widgets=widgets_for(lines.model, lines.fields), extra=0, can_delete=True,
    )


def formsets(resource: type[Resource], user: Any, record: Model, data: Any = None) -> list[tuple[Lines, LineFormSet]]:
    """A formset for each kind of lines that is typed, filled from `data` or from the record."""
    found = []
    for lines in resource.lines:
        if not lines.fields:
            continue
        keys = [name for name in lines.fields if lines.model._meta.get_field(name).is_relation]
        queryset = lines.model.objects.select_related(*keys).order_by("position" if _has(lines.model, "position") else "pk")
        formset = formset_class(resource, lines)(data, instance=record, queryset=queryset, prefix=lines.prefix, user=user)
        if data is None and record.pk is None:
            formset.extra = 1
        found.append((lines, formset))
    return found


def _has(model: type[Model], name: str) -> bool:
    return any(field.name == name for field in model._meta.get_fields())
