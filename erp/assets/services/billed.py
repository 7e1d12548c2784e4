"""Assets that come with a bill: a draft for each line, smaller or gone when the supplier credits it (FA-1)."""

from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.dispatch import receiver
from django.utils.translation import gettext as _

from erp.assets.models import Asset, AssetClass
from erp.assets.services.acquiring import draft_asset
from erp.ledger.models import AccountAssignment
from erp.ledger.roles import AccountRole
from erp.payables.models import SupplierBill, SupplierBillLine
from erp.payables.selectors import books_nets
from erp.payables.signals import bill_posted, bill_reversed
from suite.kernel.documents.errors import Refusal
from suite.kernel.documents.locking import lock_one
from suite.kernel.documents.transitions import Act
from suite.kernel.money.rules import proportion


@receiver(bill_posted)
def assets_of_bill(sender: type, document: SupplierBill, act: Act, **kwargs: Any) -> None:
    """Drafts an asset for each line that names a class or stands on assets under construction; a credit note takes its part off the draft.

    Raises Refusal where the credited asset is in service: then the credit note is not posted.
    """
    construction = AccountAssignment.objects.filter(company_id=document.company_id, role=AccountRole.CWIP).values("account")
    found = document.lines.filter(Q(asset_class__isnull=False) | Q(account__in=construction)).order_by("position")
    lines = list(found.select_related("asset_class", "product", "account"))
    worths = books_nets(document) if lines else {}
    for line in lines:
        if document.kind == SupplierBill.Kind.CREDIT_NOTE:
            _credit(line, worths[line.pk])
        else:
            _draft(document, line, worths[line.pk], act)


def _draft(bill: SupplierBill, line: SupplierBillLine, cost: Decimal, act: Act) -> None:
    asset_class = line.asset_class or AssetClass.objects.filter(company_id=bill.company_id, is_active=True).order_by("code").first()
    if asset_class is None or cost <= 0:
        return
    draft_asset(
        company_id=bill.company_id, class_id=asset_class.pk, name=str(line)[:160], cost=cost, acquired_on=bill.ledger_date, actor=act.actor,
        source_key=line.key, supplier_id=bill.supplier_id, bill_line=line,
    )


def _credit(line: SupplierBillLine, credited: Decimal) -> None:
    asset = Asset.objects.filter(bill_line_id=line.corrects_id).first() if line.corrects_id else None
    if asset is None:
        if line.asset_class_id:
            raise Refusal(
                _("Line %(position)s credits an asset, and nothing says which; the credit note was not posted.") % {"position": line.position},
                code="asset_not_named", hint=_("Open the bill and record there what the supplier credits."),
            )
        return
    asset = lock_one(Asset, asset.pk)
    _refuse_in_service(asset, _("the credit note was not posted"))
    if credited >= asset.cost:
        asset.delete()
        return
    left = asset.cost - credited
    asset.salvage = proportion(asset.salvage, left, asset.cost, -asset.cost.as_tuple().exponent)
    asset.cost = left
    asset.version += 1
    asset.save(update_fields=["cost", "salvage", "version"])


@receiver(bill_reversed)
def take_assets_back(sender: type, document: SupplierBill, act: Act, **kwargs: Any) -> None:
    """The draft assets of a reversed bill are gone. Raises Refusal where one is in service: then the bill is not reversed."""
    for asset in Asset.objects.filter(bill_line__bill=document).order_by("pk"):
        asset = lock_one(Asset, asset.pk)
        _refuse_in_service(asset, _("the bill was not reversed"))
        asset.delete()


def _refuse_in_service(asset: Asset, consequence: str) -> None:
    if asset.status != Asset.Status.DRAFT:
        raise Refusal(
            _("%(asset)s is in service; %(consequence)s.") % {"asset": asset, "consequence": consequence}, code="asset_in_service",
            hint=_("Scrap or impair the asset, and credit the line to the account of the loss."),
        )

