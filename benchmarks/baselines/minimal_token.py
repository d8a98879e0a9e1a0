"""Token verification of the minimal handler, with cryptography alone."""

from __future__ import annotations

import base64
import json
import os
from datetime import UTC, datetime
from typing import Any

import urllib3
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers
from cryptography.hazmat.primitives.hashes import SHA256

from benchmarks.baselines.rules import ApiError, Json

CLIENTS = {os.environ["OIDC_CLIENT_ID"], *os.environ["OIDC_MACHINE_CLIENTS"].split()}
KEYS: Json = {}


def verify_token(authorization: str) -> Json:
    """Return the claims of an access token.

    Raises:
        ApiError: Its signature, issuer, client, use or expiry is not valid.
    """
    try:
        header, payload, signature = authorization.removeprefix("Bearer ").split(".")
        kid, signed = json.loads(decode_base64url(header))["kid"], f"{header}.{payload}".encode()
        public_key(kid).verify(decode_base64url(signature), signed, PKCS1v15(), SHA256())
        claims: Json = json.loads(decode_base64url(payload))
    except (ValueError, KeyError, InvalidSignature):
        raise ApiError(401, "The token is not valid") from None
    is_ours = claims["iss"] == os.environ["OIDC_ISSUER"] and claims["client_id"] in CLIENTS
    is_access = claims["token_use"] == "access" and "nonce" not in claims
    if not is_ours or not is_access or claims["exp"] < datetime.now(UTC).timestamp() - 30:
        raise ApiError(401, "The token is not valid")
    return claims


def public_key(kid: str) -> Any:  # noqa: ANN401  cryptography has no public name for its type
    """Return a published key of the identity provider."""
    if kid not in KEYS:
        http = urllib3.PoolManager(timeout=4)
        url = http.request("GET", os.environ["OIDC_DISCOVERY_URL"]).json()["jwks_uri"]
        for jwk in http.request("GET", url).json()["keys"]:
            e, n = (int.from_bytes(decode_base64url(jwk[part]), "big") for part in "en")
            KEYS[jwk["kid"]] = RSAPublicNumbers(e, n).public_key()
    return KEYS[kid]


def decode_base64url(text: str) -> bytes:
    """Decode base64url without padding (RFC 7515)."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
