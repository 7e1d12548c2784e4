"""Sign-in of programs: `Authorization: Bearer prefix.secret`."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed

from suite.kernel.documents.errors import BusinessError
from suite.kernel.tokens.services import user_of_token


class TokenAuthentication(BaseAuthentication):
    """A token in the Authorization header; never in the address."""

    def authenticate(self, request: Any) -> tuple[Any, Any] | None:
        parts = get_authorization_header(request).split()
        if not parts or parts[0].lower() != b"bearer":
            return None
        if len(parts) != 2:
            raise AuthenticationFailed("Send the token as “Authorization: Bearer <token>”.")
        try:
            return user_of_token(parts[1].decode("ascii", "replace"), address=request.META.get("REMOTE_ADDR", ""))
        except BusinessError as error:
            raise AuthenticationFailed(str(error.message)) from None

    def authenticate_header(self, request: Any) -> str:
        return 'Bearer realm="suite"'


class TokenScheme(OpenApiAuthenticationExtension):
    target_class = TokenAuthentication
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": "A token made under API tokens in the user menu."}
