"""What bringing in a chart of accounts asks."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from suite.resources.reporting import AsOfForm, KnownAt


class ChartImportForm(forms.Form):
    """A file, and whether it is only checked."""

    file = forms.FileField(label=_("Chart of accounts (CSV)"))
    is_check = forms.BooleanField(label=_("Only check the file"), required=False)

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > settings.UPLOAD_MAX_BYTES:
            raise forms.ValidationError(_("The file is larger than 10 MB; nothing was read. Split it."))
        return file


class AccountTreeForm(KnownAt, AsOfForm):
    """A day, and what was known of it when."""
