"""Pages that are no resource: home, sign-in, one's own account."""

from django.contrib.auth.views import LogoutView, PasswordChangeDoneView
from django.urls import path
from django.views.generic import RedirectView
from django.views.i18n import set_language

from suite.web.account.choices import switch_company, theme
from suite.web.account.sessions import sessions
from suite.web.account.signin import PasswordChange, SignIn
from suite.web.account.tokens import revoke, tokens
from suite.web.health import healthz, metrics, readyz
from suite.web.home import home, home_chart

urlpatterns = [
    path("", home, name="home"),
    path("home/<slug:home>/<slug:name>/", home_chart, name="home_chart"),
    path("login/", SignIn.as_view(), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("account/password/", PasswordChange.as_view(), name="password_change"),
    path("account/password/done/", PasswordChangeDoneView.as_view(), name="password_change_done"),
    path("account/sessions/", sessions, name="sessions"),
    path("account/tokens/", tokens, name="tokens"),
    path("account/tokens/<int:pk>/revoke/", revoke, name="revoke_token"),
    path("account/theme/", theme, name="theme"),
    path("account/company/", switch_company, name="switch_company"),
    path("account/language/", set_language, name="set_language"),
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("metrics", metrics, name="metrics"),
    path("favicon.ico", RedirectView.as_view(url="/static/img/favicon.svg", permanent=True)),
]
