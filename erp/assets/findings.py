"""What fixed assets add to the checklist of a close."""

from django.utils.translation import gettext_lazy as _

from erp.assets.links import asset_page
from erp.assets.selectors import assets_against_ledger, waiting_assets
from erp.closing.checks import Finding, closing_check
from suite.kernel.calendars.models import Period

MOST = 50


@closing_check("assets", _("Fixed asset accounts differ from the asset register"), icon="building-factory")
def differing_accounts(period: Period) -> list[Finding]:
    """Accounts of fixed assets that are not what the register says."""
    return [Finding(text) for text in assets_against_ledger(period.company_id, period.ends_on)]


@closing_check("depreciation", _("Assets in service that are not depreciated to the end of the period"), icon="trending-down")
def assets_behind(period: Period) -> list[Finding]:
    """Assets that a depreciation run of the period would move."""
    waiting = waiting_assets(period.company_id, period.ends_on).order_by("pk")
    return [Finding(str(asset), asset_page(asset.pk)) for asset in waiting[:MOST]]
