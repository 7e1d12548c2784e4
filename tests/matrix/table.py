"""security/matrix.csv: who may open the addresses that no declaration generates."""

import csv
from dataclasses import dataclass
from pathlib import Path

TABLE = Path(__file__).resolve().parents[2] / "security" / "matrix.csv"
PUBLIC, SIGNED_IN = "public", "signed-in"


@dataclass(frozen=True)
class Access:
    """`may`: public, signed-in, or a permission ("integration.view_event"); `arguments`: name=value, or name=app.model for a key."""

    pattern: str
    may: str
    methods: tuple[str, ...]
    arguments: dict[str, str]
    query: str


def table() -> dict[str, list[Access]]:
    """The table by pattern; an address has a line for each way to use it."""
    found: dict[str, list[Access]] = {}
    with TABLE.open(newline="") as file:
        for row in csv.DictReader(file):
            arguments = dict(part.split("=", 1) for part in row["arguments"].split())
            access = Access(row["pattern"], row["may"], tuple(row["methods"].split()), arguments, row["query"])
            found.setdefault(access.pattern, []).append(access)
    return found
