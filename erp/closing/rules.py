"""What an item of the closing checklist answers."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Check:
    """One item of the checklist, asked: its name, and what stands in the way (nothing: in order), each finding with text and url."""

    name: str
    label: str
    findings: tuple[Any, ...]
    icon: str = "checklist"

    @property
    def is_in_order(self) -> bool:
        return not self.findings
