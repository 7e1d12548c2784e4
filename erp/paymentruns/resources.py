"""Payment runs as people see them."""

from django.utils.translation import gettext_lazy as _

from erp.paymentruns.models import ChequeBook, Mandate, PaymentBatch, PaymentBatchLine, PaymentHold, PaymentSettings
from erp.paymentruns.panels import BatchPanel
from suite.resources import menu
from suite.resources.panels import attach
from suite.resources.registry import register
from suite.resources.resource import Lines, Resource

menu.entry("payables", 18, _("Propose payments"), "erp:payment_proposal", "erp.add_paymentbatch", "cash-banknote")
menu.entry("payables", 22, _("Bank's answers"), "erp:bank_answers", "erp.reject_paymentbatch", "file-import")


@register
class PaymentBatchResource(Resource):
    model = PaymentBatch
    menu = ("payables", 20)
    icon = "send"
    columns = ("number", "direction", "method", "bank_account", "execute_on", "status", "total", "created_by", "approved_by")
    filters = ("status", "direction", "method", "bank_account", "execute_on")
    search = ("number", "note", "lines__party__name", "lines__reference")
    lines = (
        Lines(PaymentBatchLine, parent="batch", columns=(
            "position", "party", "reference", "amount", "discount", "iban", "holder", "is_watched", "vouched_by", "transfer", "sequence", "cheque_number",
            "supplier_payment", "customer_payment",
        )),
    )
    sections = (
        (_("Batch"), ("direction", "method", "scheme", "bank_account", "execute_on", "status", "total", "currency", "note")),
        (_("Four eyes"), ("created_by", "created_at", "approved_by", "approved_at", "exported_by", "exported_at")),
        (_("File"), ("file_format", "file_sha256")),
    )
    totals = ("total_in_books",)
    select_related = ("bank_account", "currency", "created_by", "approved_by", "exported_by", "file")
    actions_form = {
        "approve_accounts": "erp.paymentruns.forms.VouchForm", "export": "erp.paymentruns.forms.SendForm",
        "reject": "erp.paymentruns.forms.RejectForm", "cancel": "erp.paymentruns.forms.ReasonForm",
    }
    printouts = (
        ("list", _("List to sign"), "erp.paymentruns.printouts.print_list"), ("cheques", _("Cheque letters"), "erp.paymentruns.printouts.print_cheques"),
        ("announcements", _("Announcements of direct debits"), "erp.paymentruns.printouts.print_announcements"),
    )
    empty_hint = _("Choose “Propose payments”: what is due is ticked, a second person approves it, the bank gets the file.")


@register
class MandateResource(Resource):
    model = Mandate
    menu = ("receivables", 26)
    icon = "writing-sign"
    columns = ("reference", "customer", "scheme", "status", "sequence", "signed_on", "last_used_on")
    filters = ("status", "scheme", "customer")
    search = ("reference", "customer__name", "iban", "holder")
    form_fields = ("customer", "holder", "iban", "bic", "scheme", "sequence", "signed_on", "reference")
    sections = (
        (_("Mandate"), ("customer", "reference", "scheme", "sequence", "status")), (_("Account"), ("holder", "iban", "bic")),
        (_("Use"), ("signed_on", "last_used_on")),
    )
    select_related = ("customer",)
    actions_form = {"activate": "erp.paymentruns.forms.ActivateForm", "cancel": "erp.paymentruns.forms.ReasonForm"}
    printouts = (("form", _("Form to sign"), "erp.paymentruns.printouts.print_mandate"),)
    empty_hint = _("A customer's leave to collect: print the form, have it signed, activate it.")


@register
class PaymentHoldResource(Resource):
    model = PaymentHold
    menu = ("payables", 24)
    icon = "hand-stop"
    columns = ("supplier", "bill", "reason", "until")
    filters = ("supplier", "until")
    search = ("supplier__name", "reason")
    form_fields = ("supplier", "bill", "reason", "until")
    sections = ((_("Payment hold"), ("supplier", "bill", "reason", "until")),)
    select_related = ("supplier", "bill")
    empty_hint = _("A supplier in dispute, a bill with a fault: held, it is not proposed for payment.")


@register
class ChequeBookResource(Resource):
    model = ChequeBook
    menu = ("payables", 82)
    icon = "notebook"
    columns = ("bank_account", "first_number", "last_number", "next_number", "is_active")
    filters = ("bank_account", "is_active")
    form_fields = ("bank_account", "first_number", "last_number", "next_number", "is_active")
    sections = ((_("Cheque book"), ("bank_account", "first_number", "last_number", "next_number", "is_active")),)
    select_related = ("bank_account",)


@register
class PaymentSettingsResource(Resource):
    model = PaymentSettings
    menu = ("payables", 84)
    icon = "settings"
    columns = ("transfer_format", "debit_format", "creditor_id", "watched_days", "notice_days")
    form_fields = ("transfer_format", "debit_format", "creditor_id", "watched_days", "notice_days")
    sections = ((_("Payments"), ("transfer_format", "watched_days")), (_("Direct debits"), ("debit_format", "creditor_id", "notice_days")))


attach(PaymentBatch, BatchPanel)
