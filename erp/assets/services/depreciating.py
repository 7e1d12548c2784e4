"""Depreciation: of a period for all assets in one entry (FA-3), and of one asset to the day before something else happens to it."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from erp.assets.models import Asset, AssetMovement, DepreciationRun
from erp.assets.rules import months_between
from erp.assets.selectors import due, units_used, waiting_assets
from erp.assets.services.booking import Move, book, digits_of
from suite.kernel.calendars.models import Period
from suite.kernel.documents.editing import editing
from suite.kernel.documents.errors import Refusal
from suite.kernel.documents.locking import lock
from suite.kernel.documents.transitions import Act, transition
from suite.kernel.documents.work import in_unit_of_work
from suite.kernel.money.rules import ZERO
from suite.kernel.users.service_user import recorded_id

LIFE = Decimal("0.00000001")
# One run of a company at a time: the next one finds what this one made.
_TURN = "SELECT pg_advisory_xact_lock(hashtextextended('erp.depreciation', %s))"


@editing(DepreciationRun)
def refuse_impossible_periods(run: DepreciationRun, *, actor: Any) -> None:
    """Raises Refusal for a closing period, a closed one, and one that has its run already."""
    if run.period.is_closing:
        raise Refusal(_("The closing period takes the year-end entry only; nothing was saved."), field="period", hint=_("Choose a month."))
    if run.period.status == Period.Status.CLOSED:
        raise Refusal(
            _("Period %(period)s is closed; nothing was saved.") % {"period": run.period}, field="period", code="period_open",
            hint=_("Choose an open period: it catches up what was missed."),
        )
    known = DepreciationRun.objects.filter(company_id=run.company_id, period=run.period).exclude(pk=run.pk).first()
    if known:
        raise Refusal(
            _("%(run)s is the depreciation of this period already; nothing was saved.") % {"run": known}, field="period", code="run_twice",
            hint=_("Open it: a draft can be posted, a posted one is done."),
        )


def run_depreciation(*, period: Period, actor: Any) -> DepreciationRun:
    """The period's depreciation, posted; the run that was posted before where there is one (nothing is booked twice). Raises Refusal."""

    def run() -> DepreciationRun:
        with connection.cursor() as cursor:
            cursor.execute(_TURN, [period.company_id])
        known = DepreciationRun.objects.filter(company_id=period.company_id, period=period).first()
        if known is None:
            known = DepreciationRun(company_id=period.company_id, period=period, created_by_id=recorded_id(actor))
            refuse_impossible_periods(known, actor=actor)
            known.save()
        return known if known.status == DepreciationRun.Status.POSTED else post_depreciation_run(known, actor=actor)

    return in_unit_of_work(run, actor=actor)


@transition(
    DepreciationRun, "post", source={DepreciationRun.Status.DRAFT}, target=DepreciationRun.Status.POSTED, label=gettext_lazy("Post"), icon="check", order=10,
)
def post_depreciation_run(run: DepreciationRun, *, actor: Any, act: Act) -> None:
    """FA-3: depreciation of every asset in service until the end of the period, with what earlier periods missed, in one entry.

    Raises Refusal: nothing to depreciate, closed period.
    """
    through = run.period.ends_on
    assets = lock(waiting_assets(run.company_id, through).select_related("asset_class"))
    digits, used = digits_of(run.company_id), units_used(assets, through)
    moves = [
        Move(asset, AssetMovement.Kind.DEPRECIATION, depreciation=amount)
        for asset in assets if (amount := due(asset, through, used=used.get(asset.pk, ZERO), digits=digits)) > 0
    ]
    if not moves:
        raise Refusal(
            _("There is nothing to depreciate until %(day)s; nothing was booked.") % {"day": through}, code="nothing_to_depreciate",
            hint=_("Assets in service are depreciated until then already, or none is in service."),
        )
    run.entry = book(
        moves, company_id=run.company_id, on=through, description=_("Depreciation %(period)s") % {"period": run.period}, source_key=run.key, actor=actor,
        owners=(run,),
    )
    run.amount, run.asset_count = sum((move.depreciation for move in moves), ZERO), len(moves)
    done = [move.asset.pk for move in moves if move.asset.accumulated == move.asset.cost - move.asset.salvage]
    Asset.objects.filter(pk__in=[asset.pk for asset in assets]).update(depreciated_until=through, version=F("version") + 1)
    Asset.objects.filter(pk__in=done).update(status=Asset.Status.FULLY_DEPRECIATED)


def depreciate_to(asset: Asset, day: date, *, actor: Any) -> None:
    """Brings one locked asset to a day before it is sold, scrapped or valued anew; what a run booked beyond that day is taken back.

    Raises Refusal where the asset was valued anew after the day.
    """
    if day < asset.basis_on:
        raise Refusal(
            _("The asset is in the books from %(day)s on as it is now; nothing was booked.") % {"day": asset.basis_on}, field="on", code="too_early",
            hint=_("Choose that day or a later one."),
        )
    used = units_used([asset], day).get(asset.pk, ZERO)
    amount = due(asset, day, used=used, digits=digits_of(asset.company_id))
    if amount:
        book(
            [Move(asset, AssetMovement.Kind.DEPRECIATION, depreciation=amount)], company_id=asset.company_id, on=day, actor=actor,
            description=_("Depreciation to the day: %(asset)s") % {"asset": asset}, source_key=f"{asset.key}/to/{asset.version}",
        )
    asset.depreciated_until = day


def plan_anew(asset: Asset, day: date, *, share_kept: Decimal = Decimal(1)) -> None:
    """From the next day on what is left depreciates over the life that is left."""
    elapsed = months_between(asset.basis_on, day)
    left = max(Decimal(0), asset.basis_months - (Decimal(elapsed.numerator) / Decimal(elapsed.denominator)))
    used = units_used([asset], day).get(asset.pk, ZERO)
    asset.basis_months = left.quantize(LIFE)
    asset.basis_units = max(ZERO, asset.basis_units - used) * share_kept
    asset.basis_on = day + timedelta(days=1)
    asset.basis_accumulated = asset.accumulated
    is_done = asset.accumulated == asset.cost - asset.salvage and asset.method != "none"
    asset.status = Asset.Status.FULLY_DEPRECIATED if is_done else Asset.Status.IN_SERVICE
