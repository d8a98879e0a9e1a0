"""Verify the provider's JSON Web Tokens (RFC 7519, RFC 9068, OpenID Connect Core 1.0)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeGuard

from joserfc import errors, jwt
from joserfc.jwk import KeySet
from msgspec import Struct

from chalicelib.domain.permissions import Caller, Role

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from joserfc.jwk import GuestProtocol

    from chalicelib.settings import OidcSettings
    from chalicelib.web.auth.oidc import OidcProvider

# Only signatures by the provider's private key: no "none", and no HMAC, for which an attacker could
# use the public key as the secret. A key without ``alg`` signs with the usual one of its type.
_ALGORITHMS = ["RS256", "ES256", "PS256"]
_DEFAULT_ALGORITHMS = {"RSA": "RS256", "EC": "ES256"}
_LEEWAY_SECONDS = 30
_GROUP_CLAIMS = ("cognito:groups", "groups")
_NAME_CLAIMS = ("cognito:username", "username", "preferred_username", "sub")
_MAX_IDENTIFIER = 255  # characters, as OpenID Connect Core 1.0 limits ``sub``
_USER_ROLES = (Role.DOCTOR, Role.DELEGATE, Role.ADMIN)
READ_SCOPE, BOOK_SCOPE = "slots/read", "slots/book"


# Media types of access tokens (RFC 9068); Keycloak's have the claim ``typ: Bearer`` instead.
_ACCESS_TOKEN_TYPES = ("at+jwt", "application/at+jwt")
# Claims of ID tokens, and of logout tokens (OpenID Connect Back-Channel Logout 1.0).
_OTHER_TOKEN_CLAIMS = {"nonce", "at_hash", "c_hash", "s_hash", "events"}
_REASONS: dict[type[errors.JoseError], str] = {
    errors.BadSignatureError: "bad_signature",
    errors.ExpiredTokenError: "token_expired",
    errors.InvalidClaimError: "wrong_claim",
    errors.MissingClaimError: "missing_claim",
}


class BadTokenError(Exception):
    """A token is not valid. The message is for developers; clients do not get it.

    ``reason`` is for the request log, and contains nothing of the token.
    """

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(detail or reason)
        self.reason = reason


class AccessToken(Struct, frozen=True, kw_only=True):
    """The caller of an access token; ``issued_at`` is None if the token does not say it."""

    caller: Caller
    issued_at: datetime | None


class _Token(Struct, frozen=True):
    header: dict[str, Any]
    claims: dict[str, Any]


class TokenVerifier:
    """Verifies access and ID tokens with the provider's keys."""

    def __init__(
        self, settings: OidcSettings, provider: OidcProvider, now: Callable[[], datetime]
    ) -> None:
        self._settings = settings
        self._provider = provider
        self._now = now
        self._key_sets: tuple[list[Any], dict[str | None, KeySet]] = ([], {})

    def verify_access_token(self, text: str) -> AccessToken:
        """Return the caller of an access token.

        Raises:
            BadTokenError: the token is not valid here.
            IdentityProviderUnavailableError: the provider's keys cannot be read.
        """
        token = self._decode(text)
        _require_access_token(token)
        client = self._require_known_client(token.claims)
        return AccessToken(
            caller=self._caller_of_client(token.claims, client),
            issued_at=_issued_at(token.claims),
        )

    def _require_known_client(self, claims: Mapping[str, Any]) -> str:
        client = str(claims.get("client_id", claims.get("azp")))
        if client not in {self._settings.client_id, *self._settings.machine_clients}:
            raise BadTokenError("unknown_client", f"issued to unknown client {client}")
        audience = _string_list(claims.get("aud"))
        if audience and client not in audience:
            raise BadTokenError("wrong_audience", f"audience {audience}")
        return client

    def _caller_of_client(self, claims: Mapping[str, Any], client: str) -> Caller:
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
        claims = self._decode(text).claims
        if claims.get("token_use", "id") != "id" or "events" in claims:
            raise BadTokenError("not_an_id_token")
        if self._settings.client_id not in _string_list(claims.get("aud")):
            raise BadTokenError("wrong_audience")
        if claims.get("azp", self._settings.client_id) != self._settings.client_id:
            raise BadTokenError("unknown_client", "issued to another client")
        if claims.get("nonce") != nonce:
            raise BadTokenError("wrong_nonce")
        return caller_from_claims(claims)

    def _decode(self, text: str) -> _Token:
        now = int(self._now().timestamp())
        try:
            token = jwt.decode(text, self._keys_for, algorithms=_ALGORITHMS)
            jwt.JWTClaimsRegistry(
                now=now,
                leeway=_LEEWAY_SECONDS,
                iss={"essential": True, "value": self._settings.issuer},
                exp={"essential": True},
            ).validate(token.claims)
        except errors.JoseError as error:
            raise BadTokenError(_REASONS.get(type(error), "malformed"), str(error)) from error
        # JSON that nests too deep is a RecursionError.
        except (ValueError, TypeError, RecursionError) as error:
            raise BadTokenError("malformed", str(error)) from error
        return _Token(token.header, dict(token.claims))

    def _keys_for(self, token: GuestProtocol) -> KeySet:
        headers = token.headers()
        if "crit" in headers:  # requires extensions, and there is none here (RFC 7515)
            raise BadTokenError("malformed", "critical header parameters")
        key_id = headers.get("kid")
        published = self._provider.keys(key_id=key_id)
        cached_list, imported = self._key_sets
        # The provider returns the same list object until it refreshes its keys.
        if published is not cached_list:
            imported = {}
            self._key_sets = published, imported
        if key_id not in imported:
            # Only the matching key: others may have an unsupported type (RFC 7517, section 5).
            matching = [
                {"alg": _DEFAULT_ALGORITHMS.get(key.get("kty"), "none"), **key}
                for key in published
                if (key_id is None or key.get("kid") == key_id) and key.get("use", "sig") == "sig"
            ]
            keys = KeySet.import_key_set({"keys": matching})
            if not matching:
                return keys  # not cached, because a client can invent any number of key ids
            imported[key_id] = keys
        return imported[key_id]


def _require_access_token(token: _Token) -> None:
    """Raise ``BadTokenError`` unless the token says that it is an access token.

    An ID token or logout token of the same provider has the same signature, and often the same
    claims. Cognito's access tokens have ``token_use``.
    """
    kind, claims = str(token.header.get("typ", "")).lower(), token.claims
    is_access_token = (
        claims.get("token_use") == "access"
        or kind in _ACCESS_TOKEN_TYPES
        or claims.get("typ") == "Bearer"
    )
    is_other_token = (
        claims.get("token_use", "access") != "access" or claims.get("typ", "Bearer") != "Bearer"
    )
    if not is_access_token or is_other_token or _OTHER_TOKEN_CLAIMS & claims.keys():
        raise BadTokenError("not_an_access_token")


def _issued_at(claims: Mapping[str, Any]) -> datetime | None:
    seconds = claims.get("iat")
    if not isinstance(seconds, int | float):
        return None
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError) as error:
        raise BadTokenError("wrong_claim", "iat is no time") from error


def caller_from_claims(claims: Mapping[str, Any]) -> Caller:
    """Return the user whom the claims identify, or raise ``BadTokenError``."""
    name = next((claims[key] for key in _NAME_CLAIMS if claims.get(key)), None)
    subject = claims.get("sub")
    if not _is_identifier(name) or not _is_identifier(subject):
        raise BadTokenError("no_user")
    groups = next((_string_list(claims[key]) for key in _GROUP_CLAIMS if key in claims), [])
    roles = frozenset(role for role in _USER_ROLES if role in groups)
    doctor_id = name if Role.DOCTOR in roles else None
    return Caller(name=name, client="page", roles=roles, doctor_id=doctor_id, subject=subject)


def _is_identifier(value: object) -> TypeGuard[str]:
    """Return whether it is text that can be part of a key, as ``sub`` of OpenID Connect is.

    Half of a surrogate pair, which JSON can contain, is not printable.
    """
    return isinstance(value, str) and 0 < len(value) <= _MAX_IDENTIFIER and value.isprintable()


def _string_list(value: object) -> list[str]:
    if isinstance(value, list):
        return [str(item) for item in value]
    return [] if value is None else [str(value)]
