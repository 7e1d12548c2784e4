"""Assets go, whole or in part: sold by an invoice (FA-4, FA-6) or scrapped (FA-5). Depreciated to the day first."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from erp.assets.models import Asset, AssetMovement
from erp.assets.rules import part_of
from erp.assets.services.booking import Move, book, digits_of
from erp.assets.services.depreciating import depreciate_to, plan_anew
from erp.ledger.models import JournalEntry
from erp.ledger.roles import AccountRole
from erp.ledger.rules import EntryLine
from erp.receivables.models import CustomerInvoice, CustomerInvoiceLine
from erp.receivables.services import InvoiceLineInput, draft_invoice, post_invoice
from suite.kernel.companies.models import Company
from suite.kernel.documents.errors import Refusal
from suite.kernel.documents.transitions import Act, transition
from suite.kernel.parties.models import Party
from suite.kernel.taxes.models import Tax

Status = Asset.Status
WHOLE = Decimal(1)


@transition(Asset, "sell", source=Asset.IN_USE, target=None, label=gettext_lazy("Sell"), icon="cash", is_dangerous=True, order=60)
def sell_asset(
    asset: Asset, *, actor: Any, act: Act, customer_id: int, price: Decimal, tax_id: int, on: date | None = None, share: Decimal = WHOLE, reason: str = "",
) -> None:
    """FA-4, of a part FA-6: an invoice to the customer (`price` without tax), and the asset (or `share` of it) leaves the books; what
    the price is above or below the book value is gain or loss. `act.payload` says `invoice_id`.

    Raises Refusal: a share outside 0 to 1, a day before the asset's last valuation, a closed period.
    """
    on = _checked(asset, on, share)
    if price <= 0:
        raise Refusal(_("The price is above nothing; nothing was booked."), field="price", hint=_("Scrap what nobody pays for."))
    tax, customer = Tax.objects.get(pk=tax_id, company_id=asset.company_id), Party.objects.get(pk=customer_id, company_id=asset.company_id)
    depreciate_to(asset, on, actor=actor)
    company = Company.objects.get(pk=asset.company_id)
    invoice: CustomerInvoice = draft_invoice(
        company_id=asset.company_id, customer_id=customer.pk, currency_id=company.currency_id, payment_term_id=customer.payment_term_id,
        tax_rounding=company.tax_rounding, source_key=f"{asset.key}/sale/{asset.version}", actor=actor,
        lines=[InvoiceLineInput(
            product_id=None, description=str(asset), quantity=Decimal(1), unit_price=price, tax_id=tax.pk, tax_rate=tax.rate,
            kind=CustomerInvoiceLine.Kind.ASSET,
        )],
    )
    invoice = post_invoice(invoice, actor=actor, issued_on=on)
    _leave(asset, AssetMovement.Kind.SALE, on, share, reason or _("Sale: %(asset)s") % {"asset": asset}, actor, proceeds=invoice.net, invoice_id=invoice.pk)
    act.payload["invoice_id"] = invoice.pk


@transition(Asset, "scrap", source=Asset.IN_USE, target=None, label=gettext_lazy("Scrap"), icon="trash", is_dangerous=True, order=70)
def scrap_asset(asset: Asset, *, actor: Any, act: Act, on: date | None = None, share: Decimal = WHOLE, reason: str = "") -> None:
    """FA-5: the asset (or `share` of it) leaves the books, its book value is a loss. Raises Refusal as `sell_asset` does."""
    on = _checked(asset, on, share)
    depreciate_to(asset, on, actor=actor)
    _leave(asset, AssetMovement.Kind.SCRAPPING, on, share, reason or _("Scrapped: %(asset)s") % {"asset": asset}, actor)


def _checked(asset: Asset, on: date | None, share: Decimal) -> date:
    if not 0 < share <= 1:
        raise Refusal(_("The part is more than nothing and at most the whole (1); nothing was booked."), field="share", code="share_outside")
    return on or max(timezone.localdate(), asset.in_service_on)


def _leave(
    asset: Asset, kind: AssetMovement.Kind, on: date, share: Decimal, description: str, actor: Any, *, proceeds: Decimal = Decimal(0),
    invoice_id: int | None = None,
) -> JournalEntry:
    digits = digits_of(asset.company_id)
    cost, taken, salvage = (part_of(amount, share, digits) for amount in (asset.cost, asset.accumulated, asset.salvage))
    if share < 1 and cost >= asset.cost:
        raise Refusal(_("Nothing would be left of the asset; nothing was booked."), field="share", hint=_("Dispose of the whole."))
    if not cost:
        raise Refusal(_("This part is worth less than the smallest coin; nothing was booked."), field="share")
    # Rounded apart, cost less salvage of the rest could miss its depreciation by a cent: the salvage value of the rest gives way.
    rest = asset.cost - cost - (asset.accumulated - taken)
    salvage = max(salvage, asset.salvage - rest)
    entry = book(
        [Move(asset, kind, cost=-cost, salvage=-salvage, depreciation=-taken, proceeds=proceeds, invoice_id=invoice_id)], company_id=asset.company_id,
        on=on, description=description, actor=actor, source_key=f"{asset.key}/{kind}/{asset.version}",
        counter=[EntryLine(AccountRole.GAIN_LOSS_ON_DISPOSAL, amount=cost - taken)],
    )
    if share == 1:
        asset.status = Status.SOLD if kind == AssetMovement.Kind.SALE else Status.SCRAPPED
        asset.disposed_on = on
    else:
        plan_anew(asset, on, share_kept=1 - share)
    return entry
