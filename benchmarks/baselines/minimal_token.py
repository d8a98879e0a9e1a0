"""The floor's check of a token, with cryptography alone."""

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
    """What the token says, once it is known to be the issuer's and to last."""
    try:
        header, payload, signature = authorization.removeprefix("Bearer ").split(".")
        kid, signed = json.loads(decode_base64url(header))["kid"], f"{header}.{payload}".encode()
        public_key(kid).verify(decode_base64url(signature), signed, PKCS1v15(), SHA256())
        said: Json = json.loads(decode_base64url(payload))
    except (ValueError, KeyError, InvalidSignature):
        raise ApiError(401, "The token is not valid") from None
    is_ours = said["iss"] == os.environ["OIDC_ISSUER"] and said["client_id"] in CLIENTS
    is_access = said["token_use"] == "access" and "nonce" not in said
    if not is_ours or not is_access or said["exp"] < datetime.now(UTC).timestamp() - 30:
        raise ApiError(401, "The token is not valid")
    return said


def public_key(kid: str) -> Any:  # noqa: ANN401  an RSA key, whatever cryptography calls it
    """A key that the issuer publishes."""
    if kid not in KEYS:
        http = urllib3.PoolManager(timeout=4)
        url = http.request("GET", os.environ["OIDC_DISCOVERY_URL"]).json()["jwks_uri"]
        for jwk in http.request("GET", url).json()["keys"]:
            e, n = (int.from_bytes(decode_base64url(jwk[part]), "big") for part in "en")
            KEYS[jwk["kid"]] = RSAPublicNumbers(e, n).public_key()
    return KEYS[kid]


def decode_base64url(text: str) -> bytes:
    """Base64 as in a token (RFC 7515)."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
