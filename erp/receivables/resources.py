"""Receivables as people see them."""

from django.utils.translation import gettext_lazy as _

from erp.receivables import views  # noqa: F401 - registers the report pages
from erp.receivables.models import (
    Allocation,
    ClearingItem,
    CreditAccount,
    CreditCommitment,
    CustomerInvoice,
    CustomerInvoiceInstalment,
    CustomerInvoiceLine,
    CustomerInvoiceTax,
    CustomerPayment,
    OpenItem,
)
from suite.resources.registry import register
from suite.resources.resource import Lines, Resource


@register
class CustomerInvoiceResource(Resource):
    model = CustomerInvoice
    menu = ("receivables", 10)
    icon = "file-invoice"
    columns = ("number", "kind", "customer", "issued_on", "due_on", "status", "payment_status", "gross")
    filters = ("status", "payment_status", "kind", "customer", "issued_on", "due_on")
    search = ("number", "customer__name", "order_number", "customer_reference")
    form_fields = (
        "kind", "reason", "customer", "currency", "issued_on", "tax_date", "payment_term", "prices_include_tax", "billing_address",
        "customer_reference",
    )
    lines = (
        Lines(
            CustomerInvoiceLine, parent="invoice", fields=("kind", "product", "description", "quantity", "unit_price", "discount", "tax"),
            columns=("position", "product", "description", "quantity", "unit_price", "discount", "tax_rate", "tax_reason", "net"),
        ),
        Lines(CustomerInvoiceTax, parent="invoice", columns=("code", "category", "rate", "base", "amount", "books_base", "books_amount")),
        Lines(CustomerInvoiceInstalment, parent="invoice", columns=("due_on", "amount")),
    )
    sections = (
        (_("Invoice"), ("kind", "reason", "customer", "order_number", "customer_reference", "corrects", "status", "payment_status")),
        (_("Dates and terms"), ("issued_on", "tax_date", "due_on", "payment_term", "prices_include_tax", "fiscal_position", "billing_address")),
        (_("Amounts"), ("net", "tax", "gross", "currency", "exchange_rate", "entry")),
    )
    totals = ("net", "tax", "gross")
    related = (("erp.customerinvoice", "corrects"),)
    select_related = ("customer", "currency", "payment_term", "corrects", "entry")
    actions_form = {
        "post": "erp.receivables.forms.IssueInvoiceForm", "credit": "erp.receivables.forms.CreditInvoiceForm",
        "write_off": "erp.receivables.forms.WriteOffForm", "apply_deposit": "erp.receivables.forms.ApplyDepositForm",
        "recover": "erp.receivables.forms.RecoverForm",
    }
    printouts = (("pdf", _("Print"), "erp.receivables.printouts.print_invoice"),)
    empty_hint = _("Invoices come with orders; add one here for anything else.")


@register
class CustomerPaymentResource(Resource):
    model = CustomerPayment
    menu = ("receivables", 12)
    icon = "cash"
    columns = ("number", "customer", "paid_on", "kind", "method", "reference", "status", "amount")
    filters = ("status", "kind", "method", "customer", "paid_on", "bank_account")
    search = ("number", "customer__name", "reference")
    form_fields = ("kind", "customer", "bank_account", "method", "paid_on", "amount", "currency", "reference", "advance_tax")
    sections = (
        (_("Payment"), ("kind", "customer", "bank_account", "method", "paid_on", "reference", "status")),
        (_("Amount"), ("amount", "currency", "exchange_rate", "advance_tax", "returns", "entry", "provider_id")),
    )
    totals = ("amount",)
    select_related = ("customer", "bank_account", "currency", "entry")
    actions_form = {
        "post": "erp.receivables.forms.AllocatePaymentForm", "allocate": "erp.receivables.forms.AllocatePaymentForm",
        "pay_back": "erp.receivables.forms.PayBackForm", "reverse": "erp.receivables.forms.ReversePaymentForm",
        "transfer": "erp.receivables.forms.TransferPaymentForm",
        "match": "erp.banking.forms.FindForm",
    }
    empty_hint = _("Record what customers paid, or match a line of the bank statement.")


@register
class OpenItemResource(Resource):
    model = OpenItem
    menu = ("receivables", 14)
    icon = "list-check"
    columns = ("entry", "party", "kind", "issued_on", "due_on", "currency", "open_currency", "amount", "open_amount")
    filters = ("party", "kind", "due_on", "account", "currency")
    search = ("entry__number", "party__name")
    ordering = ("due_on", "pk")
    sections = (
        (_("Open item"), ("party", "account", "entry", "kind", "issued_on", "due_on")),
        (_("Amounts"), ("currency", "amount_currency", "open_currency", "amount", "open_amount")),
        (_("Tax"), ("is_taxed_on_payment", "withholding_tax", "withheld")),
    )
    totals = ("amount", "open_amount")
    related = (("erp.allocation", "debit_item"), ("erp.allocation", "credit_item"))
    select_related = ("party", "account", "entry", "currency")


@register
class AllocationResource(Resource):
    model = Allocation
    icon = "arrows-join"
    columns = ("debit_item", "credit_item", "amount", "amount_currency", "allocated_on")
    filters = ("allocated_on",)
    sections = ((_("Allocation"), ("debit_item", "credit_item", "amount", "amount_currency", "allocated_on", "undoes")),)
    select_related = ("debit_item", "credit_item", "undoes")


@register
class ClearingItemResource(Resource):
    model = ClearingItem
    menu = ("books", 70)
    icon = "replace"
    columns = ("role", "order_line_key", "line_key", "entry", "quantity", "amount")
    filters = ("role", "account")
    search = ("order_line_key", "line_key", "entry__number")
    sections = ((_("Clearing item"), ("role", "account", "entry", "order_line_key", "line_key", "invoice_line_key", "quantity", "amount")),)
    totals = ("amount",)
    select_related = ("account", "entry")


@register
class CreditAccountResource(Resource):
    model = CreditAccount
    menu = ("receivables", 80)
    icon = "shield-check"
    columns = ("party",)
    filters = ("party",)
    search = ("party__name",)
    sections = ((_("Credit account"), ("party",)),)
    lines = (Lines(CreditCommitment, parent="account", columns=("source_key", "amount")),)
    select_related = ("party",)
    printouts = (("statement", _("Print statement"), "erp.receivables.printouts.print_statement"),)
