"""Tokens as whoever gets one checks them: by the keys that the issuer publishes."""

from __future__ import annotations

from typing import Any

import requests
from joserfc import jwt
from joserfc.jwk import KeySet


def fetch_discovery(url: str) -> dict[str, Any]:
    """What the issuer tells of itself."""
    document: dict[str, Any] = requests.get(url, timeout=10).json()
    return document


def verify_token(token: str, *, discovery_url: str) -> dict[str, Any]:
    """What the token says; raises ``JoseError`` where it is forged, expired or somebody else's."""
    told = fetch_discovery(discovery_url)
    keys = KeySet.import_key_set(requests.get(told["jwks_uri"], timeout=10).json())
    claims = jwt.decode(token, keys, algorithms=["RS256"]).claims
    required = jwt.JWTClaimsRegistry(
        iss={"essential": True, "value": told["issuer"]}, exp={"essential": True}
    )
    required.validate(claims)
    return claims
