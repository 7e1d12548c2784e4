"""What an action on stock asks."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from erp.inventory.models import StockMove, StockTransfer, Warehouse
from erp.inventory.rules import plain
from suite.resources.reporting import AsOfForm, PeriodForm
from suite.resources.widgets import Day


class TransferForm(forms.Form):
    """A form about one transfer."""

    def __init__(self, data: Any = None, *, document: StockTransfer, user: Any, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.document = document
        self.ask()

    def ask(self) -> None:
        """Add the fields that depend on the transfer."""


class ReceiveTransferForm(TransferForm):
    """What arrived of each line, and when. What is left out stays under way."""

    def ask(self) -> None:
        for line in self.document.lines.select_related("product__unit", "lot").order_by("position", "pk"):
            if line.under_way <= 0:
                continue
            lot = f" · {line.lot}" if line.lot else ""
            self.fields[f"quantities_{line.pk}"] = forms.DecimalField(
                label=f"{line.product}{lot}", min_value=Decimal(0), decimal_places=6, max_digits=19, initial=Decimal(plain(line.under_way)), required=False,
                help_text=_("%(left)s of %(sent)s %(unit)s under way")
                % {"left": plain(line.under_way), "sent": plain(line.quantity), "unit": line.product.unit.code},
            )
        self.fields["received_on"] = forms.DateField(
            label=_("Received on"), widget=Day(), required=False, initial=timezone.localdate, help_text=_("Empty: the day they were sent"),
        )

    def kwargs(self) -> dict[str, Any]:
        given = self.cleaned_data
        quantities = {
            int(name.removeprefix("quantities_")): value for name, value in given.items() if name.startswith("quantities_") and value is not None
        }
        return {"quantities": quantities, **({"received_on": given["received_on"]} if given.get("received_on") else {})}


class CloseTransferShortForm(TransferForm):
    """What became of goods that never arrived."""

    loss = forms.ChoiceField(label=_("What became of the rest"), choices=StockTransfer.Loss.choices)
    reason = forms.CharField(label=_("Why"), max_length=200)
    closed_on = forms.DateField(
        label=_("Given up on"), widget=Day(), required=False, initial=timezone.localdate, help_text=_("Empty: the day they were sent"),
    )


class ValuationForm(AsOfForm):
    """A date, and one warehouse or all."""

    warehouse = forms.ModelChoiceField(Warehouse.objects.all(), label=_("Warehouse"), required=False, empty_label=_("All warehouses"))


class WarehouseForm(forms.Form):
    """One warehouse or all."""

    warehouse = forms.ModelChoiceField(Warehouse.objects.all(), label=_("Warehouse"), required=False, empty_label=_("All warehouses"))


class MovementForm(PeriodForm):
    """A time, one warehouse or all, one kind of move or all."""

    warehouse = forms.ModelChoiceField(Warehouse.objects.all(), label=_("Warehouse"), required=False, empty_label=_("All warehouses"))
    kind = forms.ChoiceField(choices=[("", _("All kinds")), *StockMove.Kind.choices], label=_("Kind"), required=False)
