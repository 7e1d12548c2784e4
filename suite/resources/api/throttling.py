"""How often one caller may ask: reading freely, writing less, signing in rarely."""

from typing import Any

from rest_framework.throttling import AnonRateThrottle, UserRateThrottle


class CallerThrottle(UserRateThrottle):
    """Per user, or per token where one is used."""

    scope = "user"

    def get_cache_key(self, request: Any, view: Any) -> str | None:
        token = getattr(request.auth, "pk", None)
        if token is None:
            return super().get_cache_key(request, view)
        return self.cache_format % {"scope": self.scope, "ident": f"token{token}"}


class WriteThrottle(CallerThrottle):
    """Unsafe methods count on their own."""

    scope = "write"

    def allow_request(self, request: Any, view: Any) -> bool:
        return request.method in ("GET", "HEAD", "OPTIONS") or super().allow_request(request, view)


class StrangerThrottle(AnonRateThrottle):
    scope = "anon"
