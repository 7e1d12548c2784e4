"""API tokens of a user: made, shown once, revoked."""

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.validators import validate_ipv46_address
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from suite.kernel.documents.errors import BusinessError
from suite.kernel.tokens.models import ApiToken
from suite.kernel.tokens.services import create_token, revoke_token, scope_choices, scope_label
from suite.resources.widgets import Day


class TokenForm(forms.Form):
    """What a token is for, what it may do, and until when."""

    name = forms.CharField(label=gettext_lazy("What uses it"), max_length=80)
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("May do"), widget=forms.CheckboxSelectMultiple, choices=lambda: [(scope, scope_label(scope)) for scope in scope_choices()],
    )
    ends_on = forms.DateField(label=gettext_lazy("Valid until"), widget=Day, help_text=gettext_lazy("At most a year"))
    addresses = forms.CharField(
        label=gettext_lazy("Only from these addresses"), required=False, help_text=gettext_lazy("IP addresses, comma-separated; empty: from anywhere"),
    )

    def clean_addresses(self) -> list[str]:
        found = [part.strip() for part in self.cleaned_data["addresses"].split(",") if part.strip()]
        for part in found:
            validate_ipv46_address(part)
        return found

    def clean_ends_on(self) -> datetime:
        return timezone.make_aware(datetime.combine(self.cleaned_data["ends_on"], time(23, 59, 59)))


@login_required
def tokens(request: HttpRequest) -> HttpResponse:
    """GET lists one's tokens; POST makes one and shows its secret, this once."""
    form = TokenForm(request.POST or None, initial={"ends_on": timezone.localdate() + timedelta(days=90)})
    context: dict[str, Any] = {"form": form, "secret": "", "status": 200}
    if request.method == "POST" and form.is_valid():
        try:
            made, context["secret"] = create_token(
                name=form.cleaned_data["name"], scopes=form.cleaned_data["scopes"], expires_at=form.cleaned_data["ends_on"],
                allowed_addresses=form.cleaned_data["addresses"], actor=request.user,
            )
            context |= {"made": made, "form": TokenForm(initial=form.initial)}
        except BusinessError as error:
            form.add_error({"expires_at": "ends_on"}.get(error.field, error.field), f"{error.message} {error.hint}")
    status = 422 if form.errors and not context["secret"] and request.method == "POST" else 200
    context["tokens"] = ApiToken.objects.visible_to(request.user).filter(user=request.user)
    return render(request, "account/tokens.html", {**context, "now": timezone.now()}, status=status)


@login_required
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Ends one of one's own tokens."""
    token = ApiToken.objects.visible_to(request.user).filter(user=request.user, pk=pk).first()
    if token is None:
        raise Http404(_("There is no such token."))
    if request.method == "POST":
        revoke_token(token, actor=request.user)
        messages.success(request, _("The token no longer works."))
    return HttpResponseRedirect(reverse("tokens"))
