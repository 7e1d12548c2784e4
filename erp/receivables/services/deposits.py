"""Deposits asked of customers: the invoice for one (L2O-5), and its use by hand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from erp.receivables.models import CustomerInvoice, CustomerInvoiceLine
from erp.receivables.rules import InvoiceLineInput
from erp.receivables.selectors import posting_facts
from erp.receivables.services.drafting import digits_of, draft_invoice
from erp.receivables.services.using_deposits import deposits_of_order, use_deposits
from suite.kernel.documents.errors import Refusal
from suite.kernel.documents.transitions import Act, transition
from suite.kernel.money.rules import ZERO, round_money, split

Kind = CustomerInvoice.Kind


@dataclass(frozen=True)
class OrderedTax:
    """What an order comes to under one tax: the key and rate (a share) of the tax, and the total with it, in the order's currency."""

    tax_id: int
    rate: Decimal
    gross: Decimal


def draft_deposit(
    *, company_id: int, order_key: str, order_number: str, customer_id: int, currency_id: str, ordered: Sequence[OrderedTax], actor: Any,
    percent: Decimal | None = None, amount: Decimal | None = None, source_key: str | None = None, **more: Any,
) -> CustomerInvoice:
    """A draft deposit invoice for a percentage of an order or an amount (with tax), with the order's taxes in proportion.

    Get-or-create on `source_key`. Raises Refusal: neither or both are given, not above zero, more than the order has left to ask for.
    """
    if (percent is None) == (amount is None):
        raise Refusal(_("Say a percentage of the order or an amount; nothing was saved."), field="amount", code="deposit_unclear")
    whole = sum((part.gross for part in ordered), ZERO)
    digits = digits_of(currency_id, posting_facts(company_id))
    gross = round_money(whole * percent / 100, digits) if percent is not None else amount
    field = "amount" if percent is None else "percent"
    if gross <= 0:
        raise Refusal(_("A deposit is above zero; nothing was saved."), field=field, code="deposit_not_positive")
    asked = _asked(company_id, order_key)
    if gross + asked > whole:
        raise Refusal(
            _("The order comes to %(whole)s, deposits of %(asked)s were asked for already, %(gross)s more are too much; nothing was saved.")
            % {"whole": whole, "asked": asked, "gross": gross}, field=field, code="deposit_above_order", hint=_("Ask for at most what is left."),
        )
    parts = split(gross, [part.gross for part in ordered], digits)
    lines = [
        InvoiceLineInput(
            product_id=None, description=str(_("Deposit on order %(order)s") % {"order": order_number}), quantity=Decimal(1), unit_price=part,
            tax_id=one.tax_id, tax_rate=one.rate, kind=CustomerInvoiceLine.Kind.DEPOSIT,
        )
        for one, part in zip(ordered, parts, strict=True) if part
    ]
    return draft_invoice(
        company_id=company_id, customer_id=customer_id, lines=lines, currency_id=currency_id, actor=actor, prices_include_tax=True,
        source_key=source_key, kind=Kind.DEPOSIT, order_key=order_key, order_number=order_number, **more,
    )


def _asked(company_id: int, order_key: str) -> Decimal:
    of_order = CustomerInvoice.objects.filter(company_id=company_id).exclude(status=CustomerInvoice.Status.VOID)
    asked = of_order.filter(order_key=order_key, kind=Kind.DEPOSIT).aggregate(Sum("gross"))["gross__sum"] or ZERO
    credited = of_order.filter(corrects__order_key=order_key, corrects__kind=Kind.DEPOSIT, kind=Kind.CREDIT_NOTE)
    return asked - (credited.aggregate(Sum("gross"))["gross__sum"] or ZERO)


@transition(
    CustomerInvoice, "apply_deposit", source={CustomerInvoice.Status.POSTED}, target=None, label=gettext_lazy("Apply deposits"),
    icon="arrow-down-right-circle", order=30,
    offered=lambda invoice: bool(invoice.kind == Kind.INVOICE and invoice.order_key and invoice.payment_status != "paid"),
)
def apply_deposits(
    invoice: CustomerInvoice, *, actor: Any, act: Act, amount: Decimal | None = None, on: date | None = None,
) -> None:
    """L2O-2: what was paid of the order's deposits, set against the invoice: all that fits, or `amount` (in its currency).

    Raises Refusal: no paid deposit is left, more than is left, the invoice has nothing open.
    """
    on = on or max(timezone.localdate(), invoice.issued_on)
    facts = posting_facts(invoice.company_id)
    used = use_deposits(invoice, facts, deposits=deposits_of_order(invoice), on=on, actor=actor, at_most=amount) if invoice.kind == Kind.INVOICE else ZERO
    if not used or (amount is not None and used < amount):
        raise Refusal(
            _("%(used)s of paid deposits can be applied to %(invoice)s; nothing was done.") % {"used": used, "invoice": invoice}, field="amount",
            code="no_deposit", hint=_("Apply at most what was paid of the order's deposits and is open on the invoice."),
        )
    invoice.refresh_from_db(fields=("payment_status",))
    act.payload["applied"] = str(used)
