"""Values of dimensions as trees."""

from erp.dimensions.models import DimensionValue


def values_below(value: DimensionValue) -> set[int]:
    """The keys of a value and of all below it."""
    below: dict[int | None, list[int]] = {}
    for pk, parent in DimensionValue.objects.filter(dimension=value.dimension_id).values_list("pk", "parent"):
        below.setdefault(parent, []).append(pk)
    found, waiting = set(), [value.pk]
    while waiting:
        one = waiting.pop()
        found.add(one)
        waiting += below.get(one, ())
    return found
