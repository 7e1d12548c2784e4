"""What a gift or sample asks."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from scm.shipping.services import GivenLine
from scm.shipping.signals import reasons_asked
from suite.kernel.parties.models import Party
from suite.kernel.products.models import Product
from suite.kernel.sites.models import Site
from suite.resources.forms import scoped
from suite.resources.widgets import Day

ROWS = 5


class GiveawayForm(forms.Form):
    """To whom, from where, why, and up to five products."""

    customer = forms.ModelChoiceField(Party.objects.all(), label=_("Sent to"))
    site = forms.ModelChoiceField(Site.objects.all(), label=_("Ships from"))
    reason = forms.ChoiceField(label=_("Reason"), help_text=_("Names the account that bears the cost; set up under Receivables, Dispatch reasons"))
    planned_on = forms.DateField(label=_("Planned for"), widget=Day, required=False)
    ship_to = forms.CharField(label=_("Address"), widget=forms.Textarea({"rows": 3}), required=False, max_length=500, help_text=_("Empty: the party's own"))

    def __init__(self, data: Any = None, *, user: Any, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        for row in range(1, ROWS + 1):
            self.fields[f"product_{row}"] = forms.ModelChoiceField(
                Product.objects.filter(kind=Product.Kind.GOODS), label=_("Product %(row)s") % {"row": row}, required=row == 1)
            self.fields[f"quantity_{row}"] = forms.DecimalField(
                label=_("Quantity %(row)s") % {"row": row}, required=row == 1, min_value=Decimal("0.000001"), max_digits=19, decimal_places=6)
        scoped(self, user)
        self.fields["reason"].choices = [(reason.key, reason.name) for reason in reasons_asked.ask(company_id=user.company_id)]

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        for row in range(2, ROWS + 1):
            product, quantity = given.get(f"product_{row}"), given.get(f"quantity_{row}")
            if product and quantity is None and f"quantity_{row}" not in self.errors:
                self.add_error(f"quantity_{row}", _("Say how many."))
            if quantity is not None and not product and f"product_{row}" not in self.errors:
                self.add_error(f"product_{row}", _("Say of what."))
        return given

    def kwargs(self) -> dict[str, Any]:
        """What planning takes."""
        given = self.cleaned_data
        lines = [GivenLine(given[f"product_{row}"].pk, given[f"quantity_{row}"]) for row in range(1, ROWS + 1) if given.get(f"product_{row}")]
        return {
            "customer_id": given["customer"].pk, "site_id": given["site"].pk, "reason_key": given["reason"], "planned_on": given["planned_on"],
            "ship_to": given["ship_to"], "lines": lines,
        }
