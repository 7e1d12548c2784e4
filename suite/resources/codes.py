"""Technical codes in words: what an event type, a consumer or a kind of document is called. The code stays beside it, small.

    codes.spoken(Event, "type", event_words, event_types)
"""

from collections.abc import Callable, Iterable

from django.apps import apps
from django.db.models import Model
from django.utils.text import capfirst

Words = Callable[[str], str]
_spoken: dict[tuple[type[Model], str], tuple[Words, Callable[[], Iterable[str]]]] = {}


def spoken(model: type[Model], name: str, words: Words, known: Callable[[], Iterable[str]]) -> None:
    """Lists, records and filters show `words(code)` for this column; `known` are the codes that a filter offers."""
    _spoken[model, name] = words, known


def is_spoken(model: type[Model], name: str) -> bool:
    return (model, name) in _spoken


def in_words(model: type[Model], name: str, code: str) -> str:
    """The code in words; the code itself where nobody gave it any."""
    return str(_spoken[model, name][0](code) or code) if (model, name) in _spoken else code


def choices(model: type[Model], name: str) -> list[tuple[str, str]]:
    """(code, words) of every known code, by words."""
    found = {code: in_words(model, name, code) for code in _spoken[model, name][1]()}
    return sorted(found.items(), key=lambda item: item[1].casefold())


def kind_words(label: str) -> str:
    """A kind of row by its label: "crm.order" is "Order"; the label itself where there is no such kind."""
    try:
        return capfirst(str(apps.get_model(label)._meta.verbose_name))
    except (LookupError, ValueError):
        return label
