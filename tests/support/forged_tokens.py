"""Tokens that are invalid in exactly one way, and the valid one that they differ from."""

from __future__ import annotations

import hmac
import json
from base64 import urlsafe_b64encode
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from joserfc import jws

from tests.support.factories import SUNDAY_NOON
from tests.support.fake_oidc_provider import PAGE_CLIENT_ID, rsa_key

if TYPE_CHECKING:
    from tests.support.fake_oidc_provider import FakeOidcProvider

DOCTOR_CLAIMS = {"username": "dr-lee", "cognito:groups": ["doctor"], "client_id": PAGE_CLIENT_ID}
_NOW_TIMESTAMP = int(SUNDAY_NOON.timestamp())


def forged_tokens(oidc_provider: FakeOidcProvider) -> dict[str, str]:
    """Return the forged tokens by what is wrong with them."""
    with_claims = {
        name: oidc_provider.access_token(DOCTOR_CLAIMS, **overrides)
        for name, overrides in (_wrong_claims() | _wrong_kinds()).items()
    }
    return with_claims | _wrong_signatures(oidc_provider) | _malformed(oidc_provider)


def _wrong_claims() -> dict[str, dict[str, Any]]:
    return {
        "of another issuer": {"iss": "https://elsewhere"},
        "of no issuer": {"iss": None},
        "for another audience": {"aud": "another"},
        "of another client": {"client_id": "another"},
        "of no client": {"client_id": None},
        "of a list of clients": {"client_id": [PAGE_CLIENT_ID]},
        "without user name": {"username": None, "sub": None},
        "of no name": {"username": {"name": "dr-lee"}},
        "of a list as subject": {"sub": ["x"]},
        "of no subject": {"sub": None},
        "of a name that is no text": {"username": "\ud800"},
        "of a subject that is no text": {"sub": "\ud800"},
        "of a subject that is too long": {"sub": "x" * 256},
        "of a name that is too long": {"username": "x" * 256},
        "issued before time began": {"iat": -1e300},
        "expired": {"exp": _NOW_TIMESTAMP - 60},
        "without an end": {"exp": None},
        "not yet valid": {"nbf": _NOW_TIMESTAMP + 3600},
    }


def _wrong_kinds() -> dict[str, dict[str, Any]]:
    """Return the claims and headers of tokens that are no access tokens."""
    id_token = {"aud": PAGE_CLIENT_ID, "nonce": "n"}
    logout: dict[str, Any] = {"http://schemas.openid.net/event/backchannel-logout": {}}
    return {
        "an ID token": {"token_use": "id", **id_token},
        "an ID token of another kind": {"token_use": None, **id_token},
        "an ID token without nonce": {"token_use": None, "aud": PAGE_CLIENT_ID, "typ": "ID"},
        "an ID token with the hash of an access token": {"aud": PAGE_CLIENT_ID, "at_hash": "h"},
        "a token of unknown kind": {"token_use": None},
        "a logout token": {"token_use": None, "typ": "Logout", "events": logout},
        "a logout token that looks like an access token": {"events": {}},
        "a logout token by its header": {"token_use": None, "header": {"typ": "logout+jwt"}},
        "a refresh token": {"typ": "Refresh"},
    }


def _wrong_signatures(oidc_provider: FakeOidcProvider) -> dict[str, str]:
    key = oidc_provider.keys[-1]
    header, claims, signature = oidc_provider.access_token(DOCTOR_CLAIMS).split(".")
    unsigned = "eyJhbGciOiJub25lIn0"  # {"alg":"none"}
    other = rsa_key(1, "other")
    return {
        "signed by another key": oidc_provider.access_token(DOCTOR_CLAIMS, key=other),
        "unsigned": f"{unsigned}.{claims}.",
        "unsigned, with a signature": f"{unsigned}.{claims}.{signature}",
        "the public key as a secret": _sign_with_hmac(claims, key.kid, key.as_pem(private=False)),
        "of another algorithm than the key's": oidc_provider.access_token(
            DOCTOR_CLAIMS, alg="PS256"
        ),
        "with a critical header": _with_critical_header(oidc_provider),
        "changed": f"{header}.{claims[:-4]}AAAA.{signature}",
    }


def _malformed(oidc_provider: FakeOidcProvider) -> dict[str, str]:
    return {
        "nested too deep": _sign_claims(oidc_provider, b'{"a":' + b"[" * 60_000),
        "of no object": _sign_claims(oidc_provider, b"[]"),
        "nothing": "",
        "no token": "a.b.c",
        "too many parts": f"{oidc_provider.access_token(DOCTOR_CLAIMS)}.x",
    }


def _sign_with_hmac(claims: str, key_id: str | None, secret: bytes) -> str:
    """Sign by hand, because no library creates such a token."""
    header = urlsafe_b64encode(json.dumps({"alg": "HS256", "kid": key_id}).encode())
    signing = f"{header.decode().rstrip('=')}.{claims}"
    signature = urlsafe_b64encode(hmac.digest(secret, signing.encode(), "sha256"))
    return f"{signing}.{signature.decode().rstrip('=')}"


def _sign_claims(oidc_provider: FakeOidcProvider, claims: bytes) -> str:
    """Sign any bytes with the provider's key."""
    key = oidc_provider.keys[-1]
    return jws.serialize_compact({"alg": "RS256", "kid": key.kid}, claims, key)


def _with_critical_header(oidc_provider: FakeOidcProvider) -> str:
    """Sign a token with an empty ``crit``, by hand because no library creates such a token."""
    key = oidc_provider.keys[-1]
    claims = oidc_provider.access_token(DOCTOR_CLAIMS).split(".")[1]
    raw_header = json.dumps({"alg": "RS256", "kid": key.kid, "crit": []}).encode()
    signing = f"{urlsafe_b64encode(raw_header).decode().rstrip('=')}.{claims}"
    private_key: Any = key.private_key
    signature = private_key.sign(signing.encode(), padding.PKCS1v15(), hashes.SHA256())
    return f"{signing}.{urlsafe_b64encode(signature).decode().rstrip('=')}"
