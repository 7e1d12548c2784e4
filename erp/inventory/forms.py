"""What an action on stock asks."""

from django import forms
from django.utils.translation import gettext_lazy as _

from erp.inventory.models import StockMove, Warehouse
from suite.resources.reporting import AsOfForm, PeriodForm
from suite.resources.widgets import Day


class ReceiveTransferForm(forms.Form):
    """When the goods arrived; the day they were sent unless said otherwise."""

    received_on = forms.DateField(label=_("Received on"), widget=Day, required=False)


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
