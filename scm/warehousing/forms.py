"""What picking and packing ask."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from scm.warehousing.models import PickList


class PickListForm(forms.Form):
    """A form about one pick list, for one user."""

    def __init__(self, data: Any = None, *, document: PickList, user: Any, **kwargs: Any) -> None:
        self.document, self.user = document, user
        super().__init__(data, **kwargs)


class PackForm(PickListForm):
    weight_kg = forms.DecimalField(
        label=_("Weight (kg)"), required=False, min_value=Decimal(0), decimal_places=3, max_digits=12, help_text=_("Empty: what the goods weigh"),
    )
    parcels = forms.IntegerField(label=_("Parcels"), min_value=1, max_value=99, initial=1)


class CancelForm(PickListForm):
    reason = forms.CharField(label=_("Why"), required=False, max_length=200)


class ScanForm(forms.Form):
    """What the scanner types, the lot where the article has lots, and how many pieces when it is more than one package."""

    code = forms.CharField(label=_("Scan barcode or article number"), max_length=60)
    lot = forms.CharField(label=_("Lot"), required=False, max_length=40)
    quantity = forms.DecimalField(label=_("Quantity"), required=False, decimal_places=6, max_digits=19)


class CountForm(forms.Form):
    """A line counted by hand, or a lot of it."""

    line = forms.IntegerField()
    lot = forms.CharField(label=_("Lot"), required=False, max_length=40)
    quantity = forms.DecimalField(label=_("Picked"), decimal_places=6, max_digits=19)
    reason = forms.CharField(label=_("Why less"), required=False, max_length=120)
