"""What importing an opening balance asks."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from suite.resources.widgets import Day


class OpeningImportForm(forms.Form):
    """The opening day and two files, either of which may be left out."""

    opened_on = forms.DateField(label=_("As of"), widget=Day)
    items = forms.FileField(label=_("Open items (CSV)"), required=False)
    balances = forms.FileField(label=_("Trial balance (CSV)"), required=False)
    description = forms.CharField(label=_("Description"), max_length=200, required=False)

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        if not values.get("items") and not values.get("balances"):
            raise forms.ValidationError(_("Choose at least one file; nothing was imported."))
        for name in ("items", "balances"):
            if values.get(name) and values[name].size > settings.UPLOAD_MAX_BYTES:
                self.add_error(name, _("The file is larger than 10 MB; nothing was read. Split it."))
        return values
