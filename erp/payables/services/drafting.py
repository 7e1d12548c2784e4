"""Draft bills: typed, received, priced, voided."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from erp.ledger.models import Account
from erp.ledger.refusals import refusing
from erp.payables.models import SupplierBill, SupplierBillLine, SupplierBillTax
from erp.payables.rules import BillLineInput, rounding_of
from erp.payables.selectors import bill_of_reference
from erp.payables.services.taxing import choose_taxes
from erp.payables.signals import freight_named
from erp.receivables.rules import price_document
from suite.kernel.companies.models import Company
from suite.kernel.documents.editing import edited, editing
from suite.kernel.documents.errors import Refusal
from suite.kernel.documents.transitions import Act, transition
from suite.kernel.documents.work import in_unit_of_work
from suite.kernel.documents.writing import insert_row, insert_rows
from suite.kernel.money.models import Currency
from suite.kernel.money.rules import ZERO, round_money
from suite.kernel.parties.models import Party
from suite.kernel.taxes.models import Tax
from suite.kernel.users.service_user import recorded_id

Status = SupplierBill.Status


def draft_bill(
    *, company_id: int, supplier_id: int, supplier_reference: str, issued_on: date, lines: Sequence[BillLineInput], actor: Any,
    currency_id: str | None = None, payment_term_id: int | None = None, source_key: str | None = None, note: str = "", **more: Any,
) -> SupplierBill:
    """A draft bill, or the one that `source_key` made before. Without a term: the supplier's; without a currency: the company's.

    `more`: kind, corrects_id, received_on, tax_date, ledger_date, prices_include_tax, stated_total, order_key.
    Raises Refusal: the supplier's number is here already, no supplier, a control account, a total below zero.
    """

    def draft() -> SupplierBill:
        if source_key and (known := SupplierBill.objects.filter(company_id=company_id, source_key=source_key).first()):
            return known
        bill = SupplierBill(
            company_id=company_id, supplier_id=supplier_id, supplier_reference=supplier_reference.strip(), issued_on=issued_on,
            currency_id=currency_id, payment_term_id=payment_term_id, source_key=source_key, note=note, created_by_id=recorded_id(actor), **more,
        )
        prepare_bill(bill, actor=actor)
        with refusing():
            insert_row(bill)
        for position, line in enumerate(lines, 1):
            refuse_mixed_line(position, line)
        insert_rows([
            SupplierBillLine(
                company_id=company_id, bill=bill, position=position, product_id=line.product_id, account_id=line.account_id,
                description=line.description[:200], quantity=line.quantity, unit_price=line.unit_price, discount=line.discount,
                tax_id=line.tax_id, order_line_key=line.order_line_key, receipt_line_key=line.receipt_line_key, corrects_id=line.corrects_id,
                asset_class_id=line.asset_class_id, deferral_from=line.deferral_from, deferral_until=line.deferral_until, freight_id=line.freight_id,
            )
            for position, line in enumerate(lines, 1)
        ])
        price_edited_bill(bill, actor=actor)
        return bill

    return in_unit_of_work(draft, actor=actor)


@editing(SupplierBill)
def prepare_bill(bill: SupplierBill, *, actor: Any) -> None:
    """Fills in what the supplier and the company say. Raises Refusal: no number, no supplier, a bill of that number is here already."""
    bill.supplier_reference = bill.supplier_reference.strip()
    supplier = Party.objects.filter(pk=bill.supplier_id, company_id=bill.company_id, is_supplier=True).first()
    if supplier is None:
        raise Refusal(
            _("There is no such supplier; nothing was saved."), field="supplier", code="no_supplier",
            hint=_("Choose a party that is marked as a supplier."),
        )
    if not bill.supplier_reference:
        raise Refusal(
            _("The bill has no number; nothing was saved."), field="supplier_reference", code="no_reference",
            hint=_("Type the number the supplier printed on it, or the date if there is none."),
        )
    bill.currency_id = bill.currency_id or Company.objects.values_list("currency_id", flat=True).get(pk=bill.company_id)
    bill.payment_term_id = bill.payment_term_id or supplier.payment_term_id
    refuse_duplicate(bill)


def refuse_duplicate(bill: SupplierBill) -> None:
    """Raises Refusal where another standing bill has the same supplier, kind, year and number (blanks, dashes and case do not count)."""
    known = bill_of_reference(bill)
    if known is not None:
        raise Refusal(
            _("%(reference)s of %(supplier)s is here already: %(bill)s of %(day)s over %(gross)s %(currency)s. Nothing was saved.") % {
                "reference": bill.supplier_reference, "supplier": known.supplier, "bill": known, "day": known.issued_on, "gross": known.gross,
                "currency": known.currency_id,
            },
            field="supplier_reference", code="bill_reference_once",
            hint=_("Open that bill. If this is another one, type its number as printed; if that one is wrong, void or reverse it first."),
        )


@edited(SupplierBill)
def price_edited_bill(bill: SupplierBill, *, actor: Any) -> None:
    """Rates, nets, taxes and totals after header and lines were typed. Raises Refusal: total below zero, a line on a control account."""
    lines = list(bill.lines.select_related("tax", "account", "product__tax").order_by("position"))
    _refuse_control_accounts(lines)
    if any(line.freight_id for line in lines):
        freight_named.send(sender=SupplierBill, document=bill, lines=lines)
    digits = Currency.objects.values_list("digits", flat=True).get(pk=bill.currency_id)
    choose_taxes(bill, lines)
    priced = price_document(
        lines, prices_include_tax=bill.prices_include_tax, per_line=bill.tax_rounding == Company.TaxRounding.PER_LINE, digits=digits,
        parts={line.tax_id: line.tax.plan for line in lines if line.tax_id and line.tax.composition},
    )
    if priced.gross < 0:
        raise Refusal(_("The total is below zero; nothing was saved."), code="negative_total", hint=_("Enter a credit note instead."))
    for line, net in zip(lines, priced.line_nets, strict=True):
        line.net = net
    SupplierBillLine.objects.bulk_update(lines, ["tax", "tax_rate", "tax_reason", "net"])
    taxes = Tax.objects.in_bulk({group.tax_key for group in priced.groups if group.tax_key})
    rows = [
        SupplierBillTax(
            company_id=bill.company_id, bill=bill, code_id=group.tax_key, category=taxes[group.tax_key].category, rate=group.rate,
            base=group.base, amount=group.tax, self_assessed=round_money(group.base * taxes[group.tax_key].self_assessed_rate, digits),
        )
        for group in priced.groups if group.tax_key
    ]
    charged = [row for row in rows if row.rate]
    rounding = rounding_of(bill.stated_total, priced.gross, len(charged))
    if rounding:
        max(charged, key=lambda row: row.amount).amount += rounding
    for row in rows:
        kept = taxes[row.code_id].deductible_share
        row.not_deductible = ZERO if kept == 1 else row.amount + row.self_assessed - round_money((row.amount + row.self_assessed) * kept, digits)
    SupplierBillTax.objects.filter(bill=bill).delete()
    SupplierBillTax.objects.bulk_create(rows)
    bill.net, bill.tax, bill.gross = priced.net, priced.tax + rounding, priced.gross + rounding
    SupplierBill.objects.filter(pk=bill.pk).update(net=bill.net, tax=bill.tax, gross=bill.gross, fiscal_position_id=bill.fiscal_position_id)


def refuse_mixed_line(position: int, line: BillLineInput) -> None:
    """Raises Refusal where a line is several things at once, or its time lacks an end."""
    if (line.deferral_from is None) != (line.deferral_until is None) or line.deferral_from and line.deferral_until < line.deferral_from:
        raise Refusal(
            _("Line %(position)s: a time has a first and a last day, in this order; nothing was saved.") % {"position": position}, field="deferral_until",
            code="bill_line_time_has_both_ends",
        )
    if sum(value is not None for value in (line.asset_class_id, line.deferral_from, line.freight_id)) > 1:
        raise Refusal(
            _("Line %(position)s is an asset, prepaid, or freight of a shipment: one of them. Nothing was saved.") % {"position": position},
            code="bill_line_is_one_thing", hint=_("Split it into several lines."),
        )


def _refuse_control_accounts(lines: Sequence[SupplierBillLine]) -> None:
    for line in lines:
        if line.account and line.account.control != Account.Control.NONE:
            raise Refusal(
                _("Line %(position)s: %(account)s is kept by its own documents; nothing was saved.")
                % {"position": line.position, "account": line.account},
                field="account", code="control_account", hint=_("Choose an expense, asset or prepaid account."),
            )


@transition(
    SupplierBill, "void", source={Status.DRAFT}, target=Status.VOID, label=gettext_lazy("Void"), icon="ban", is_dangerous=True, order=90,
)
def void_bill(bill: SupplierBill, *, actor: Any, act: Act, reason: str = "") -> None:
    """A draft that will not be posted: its supplier's number is free again."""
    bill.source_key = None


