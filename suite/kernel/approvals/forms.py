"""What answering a request asks."""

from django import forms
from django.utils.translation import gettext_lazy as _


class ApproveForm(forms.Form):
    """A remark, where one is due."""

    takes = ()
    reason = forms.CharField(label=_("Remark"), max_length=200, required=False)


class RefuseForm(forms.Form):
    """Why not."""

    takes = ()
    reason = forms.CharField(label=_("Why is it refused?"), max_length=200)


class WithdrawForm(forms.Form):
    """Why it is no longer asked."""

    takes = ()
    reason = forms.CharField(label=_("Reason"), max_length=200, required=False)
