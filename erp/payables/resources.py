"""Payables as people see them."""

from django.utils.translation import gettext_lazy as _

from erp.payables import views  # noqa: F401 - registers the report pages
from erp.payables.models import SupplierBankAccount, SupplierBill, SupplierBillInstalment, SupplierBillLine, SupplierBillTax, SupplierPayment
from suite.resources.registry import register
from suite.resources.resource import Lines, Resource


@register
class SupplierBillResource(Resource):
    model = SupplierBill
    menu = ("payables", 10)
    icon = "file-dollar"
    columns = ("number", "supplier", "supplier_reference", "issued_on", "due_on", "status", "payment_status", "gross")
    filters = ("status", "payment_status", "kind", "supplier", "issued_on", "due_on")
    search = ("number", "supplier__name", "supplier_reference", "note")
    form_fields = (
        "kind", "supplier", "supplier_reference", "issued_on", "received_on", "ledger_date", "tax_date", "currency", "payment_term", "corrects",
        "stated_total", "prices_include_tax", "note",
    )
    lines = (
        Lines(
            SupplierBillLine, parent="bill",
            fields=(
                "description", "product", "account", "quantity", "unit_price", "discount", "tax", "asset_class", "deferral_from", "deferral_until", "freight",
            ),
            columns=("position", "description", "product", "account", "quantity", "unit_price", "discount", "tax_rate", "tax_reason", "net", "freight"),
        ),
        Lines(
            SupplierBillTax, parent="bill",
            columns=("code", "category", "rate", "base", "amount", "self_assessed", "not_deductible", "books_base", "books_amount"),
        ),
        Lines(SupplierBillInstalment, parent="bill", columns=("due_on", "amount")),
    )
    sections = (
        (_("Bill"), ("kind", "supplier", "supplier_reference", "issued_on", "received_on", "status", "payment_status", "corrects", "note")),
        (_("Terms"), ("payment_term", "due_on", "currency", "exchange_rate", "prices_include_tax", "tax_date", "fiscal_position", "ledger_date", "entry")),
        (_("Amounts"), ("net", "tax", "gross", "stated_total")),
    )
    totals = ("net", "tax", "gross")
    related = (("erp.supplierbill", "corrects"),)
    select_related = ("supplier", "currency", "payment_term", "entry", "corrects")
    actions_form = {
        "post": "erp.payables.forms.PostBillForm", "credit": "erp.payables.forms.CreditBillForm", "reverse": "erp.payables.forms.ReverseBillForm",
    }
    empty_hint = _("Enter what suppliers charge; posted, it is owed to them and proposed for payment when due.")


@register
class SupplierPaymentResource(Resource):
    model = SupplierPayment
    menu = ("payables", 16)
    icon = "cash"
    columns = ("number", "supplier", "kind", "paid_on", "method", "status", "amount")
    filters = ("status", "kind", "method", "supplier", "paid_on", "bank_account")
    search = ("number", "supplier__name", "reference")
    form_fields = ("kind", "supplier", "payee_account", "bank_account", "method", "paid_on", "amount", "currency", "reference")
    sections = (
        (_("Payment"), ("kind", "supplier", "payee_account", "bank_account", "method", "paid_on", "reference", "status")),
        (_("Amount"), ("amount", "currency", "exchange_rate", "entry")),
    )
    totals = ("amount",)
    select_related = ("supplier", "payee_account", "bank_account", "currency", "entry")
    actions_form = {
        "post": "erp.payables.forms.AllocateSupplierPaymentForm", "allocate": "erp.payables.forms.AllocateSupplierPaymentForm",
        "reverse": "erp.payables.forms.ReverseBillForm", "match": "erp.banking.forms.FindForm",
    }
    empty_hint = _("Record what suppliers are paid; what is due is settled oldest first unless you say otherwise.")


@register
class SupplierBankAccountResource(Resource):
    model = SupplierBankAccount
    menu = ("payables", 80)
    icon = "building-bank"
    columns = ("supplier", "holder", "iban", "bic", "status", "changed_by", "approved_by")
    filters = ("status", "supplier")
    search = ("supplier__name", "iban", "holder")
    form_fields = ("supplier", "holder", "iban", "bic")
    sections = (
        (_("Account"), ("supplier", "holder", "iban", "bic", "status")),
        (_("Four eyes"), ("created_by", "changed_by", "approved_by", "approved_at")),
    )
    select_related = ("supplier", "created_by", "changed_by", "approved_by")
    empty_hint = _("Enter where a supplier is paid; a second person approves it before money goes there.")
