"""What the asset register says."""

from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet, Sum

from erp.assets.models import Asset, AssetMovement, AssetUsage
from erp.assets.rules import YEAR, Basis, month_ends, planned
from suite.kernel.money.rules import ZERO

MOST_ROWS = 600


def basis_of(asset: Asset) -> Basis:
    """The plan of an asset in service: from when on, over what."""
    yearly = Fraction(asset.declining_factor or 0) * YEAR / asset.life_months if asset.life_months else Fraction(0)
    return Basis(
        asset.method, asset.basis_on, asset.cost - asset.basis_accumulated, asset.salvage, asset.basis_months, min(Fraction(1), yearly), asset.basis_units,
    )


def units_used(assets: list[Asset], through: date) -> dict[int, Decimal]:
    """{asset key: units produced since its basis}, for assets that depreciate by units; one query."""
    found = [asset for asset in assets if asset.method == "units"]
    if not found:
        return {}
    since = Q()
    for asset in found:
        since |= Q(asset_id=asset.pk, used_on__gte=asset.basis_on)
    rows = AssetUsage.objects.filter(since, used_on__lte=through).order_by().values("asset_id").annotate(units=Sum("units"))
    return {row["asset_id"]: row["units"] for row in rows}


def due(asset: Asset, through: date, *, used: Decimal = ZERO, digits: int = 2) -> Decimal:
    """What is still to be booked through a day (below zero: more is booked than the plan has until then)."""
    if asset.method == "none":
        return ZERO
    return planned(basis_of(asset), through, used=used, digits=digits) - (asset.accumulated - asset.basis_accumulated)


def schedule(asset: Asset, digits: int = 2) -> list[dict[str, Any]]:
    """Month by month: depreciation booked (up to the last run) and planned (from there on), and the book value at the end of each."""
    rows: list[dict[str, Any]] = []
    booked = asset.movements.exclude(kind=AssetMovement.Kind.ACQUISITION).select_related("entry").order_by("moved_on", "pk")
    book = sum((m.cost - m.depreciation for m in asset.movements.filter(kind=AssetMovement.Kind.ACQUISITION)), ZERO)
    for movement in booked:
        book += movement.cost - movement.depreciation
        rows.append({"day": movement.moved_on, "what": movement.get_kind_display(), "amount": movement.depreciation, "book": book, "entry": movement.entry})
    if asset.status != Asset.Status.IN_SERVICE or asset.method in ("units", "none"):
        return rows
    basis, taken = basis_of(asset), asset.accumulated - asset.basis_accumulated
    for day in month_ends(basis):
        if asset.depreciated_until and day <= asset.depreciated_until:
            continue
        total = planned(basis, day, digits=digits)
        if total > taken:
            book -= total - taken
            rows.append({"day": day, "what": "", "amount": total - taken, "book": book, "entry": None})
            taken = total
        if len(rows) >= MOST_ROWS:
            break
    return rows


def waiting_assets(company_id: int, through: date) -> QuerySet[Asset]:
    """The assets in service on a day that are not depreciated until then."""
    return Asset.objects.filter(
        Q(depreciated_until__lt=through) | Q(depreciated_until=None), company_id=company_id, status=Asset.Status.IN_SERVICE, in_service_on__lte=through,
    ).exclude(method="none")


def register(company_id: int, on: date, known_at: datetime | None = None) -> list[dict[str, Any]]:
    """Every asset that stood in the books on a day: cost, accumulated depreciation and book value then, as known at a moment (empty: now)."""
    rows = AssetMovement.objects.filter(company_id=company_id, entry__ledger_date__lte=on)
    if known_at is not None:
        rows = rows.filter(entry__posted_at__lte=known_at)
    found = rows.order_by().values(
        "asset_id", "asset__number", "asset__name", "asset__asset_class__code", "asset__asset_class__name", "asset__in_service_on",
    ).annotate(at_cost=Sum("cost"), taken=Sum("depreciation")).order_by("asset__asset_class__code", "asset__number", "asset_id")
    return [row for row in found if row["at_cost"] or row["taken"]]


def assets_against_ledger(company_id: int, on: date | None = None) -> list[str]:
    """Accounts of fixed assets whose balance is not what the register says, with the first asset at fault (none: all is well)."""
    with connection.cursor() as cursor:
        cursor.execute("""
            SELECT a.code || ' ' || a.name || ': ' || sum(x.amount) FROM (
                SELECT l.account_id, l.debit - l.credit AS amount FROM erp_journalline l
                 WHERE l.company_id = %(company)s AND l.ledger_date <= %(on)s
                   AND l.account_id IN (SELECT account_id FROM erp_clearingitem WHERE company_id = %(company)s AND role IN ('FA_COST', 'ACCUM_DEPRECIATION'))
                UNION ALL
                SELECT c.account_id, -c.amount FROM erp_clearingitem c JOIN erp_journalentry e ON e.id = c.entry_id
                 WHERE c.company_id = %(company)s AND c.role IN ('FA_COST', 'ACCUM_DEPRECIATION') AND e.ledger_date <= %(on)s
            ) x JOIN erp_account a ON a.id = x.account_id GROUP BY a.id HAVING sum(x.amount) <> 0""", {"company": company_id, "on": on or date.max})
        return [row[0] for row in cursor.fetchall()]
