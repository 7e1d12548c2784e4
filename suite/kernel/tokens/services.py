"""Making, checking and revoking API tokens. The secret is shown once; the database keeps its SHA-256."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from hmac import compare_digest
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from suite.kernel.documents.errors import Refusal
from suite.kernel.documents.work import in_unit_of_work
from suite.kernel.tokens.models import ApiToken
from suite.kernel.users.models import User

APPS = ("kernel", "crm", "erp", "scm", "integration")
LONGEST = timedelta(days=366)
USE_RECORDED_EVERY = timedelta(minutes=5)


def scope_choices() -> list[str]:
    """Every scope there is."""
    return [f"{app}:{kind}" for app in ("*", *APPS) for kind in ("read", "write")]


def scope_label(scope: str) -> str:
    """A scope in words: "CRM: read"."""
    app, _colon, kind = scope.partition(":")
    names = {"*": _("Everything"), "kernel": _("Master data"), "crm": "CRM", "erp": "ERP", "scm": "SCM", "integration": _("Operations")}
    return f"{names.get(app, app)}: {_('read') if kind == 'read' else _('read and write')}"


def create_token(
    *, name: str, scopes: Sequence[str], expires_at: datetime, actor: User, allowed_addresses: Sequence[str] = (),
) -> tuple[ApiToken, str]:
    """The token and its secret text, which cannot be had again. Raises Refusal for unknown scopes or an expiry beyond a year."""
    unknown = sorted(set(scopes) - set(scope_choices()))
    if unknown or not scopes:
        raise Refusal(_("A token needs scopes such as crm:read; nothing was made."), field="scopes")
    if not timezone.now() < expires_at <= timezone.now() + LONGEST:
        raise Refusal(_("A token ends within a year; nothing was made."), field="expires_at", hint=_("Choose an earlier day."))
    prefix, secret = secrets.token_hex(6), secrets.token_urlsafe(32)

    def act() -> ApiToken:
        return ApiToken.objects.create(
            company_id=actor.company_id, user=actor, name=name, prefix=prefix, digest=sha256(secret.encode()).hexdigest(),
            scopes=sorted(scopes), allowed_addresses=list(allowed_addresses), expires_at=expires_at,
        )

    return in_unit_of_work(act, actor=actor), f"{prefix}.{secret}"


def revoke_token(token: ApiToken, *, actor: User) -> ApiToken:
    """Ends a token at once."""

    def act() -> ApiToken:
        token.revoked_at = token.revoked_at or timezone.now()
        token.save(update_fields=["revoked_at"])
        return token

    return in_unit_of_work(act, actor=actor)


def user_of_token(text: str, *, address: str) -> tuple[User, Any]:
    """(user in the token's company, token) of a secret text. Raises Refusal with one message for every reason."""
    prefix, _dot, secret = text.partition(".")
    token = ApiToken.objects.select_related("user", "company").filter(prefix=prefix).first()
    digest = sha256(secret.encode()).hexdigest()
    now = timezone.now()
    if token is None or not compare_digest(token.digest, digest) or token.revoked_at or token.expires_at <= now or not token.user.is_active:
        raise Refusal(_("The token is unknown, expired or revoked."))
    if token.allowed_addresses and address not in token.allowed_addresses:
        raise Refusal(_("The token may not be used from this address."))
    stale = Q(last_used_at__isnull=True) | Q(last_used_at__lt=now - USE_RECORDED_EVERY)
    ApiToken.objects.filter(stale, pk=token.pk).update(last_used_at=now)
    user = token.user
    user.company_id = token.company_id
    return user, token
