"""What filing and completing ask."""

from django import forms
from django.utils.translation import gettext_lazy as _

from suite.resources.widgets import Day


class FileForm(forms.Form):
    """When the return was filed, and when its settlement counts."""

    takes = ()
    filed_on = forms.DateField(label=_("Filed on"), widget=Day, required=False)
    settled_on = forms.DateField(label=_("Settlement counts on"), widget=Day, required=False, help_text=_("Empty: the last day of its time"))
