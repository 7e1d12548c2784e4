"""Levels, and the usual three to begin with."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from erp.dunning.models import DunningLevel
from suite.kernel.documents.editing import editing
from suite.kernel.documents.errors import Refusal
from suite.kernel.documents.work import in_unit_of_work

USUAL: Sequence[dict[str, Any]] = (
    {"position": 1, "name": "Reminder", "days": 7},
    {"position": 2, "name": "First dunning", "days": 14, "fee": Decimal(5), "interest_points": Decimal(9)},
    {"position": 3, "name": "Last dunning", "days": 14, "fee": Decimal(10), "interest_points": Decimal(9), "stops_delivery": True},
)


@editing(DunningLevel)
def refuse_gap(level: DunningLevel, *, actor: Any) -> None:
    """Raises Refusal: a level that leaves a gap before it."""
    known = set(DunningLevel.objects.filter(company_id=level.company_id or actor.company_id).exclude(pk=level.pk).values_list("position", flat=True))
    known.add(level.position)
    if known != set(range(1, len(known) + 1)):
        raise Refusal(
            _("Levels are numbered 1, 2, 3 without a gap; nothing was saved."), field="position", code="dunning_levels_without_gap",
            hint=_("The next level is %(position)s.") % {"position": max(known - {level.position}, default=0) + 1},
        )




def set_up_levels(*, company_id: int, actor: Any, levels: Sequence[dict[str, Any]] = USUAL) -> list[DunningLevel]:
    """The company's levels; the usual three where it has none yet."""

    def set_up() -> list[DunningLevel]:
        known = list(DunningLevel.objects.filter(company_id=company_id))
        return known or [DunningLevel.objects.create(company_id=company_id, **values) for values in levels]

    return in_unit_of_work(set_up, actor=actor)
