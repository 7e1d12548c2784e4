"""An asset's value changed by hand: down as an expense, up into the revaluation surplus."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from erp.assets.models import Asset, AssetMovement
from erp.assets.services.booking import Move, book
from erp.assets.services.depreciating import depreciate_to, plan_anew
from erp.ledger.roles import AccountRole
from erp.ledger.rules import EntryLine
from suite.kernel.documents.errors import Refusal
from suite.kernel.documents.transitions import Act, transition


@transition(
    Asset, "impair", source=Asset.IN_USE, target=None, label=gettext_lazy("Impair"), icon="trending-down", order=50,
    offered=lambda asset: asset.accumulated < asset.cost - asset.salvage,
)
def impair_asset(asset: Asset, *, actor: Any, act: Act, amount: Decimal, on: date | None = None, reason: str = "") -> None:
    """Writes `amount` off the book value at once (Dr DEPRECIATION_EXPENSE / Cr ACCUM_DEPRECIATION); the rest depreciates over the life left.

    Depreciated to the day first. Raises Refusal: more than is left to depreciate, closed period.
    """
    on = on or timezone.localdate()
    _refuse_nothing(amount)
    depreciate_to(asset, on, actor=actor)
    left = asset.cost - asset.salvage - asset.accumulated
    if amount > left:
        raise Refusal(
            _("%(amount)s is more than the %(left)s that is left to depreciate; nothing was booked.") % {"amount": amount, "left": left}, field="amount",
            code="beyond_depreciable", hint=_("Impair at most that much."),
        )
    book(
        [Move(asset, AssetMovement.Kind.IMPAIRMENT, depreciation=amount)], company_id=asset.company_id, on=on, actor=actor,
        description=reason or _("Impairment: %(asset)s") % {"asset": asset}, source_key=f"{asset.key}/impair/{asset.version}",
    )
    plan_anew(asset, on)


@transition(Asset, "revalue", source=Asset.IN_USE, target=None, label=gettext_lazy("Revalue upward"), icon="trending-up", order=55)
def revalue_asset(asset: Asset, *, actor: Any, act: Act, amount: Decimal, on: date | None = None, reason: str = "") -> None:
    """Raises the cost by `amount` (Dr FA_COST / Cr REVALUATION_SURPLUS: never income); it depreciates over the life left.

    Depreciated to the day first. Raises Refusal: not above nothing, closed period.
    """
    on = on or timezone.localdate()
    _refuse_nothing(amount)
    depreciate_to(asset, on, actor=actor)
    book(
        [Move(asset, AssetMovement.Kind.REVALUATION, cost=amount)], company_id=asset.company_id, on=on, actor=actor,
        description=reason or _("Revaluation: %(asset)s") % {"asset": asset}, source_key=f"{asset.key}/revalue/{asset.version}",
        counter=[EntryLine(AccountRole.REVALUATION_SURPLUS, amount=-amount)],
    )
    plan_anew(asset, on)


def _refuse_nothing(amount: Decimal) -> None:
    if amount <= 0:
        raise Refusal(_("The amount is above nothing; nothing was booked."), field="amount")
