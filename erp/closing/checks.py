"""The close checklist (flows.md 7.4): each item is a query that must find nothing, or be waived by name.

A domain adds its own with `@closing_check("name", _("label"))` on `function(period) -> list[Finding]`, in a module that its services import.
"""

from collections.abc import Callable
from dataclasses import dataclass

from suite.kernel.calendars.models import Period


@dataclass(frozen=True)
class Finding:
    """A guilty line in words, and the page where it is put in order ("": none)."""

    text: str
    url: str = ""

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class ClosingCheck:
    """An item of the checklist."""

    name: str
    label: str
    find: Callable[[Period], list[Finding]]
    icon: str = "checklist"


_checks: dict[str, ClosingCheck] = {}


def closing_check(name: str, label: str, *, icon: str = "checklist") -> Callable:
    """Register an item of the checklist."""

    def register(find: Callable[[Period], list[Finding]]) -> Callable[[Period], list[Finding]]:
        _checks[name] = ClosingCheck(name, label, find, icon)
        return find

    return register


def closing_checks() -> list[ClosingCheck]:
    """Every item, in order of registration."""
    return list(_checks.values())
