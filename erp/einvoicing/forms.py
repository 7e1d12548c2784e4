"""What receiving an e-invoice asks."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from erp.einvoicing.models import ReceivedInvoice
from erp.ledger.models import Account
from suite.kernel.parties.models import Party


class ReceiveForm(forms.Form):
    """The file as it came."""

    file = forms.FileField(label=_("E-invoice"), help_text=_("XML (UBL, CII) or a PDF with the XML inside (Factur-X, ZUGFeRD)"))

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > settings.UPLOAD_MAX_BYTES:
            raise forms.ValidationError(_("The file is larger than 10 MB; it was not read."))
        return file


class BillReceivedForm(forms.Form):
    """Whose invoice it is, and the account of its lines."""

    supplier = forms.ModelChoiceField(Party.objects.none(), label=_("Supplier"))
    account = forms.ModelChoiceField(
        Account.objects.none(), label=_("Account"), required=False, help_text=_("Empty: as on the supplier's last bill, else the expense account"),
    )

    def __init__(self, *args: Any, document: ReceivedInvoice, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["supplier"].queryset = Party.objects.filter(company_id=document.company_id, is_supplier=True, is_active=True)
        self.fields["supplier"].initial = document.supplier_id
        self.fields["account"].queryset = Account.objects.filter(company_id=document.company_id, control=Account.Control.NONE)
        self.known = document.supplier_id

    def kwargs(self) -> dict[str, Any]:
        """What the transition takes; a supplier that was recognised stays recognised."""
        supplier, account = self.cleaned_data.get("supplier"), self.cleaned_data.get("account")
        found = {"supplier_id": supplier.pk if supplier and supplier.pk != self.known else None, "account_id": account and account.pk}
        return {name: value for name, value in found.items() if value}


class DismissForm(forms.Form):
    """Why no bill is made."""

    takes = ()
    reason = forms.CharField(label=_("Reason"), max_length=200)
