"""Tokens of the issuer (RFC 7519, RFC 9068, OpenID Connect Core 1.0), and whose they are."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from chalicelib.bootstrap import get_services
from chalicelib.domain.permissions import Caller, Role
from chalicelib.web.auth import oidc

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from joserfc.jwk import GuestProtocol

    from chalicelib.settings import OidcSettings
    from chalicelib.web.auth.oidc import OidcProvider

# Signed with a private key that is the issuer's alone: no "none", and no HMAC, whose key a public
# one could be taken for.
_ALGORITHMS = ["RS256", "ES256", "PS256"]
_LEEWAY_SECONDS = 30
_GROUP_CLAIMS = ("cognito:groups", "groups")
_NAME_CLAIMS = ("cognito:username", "username", "preferred_username", "sub")
_USER_ROLES = (Role.DOCTOR, Role.DELEGATE, Role.ADMIN)
READ_SCOPE, BOOK_SCOPE = "slots/read", "slots/book"


class BadTokenError(Exception):
    """It says why, for the log; who sent it is told only that it is not valid."""


class TokenVerifier:
    """Reads tokens; keys come from the issuer, the time from ``now``."""

    def __init__(
        self, settings: OidcSettings, provider: OidcProvider, now: Callable[[], datetime]
    ) -> None:
        """Nothing is read from the issuer before a token comes."""
        self._settings = settings
        self._provider = provider
        self._now = now
        self._key_sets: tuple[list[Any], dict[str | None, KeySet]] = ([], {})

    def verify_access_token(self, text: str) -> Caller:
        """Who brings that access token. Raise ``BadTokenError``, ``IssuerAway``."""
        claims = self._claims(text)
        if claims.get("token_use", "access") != "access" or "nonce" in claims:
            raise BadTokenError("no access token")
        client = str(claims.get("client_id", claims.get("azp")))
        if client not in {self._settings.client_id, *self._settings.machine_clients}:
            raise BadTokenError(f"of client {client}")
        audience = _string_list(claims.get("aud"))
        if audience and client not in audience:
            raise BadTokenError(f"for {audience}")
        if client not in self._settings.machine_clients:
            return replace(caller_from_claims(claims), client=client)
        scopes = str(claims.get("scope", "")).split()
        allowed = {Role.BOOKING_SITE: BOOK_SCOPE, Role.READER: READ_SCOPE}
        roles = frozenset(role for role, scope in allowed.items() if scope in scopes)
        return Caller(name=client, client=client, roles=roles)

    def verify_id_token(self, text: str, *, nonce: str) -> Caller:
        """Who has just signed in, by the ID token. Raise ``BadTokenError``, ``IssuerAway``."""
        claims = self._claims(text)
        if claims.get("token_use", "id") != "id":
            raise BadTokenError("no ID token")
        if self._settings.client_id not in _string_list(claims.get("aud")):
            raise BadTokenError("for another client")
        if claims.get("azp", self._settings.client_id) != self._settings.client_id:
            raise BadTokenError("given to another client")
        if claims.get("nonce") != nonce:
            raise BadTokenError("of another sign-in")
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
        known_of, imported = self._key_sets
        # The issuer gives the same list again until it has read another.
        if published is not known_of:
            imported = {}
            self._key_sets = published, imported
        if key_id not in imported:
            # Only that one: another may be of a kind that is not known here (RFC 7517, section 5).
            named = [key for key in published if key_id is None or key.get("kid") == key_id]
            keys = KeySet.import_key_set({"keys": named})
            if not named:
                return keys  # made up: not to be remembered
            imported[key_id] = keys
        return imported[key_id]


def caller_from_claims(claims: Mapping[str, Any]) -> Caller:
    """The one whom an issuer's claims are about, at the page. Raise ``BadTokenError``."""
    name = next((claims[key] for key in _NAME_CLAIMS if claims.get(key)), None)
    if not isinstance(name, str):
        raise BadTokenError("of nobody")
    groups = next((_string_list(claims[key]) for key in _GROUP_CLAIMS if key in claims), [])
    roles = frozenset(role for role in _USER_ROLES if role in groups)
    doctor_id = name if Role.DOCTOR in roles else None
    return Caller(name=name, client="page", roles=roles, doctor_id=doctor_id)


def _string_list(value: object) -> list[str]:
    if isinstance(value, list):
        return [str(one) for one in value]
    return [] if value is None else [str(value)]


@lru_cache(maxsize=8)
def get_verifier(settings: OidcSettings) -> TokenVerifier:
    """The tokens that these settings believe, read by this process."""
    return TokenVerifier(
        settings, oidc.get_provider(settings.discovery_url), lambda: get_services().now()
    )
