"""What a model shows and where: data only. Behaviour lives in ordinary classes named in the escape hatches."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db.models import Model, QuerySet
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import override


@dataclass(frozen=True)
class Lines:
    """The rows under a header: `parent` is their key to it, `fields` are typed in the form, `columns` are shown on the record's page."""

    model: type[Model]
    parent: str
    fields: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()

    @property
    def prefix(self) -> str:
        """The name of the lines in forms and in the API: "lines", or "contacts" where that is what the header calls them."""
        field = self.model._meta.get_field(self.parent)
        accessor = field.remote_field.related_name
        return accessor if accessor and accessor != "+" else "lines"

    @property
    def label(self) -> str:
        return str(self.model._meta.verbose_name_plural)


class Resource:
    """Declared once per model with `@register`; every attribute is checked at start.

    `sections` are (title, fields); `related` are (model label, its key to this one); `actions_form` names the form that asks a
    transition's keyword arguments; `printouts` are (slug, label, dotted path of function(record) -> Printout).
    Reading a record that has `sensitive` fields is an audit event.
    """

    model: type[Model]
    menu: tuple[str, int] | tuple[()] = ()
    icon = "file-text"
    columns: tuple[str, ...] = ()
    filters: tuple[str, ...] = ()
    search: tuple[str, ...] = ()
    ordering: tuple[str, ...] = ("-pk",)
    form_fields: tuple[str, ...] = ()
    lines: tuple[Lines, ...] = ()
    sections: tuple[tuple[str, tuple[str, ...]], ...] = ()
    totals: tuple[str, ...] = ()
    related: tuple[tuple[str, str], ...] = ()
    import_key = ""
    # Further columns that with the key say which record a row is, and other names that files give to columns.
    import_with: tuple[str, ...] = ()
    import_aliases: dict[str, str] = {}
    select_related: tuple[str, ...] = ()
    actions_form: dict[str, str] = {}
    printouts: tuple[tuple[str, str, str], ...] = ()
    empty_hint = ""
    sensitive: tuple[str, ...] = ()
    list_view: type | None = None
    detail_view: type | None = None
    form_class: type | None = None
    filterset_class: type | None = None
    serializer_class: type | None = None
    viewset_class: type | None = None

    @classmethod
    def app(cls) -> str:
        return cls.model._meta.app_label

    @classmethod
    def name(cls) -> str:
        return cls.model._meta.model_name

    @classmethod
    def key(cls) -> str:
        """How saved views and the palette name this resource: "crm.order"."""
        return cls.model._meta.label_lower

    @classmethod
    @lru_cache(maxsize=512)
    def slug(cls) -> str:
        """The plural in addresses, always English: "sales-orders"."""
        with override("en"):
            return slugify(str(cls.model._meta.verbose_name_plural))

    @classmethod
    def label(cls) -> str:
        return str(cls.model._meta.verbose_name)

    @classmethod
    def label_plural(cls) -> str:
        return str(cls.model._meta.verbose_name_plural)

    @classmethod
    def url(cls, action: str = "list", *args: Any) -> str:
        return reverse(f"{cls.app()}:{cls.name()}_{action}", args=args)

    @classmethod
    @lru_cache(maxsize=512)
    def list_url(cls) -> str:
        return cls.url("list")

    @classmethod
    def url_of(cls, record: Model) -> str:
        """The page of a record (by hand, not `reverse`: a list shows hundreds)."""
        return f"{cls.list_url()}{record.pk}/"

    @classmethod
    def rows(cls, user: Any, action: str = "view") -> QuerySet:
        """The rows on which the user may attempt the action. The only door to rows that pages, API, export and search use."""
        return cls.model.objects.visible_to(user, action)

    @classmethod
    def is_editable(cls) -> bool:
        """Whether people make and edit rows by hand at all."""
        return bool(cls.form_fields or cls.form_class)
