"""Sign-in and password."""

from typing import Any

from django import forms
from django.contrib.auth import views
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from suite.kernel.audit.services import record_event
from suite.kernel.users.models import User


class SignInForm(AuthenticationForm):
    """One answer for every failure, so that nobody learns which names exist; service users never sign in."""

    error_messages = {
        "invalid_login": _("Name and password do not match. Nothing was changed; try again, or ask your administrator for a new password."),
        "inactive": _("Name and password do not match. Nothing was changed; try again, or ask your administrator for a new password."),
    }

    def confirm_login_allowed(self, user: User) -> None:
        super().confirm_login_allowed(user)
        if user.is_service:
            raise forms.ValidationError(self.error_messages["invalid_login"], code="invalid_login")


class SignIn(views.LoginView):
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        user = form.get_user()
        if user.company_id is None and user.party_id is None:
            first = user.companies.order_by("code").first()
            if first is not None:
                User.objects.filter(pk=user.pk).update(company=first)
        return super().form_valid(form)


class PasswordChange(views.PasswordChangeView):
    success_url = reverse_lazy("password_change_done")


def locked_out(request: HttpRequest, credentials: Any = None, *args: Any, **kwargs: Any) -> HttpResponse:
    """Shown after too many failures (django-axes)."""
    return render(request, "errors/locked_out.html", status=429)


@receiver(user_logged_in)
def _signed_in(sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
    request.session["browser"] = request.headers.get("User-Agent", "")[:300]
    request.session["address"] = request.META.get("REMOTE_ADDR", "")
    record_event("sign_in", actor=user, subject=user.username, request=request)


@receiver(user_logged_out)
def _signed_out(sender: Any, request: HttpRequest, user: User | None, **kwargs: Any) -> None:
    if user is not None:
        record_event("sign_out", actor=user, subject=user.username, request=request)


@receiver(user_login_failed)
def _refused(sender: Any, credentials: dict, request: HttpRequest | None = None, **kwargs: Any) -> None:
    record_event("sign_in_failed", actor=None, subject=str(credentials.get("username", ""))[:120], request=request)
