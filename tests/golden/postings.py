"""The golden postings: what each step puts on each account, as the design says it."""

from decimal import Decimal
from pathlib import Path

HERE = Path(__file__).parent


def _read() -> dict[str, list[tuple[str, Decimal]]]:
    blocks: dict[str, list[tuple[str, Decimal]]] = {}
    current = ""
    for line in (HERE / "postings.txt").read_text().splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        if line.startswith(("Dr ", "Cr ")):
            side, role, amount = line.split()
            blocks[current].append((role, Decimal(amount) * (1 if side == "Dr" else -1)))
        else:
            current = line.partition(":")[0]
            blocks[current] = []
    return blocks


POSTINGS = _read()


def expected(*ids: str, mirror: bool = False) -> dict[str, Decimal]:
    """Net per role of the blocks together (debit above zero), without roles that net to zero."""
    sums: dict[str, Decimal] = {}
    for posting in ids:
        for role, amount in POSTINGS[posting]:
            sums[role] = sums.get(role, Decimal(0)) + (-amount if mirror else amount)
    return {role: amount for role, amount in sums.items() if amount}


def chains() -> list[tuple[list[str], list[str]]]:
    """(roles that end at zero, ids of the postings)."""
    lines = [line for line in (HERE / "chains.txt").read_text().splitlines() if line and not line.startswith("#")]
    return [(roles.split(), ids.split()) for roles, _colon, ids in (line.partition(":") for line in lines)]
