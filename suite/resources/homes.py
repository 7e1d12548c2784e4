"""Homes: for each role the cards of its day. Whoever knows both sides (integration.overview) registers them; this only shows them.

    @card("sales", position=10)
    def open_orders(user) -> Tile:
        return Tile(_("Open orders"), "342", url, hint=_("12 more than last week"), trend="up")
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from suite.access.roles import ROLES


@dataclass(frozen=True)
class Badge:
    """A cell of `Rows` in colour (a Tabler colour: blue, green, orange, red …)."""

    label: str
    colour: str = "blue"


@dataclass(frozen=True)
class Tile:
    """One number that leads to its rows. `trend`: up, down or ""; `is_good` colours it; `share` (0 to 100) draws a bar."""

    title: str
    number: str
    url: str = ""
    hint: str = ""
    trend: str = ""
    is_good: bool = True
    share: int | None = None
    icon: str = ""
    kind: str = field(default="tile", init=False)


@dataclass(frozen=True)
class Chart:
    """A picture: an ECharts option, asked for by the browser apart from the page. `url` drills to the rows."""

    title: str
    option: Callable[[], dict[str, Any]]
    url: str = ""
    hint: str = ""
    width: int = 8
    kind: str = field(default="chart", init=False)


@dataclass(frozen=True)
class Rows:
    """A short list: each row is (cells, address); a cell is text, or a Badge, or (text, colour). Empty: says so and offers `url`."""

    title: str
    columns: Sequence[str]
    rows: Sequence[tuple[Sequence[Any], str]]
    url: str = ""
    empty: str = ""
    width: int = 6
    numeric: tuple[int, ...] = ()
    kind: str = field(default="rows", init=False)

    def __post_init__(self) -> None:
        rows = [([Badge(*cell) if isinstance(cell, tuple) else cell for cell in cells], url) for cells, url in self.rows]
        object.__setattr__(self, "rows", rows)


Card = Tile | Chart | Rows


@dataclass(frozen=True)
class Registered:
    """A card's maker with its place."""

    role: str
    position: int
    name: str
    permission: str
    make: Callable[[Any], Card | None]


_cards: dict[str, dict[str, Registered]] = defaultdict(dict)


def card(role: str, *, position: int = 50, permission: str = "") -> Callable:
    """Put the card that `function(user)` makes on a role's home. None hides it. Raises ValueError for an unknown home."""
    if role not in {entry.home for entry in ROLES.values()}:
        raise ValueError(f"There is no home called {role}.")

    def add(function: Callable[[Any], Card | None]) -> Callable[[Any], Card | None]:
        _cards[role][function.__name__] = Registered(role, position, function.__name__, permission, function)
        return function

    return add


def homes_of(user: Any) -> list[str]:
    """The homes of a user's roles, the first one first; an administrator has all."""
    if user.is_superuser:
        return list(dict.fromkeys(role.home for role in ROLES.values()))
    groups = set(user.groups.values_list("name", flat=True))
    if any("*" in ROLES[name].can for name in groups if name in ROLES):
        return list(dict.fromkeys(role.home for role in ROLES.values()))
    return list(dict.fromkeys(role.home for name, role in ROLES.items() if name in groups))


def cards_of(home: str, user: Any) -> list[tuple[Registered, Card]]:
    """The cards of a home that the user may see, in order."""
    found = []
    for item in sorted(_cards[home].values(), key=lambda entry: entry.position):
        if item.permission and not user.has_perm(item.permission):
            continue
        made = item.make(user)
        if made is not None:
            found.append((item, made))
    return found


def chart_option(home: str, name: str, user: Any) -> dict[str, Any] | None:
    """The ECharts option of a chart on a home, or None where the user has no such card."""
    item = _cards[home].get(name)
    if item is None or (item.permission and not user.has_perm(item.permission)):
        return None
    made = item.make(user)
    return made.option() if isinstance(made, Chart) else None
