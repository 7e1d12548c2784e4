"""Assets come in: drafted by hand or from a bill, then placed in service (FA-2)."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from erp.assets.models import Asset, AssetClass, AssetMovement, Method
from erp.assets.services.booking import Move, book, digits_of
from erp.ledger.models import Account
from erp.ledger.roles import AccountRole
from erp.ledger.rules import EntryLine
from suite.kernel.documents.editing import edited, editing
from suite.kernel.documents.errors import Refusal
from suite.kernel.documents.transitions import Act, transition
from suite.kernel.documents.work import in_unit_of_work
from suite.kernel.money.rules import ZERO, round_money
from suite.kernel.numbering.services import next_number
from suite.kernel.users.service_user import recorded_id

Status = Asset.Status
SERIES = "FA"


@edited(AssetClass)
def refuse_accounts_of_others(asset_class: AssetClass, *, actor: Any) -> None:
    """Raises Refusal where an account of the class is not kept by the asset register (cost, accumulated) or is no expense account."""
    for field in ("cost_account", "accumulated_account"):
        account = getattr(asset_class, field)
        if account is not None and account.control != Account.Control.CLEARING:
            raise Refusal(
                _("%(account)s is open to entries by hand, so it could differ from the asset register; nothing was saved.") % {"account": account},
                field=field, code="account_not_kept", hint=_("Choose an account whose control is “clearing items”."),
            )
    if asset_class.expense_account is not None and asset_class.expense_account.type != Account.Type.EXPENSE:
        raise Refusal(_("%(account)s is no expense account; nothing was saved.") % {"account": asset_class.expense_account}, field="expense_account")


@editing(Asset)
def fill_in(asset: Asset, *, actor: Any) -> None:
    """What nobody typed comes from the asset's class; the number is the next free one. Raises Refusal for amounts that make no sense."""
    kind, digits = asset.asset_class, digits_of(asset.company_id)
    asset.method = asset.method or kind.method
    asset.life_months = asset.life_months or kind.life_months
    asset.declining_factor = asset.declining_factor or kind.declining_factor
    if asset.salvage is None:
        asset.salvage = round_money(asset.cost * kind.salvage_share, digits)
    if asset.cost <= 0:
        raise Refusal(_("An asset costs more than nothing; nothing was saved."), field="cost")
    if not ZERO <= asset.salvage <= asset.cost:
        raise Refusal(_("The salvage value lies between nothing and the cost; nothing was saved."), field="salvage")
    if asset.method == Method.UNITS and asset.total_units <= 0:
        raise Refusal(_("Depreciation by units needs the units of its whole life; nothing was saved."), field="total_units")
    if asset.opening_accumulated and (asset.source != Asset.Source.OPENING or not ZERO <= asset.opening_accumulated <= asset.cost - asset.salvage):
        raise Refusal(
            _("Depreciation from before belongs to an asset taken over, within cost less salvage value; nothing was saved."), field="opening_accumulated",
        )
    asset.number = asset.number or next_number(company_id=asset.company_id, series=SERIES)


def draft_asset(
    *, company_id: int, class_id: int, name: str, cost: Decimal, acquired_on: date, actor: Any, source_key: str | None = None, **more: Any,
) -> Asset:
    """A draft asset at `cost` (company currency, without tax), or the one that `source_key` made before. Raises Refusal."""

    def draft() -> Asset:
        if source_key and (known := Asset.objects.filter(company_id=company_id, source_key=source_key).first()):
            return known
        asset = Asset(
            company_id=company_id, asset_class=AssetClass.objects.get(pk=class_id, company_id=company_id), name=name, cost=cost, acquired_on=acquired_on,
            source_key=source_key, created_by_id=recorded_id(actor), **more,
        )
        fill_in(asset, actor=actor)
        asset.save()
        return asset

    return in_unit_of_work(draft, actor=actor)


@transition(
    Asset, "capitalise", source={Status.DRAFT}, target=Status.IN_SERVICE, label=gettext_lazy("Place in service"), icon="player-play", order=10,
)
def capitalise_asset(asset: Asset, *, actor: Any, act: Act, on: date | None = None) -> None:
    """FA-2: the cost leaves assets under construction and becomes the asset's; it depreciates from that day on.

    An asset taken over brings its depreciation with it, against opening balance equity. Raises Refusal: closed period, before it was acquired.
    """
    on = on or max(timezone.localdate(), asset.acquired_on)
    if on < asset.acquired_on:
        raise Refusal(
            _("The asset was acquired on %(day)s: it is not in service before. Nothing was booked.") % {"day": asset.acquired_on}, field="on",
            code="too_early", hint=_("Choose that day or a later one."),
        )
    before = asset.opening_accumulated
    counter = EntryLine(
        AccountRole.CWIP if asset.source == Asset.Source.CWIP else AccountRole.OPENING_BALANCE_EQUITY, amount=before - asset.cost,
    )
    book(
        [Move(asset, AssetMovement.Kind.ACQUISITION, cost=asset.cost, salvage=asset.salvage, depreciation=before)],
        company_id=asset.company_id, on=on, description=_("In service: %(asset)s") % {"asset": asset}, source_key=asset.key, actor=actor, counter=[counter],
    )
    asset.in_service_on = asset.basis_on = on
    asset.basis_accumulated = before
    asset.basis_months, asset.basis_units = Decimal(asset.life_months), asset.total_units
    if asset.accumulated == asset.cost - asset.salvage and asset.method != Method.NONE:
        asset.status = Status.FULLY_DEPRECIATED
