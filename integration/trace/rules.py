"""Putting a trace in the order a person reads it."""

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from integration.trace.selectors import Edge, Node, Trace


@dataclass
class Step:
    """An event with the rows it caused, `depth` hops below the root, `milliseconds` after what caused it."""

    event: "Node"
    depth: int
    milliseconds: float | None
    rows: list[tuple["Node", "Edge"]] = field(default_factory=list)
    groups: list[tuple[str, int, Decimal | None]] = field(default_factory=list)


def layers(trace: "Trace") -> list[Step]:
    """The events of a trace, earliest first, each with its documents; what else it wrote is counted and summed by kind."""
    incoming: dict[str, list[Edge]] = defaultdict(list)
    outgoing: dict[str, list[Edge]] = defaultdict(list)
    for edge in trace.edges:
        incoming[edge.target].append(edge)
        outgoing[edge.source].append(edge)
    depth = {trace.root: 0}
    pending = [trace.root]
    while pending:
        key = pending.pop(0)
        for edge in outgoing[key]:
            if edge.target not in depth:
                depth[edge.target] = depth[key] + (1 if edge.target.startswith("event:") else 0)
                pending.append(edge.target)
    steps = []
    for node in sorted((n for n in trace.nodes.values() if n.kind == "event"), key=lambda n: (n.at, n.key)):
        waits = [edge.milliseconds for edge in incoming[node.key] if edge.milliseconds is not None]
        step = Step(node, depth.get(node.key, 1) - 1, waits[0] if waits else None)
        others: dict[str, list[Decimal | None]] = defaultdict(list)
        for edge in outgoing[node.key]:
            row = trace.nodes[edge.target]
            if row.kind == "event":
                continue
            if row.is_document:
                step.rows.append((row, edge))
            else:
                others[row.label].append(row.amount)
        for label, amounts in sorted(others.items()):
            known = [amount for amount in amounts if amount is not None]
            step.groups.append((label, len(amounts), sum(known, Decimal(0)) if known else None))
        steps.append(step)
    return steps
