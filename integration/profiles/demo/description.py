"""The demo company as its two TOML files describe it."""

import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent


@lru_cache(maxsize=1)
def description() -> dict[str, Any]:
    """Company, places, goods, staff."""
    return tomllib.loads((FOLDER / "company.toml").read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def customer_words() -> dict[str, Any]:
    """The words customers are made of."""
    return tomllib.loads((FOLDER / "customers.toml").read_text(encoding="utf-8"))


def logins() -> list[tuple[str, str, str]]:
    """(username, role, password) of each member of the demo staff."""
    return [(one["username"], one["role"], one["password"]) for one in description()["staff"]]
