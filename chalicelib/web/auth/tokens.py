"""Verify the provider's JSON Web Tokens (RFC 7519, RFC 9068, OpenID Connect Core 1.0)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from chalicelib.domain.permissions import Caller, Role

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from joserfc.jwk import GuestProtocol

    from chalicelib.settings import OidcSettings
    from chalicelib.web.auth.oidc import OidcProvider

# Only signatures by the provider's private key: no "none", and no HMAC, for which an attacker could
# use the public key as the secret.
_ALGORITHMS = ["RS256", "ES256", "PS256"]
_LEEWAY_SECONDS = 30
_GROUP_CLAIMS = ("cognito:groups", "groups")
_NAME_CLAIMS = ("cognito:username", "username", "preferred_username", "sub")
_USER_ROLES = (Role.DOCTOR, Role.DELEGATE, Role.ADMIN)
READ_SCOPE, BOOK_SCOPE = "slots/read", "slots/book"


class BadTokenError(Exception):
    """A token is not valid. The message is for developers; clients do not get it."""


class TokenVerifier:
    """Verifies access and ID tokens with the provider's keys."""

    def __init__(
        self, settings: OidcSettings, provider: OidcProvider, now: Callable[[], datetime]
    ) -> None:
        self._settings = settings
        self._provider = provider
        self._now = now
        self._key_sets: tuple[list[Any], dict[str | None, KeySet]] = ([], {})

    def verify_access_token(self, text: str) -> Caller:
        """Return the caller of an access token.

        Raises:
            BadTokenError: the token is not valid here.
            IdentityProviderUnavailableError: the provider's keys cannot be read.
        """
        claims = self._claims(text)
        if claims.get("token_use", "access") != "access" or "nonce" in claims:
            raise BadTokenError("not an access token")
        client = str(claims.get("client_id", claims.get("azp")))
        if client not in {self._settings.client_id, *self._settings.machine_clients}:
            raise BadTokenError(f"issued to unknown client {client}")
        audience = _string_list(claims.get("aud"))
        if audience and client not in audience:
            raise BadTokenError(f"audience {audience}")
        if client not in self._settings.machine_clients:
            return replace(caller_from_claims(claims), client=client)
        scopes = str(claims.get("scope", "")).split()
        allowed = {Role.BOOKING_SITE: BOOK_SCOPE, Role.READER: READ_SCOPE}
        roles = frozenset(role for role, scope in allowed.items() if scope in scopes)
        return Caller(name=client, client=client, roles=roles)

    def verify_id_token(self, text: str, *, nonce: str) -> Caller:
        """Return the user of an ID token, which must contain the ``nonce`` of the sign-in.

        Raises:
            BadTokenError: the token is not valid here.
            IdentityProviderUnavailableError: the provider's keys cannot be read.
        """
        claims = self._claims(text)
        if claims.get("token_use", "id") != "id":
            raise BadTokenError("not an ID token")
        if self._settings.client_id not in _string_list(claims.get("aud")):
            raise BadTokenError("audience is another client")
        if claims.get("azp", self._settings.client_id) != self._settings.client_id:
            raise BadTokenError("issued to another client")
        if claims.get("nonce") != nonce:
            raise BadTokenError("nonce of another sign-in")
        return caller_from_claims(claims)

    def _claims(self, text: str) -> dict[str, Any]:
        now = int(self._now().timestamp())
        try:
            token = jwt.decode(text, self._keys_for, algorithms=_ALGORITHMS)
            jwt.JWTClaimsRegistry(
                now=now,
                leeway=_LEEWAY_SECONDS,
                iss={"essential": True, "value": self._settings.issuer},
                exp={"essential": True},
            ).validate(token.claims)
        except (JoseError, ValueError) as error:
            raise BadTokenError(str(error)) from error
        return dict(token.claims)

    def _keys_for(self, token: GuestProtocol) -> KeySet:
        key_id = token.headers().get("kid")
        published = self._provider.keys(key_id=key_id)
        cached_list, imported = self._key_sets
        # The provider returns the same list object until it refreshes its keys.
        if published is not cached_list:
            imported = {}
            self._key_sets = published, imported
        if key_id not in imported:
            # Only the matching key: others may have an unsupported type (RFC 7517, section 5).
            matching = [key for key in published if key_id is None or key.get("kid") == key_id]
            keys = KeySet.import_key_set({"keys": matching})
            if not matching:
                return keys  # not cached, because a client can invent any number of key ids
            imported[key_id] = keys
        return imported[key_id]


def caller_from_claims(claims: Mapping[str, Any]) -> Caller:
    """Return the user whom the claims identify, or raise ``BadTokenError``."""
    name = next((claims[key] for key in _NAME_CLAIMS if claims.get(key)), None)
    if not isinstance(name, str):
        raise BadTokenError("no user name")
    groups = next((_string_list(claims[key]) for key in _GROUP_CLAIMS if key in claims), [])
    roles = frozenset(role for role in _USER_ROLES if role in groups)
    doctor_id = name if Role.DOCTOR in roles else None
    return Caller(name=name, client="page", roles=roles, doctor_id=doctor_id)


def _string_list(value: object) -> list[str]:
    if isinstance(value, list):
        return [str(item) for item in value]
    return [] if value is None else [str(value)]
