"""The sessions of a user: seen and ended by themselves."""

from datetime import UTC, datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.sessions.models import Session
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import ngettext

from suite.web.account.browsers import address_words, browser_words, is_hand_held

SCANNED = 5_000


def _handle(key: str) -> str:
    """What a page calls a session: its key itself never leaves the server."""
    return salted_hmac("suite.sessions", key).hexdigest()[:24]


def sessions_of(user: Any) -> list[dict[str, Any]]:
    """The user's live sessions, the most recently used first."""
    found = []
    for kept in Session.objects.filter(expire_date__gt=timezone.now()).order_by("-expire_date")[:SCANNED]:
        data = kept.get_decoded()
        if data.get("_auth_user_id") != str(user.pk):
            continue
        seen = data.get("seen_at") or data.get("started_at") or 0
        browser, address = data.get("browser", ""), data.get("address", "")
        found.append({
            "key": kept.session_key, "handle": _handle(kept.session_key), "browser": browser, "words": browser_words(browser),
            "is_hand_held": is_hand_held(browser), "place": address_words(address),
            "started_at": datetime.fromtimestamp(data.get("started_at") or 0, UTC), "seen_at": datetime.fromtimestamp(seen, UTC),
        })
    return sorted(found, key=lambda item: item["seen_at"], reverse=True)


@login_required
def sessions(request: HttpRequest) -> HttpResponse:
    """GET lists, POST ends one (`end`) or all others (`others`); the one in use ends by signing out."""
    found = sessions_of(request.user)
    if request.method == "POST":
        others = [item["key"] for item in found if item["key"] != request.session.session_key]
        chosen = [item["key"] for item in found if item["handle"] == request.POST.get("end") and item["key"] in others]
        ended = others if request.POST.get("others") else chosen
        Session.objects.filter(session_key__in=ended).delete()
        messages.success(request, ngettext("%(n)d other sign-in ended.", "%(n)d other sign-ins ended.", len(ended)) % {"n": len(ended)})
        return HttpResponseRedirect(reverse("sessions"))
    return render(request, "account/sessions.html", {"sessions": found, "current": request.session.session_key})
