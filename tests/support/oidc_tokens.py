"""Verification of tokens by the provider's published keys."""

from __future__ import annotations

from typing import Any

import requests
from joserfc import jwt
from joserfc.jwk import KeySet


def fetch_discovery(url: str) -> dict[str, Any]:
    """Fetch the provider's discovery document."""
    document: dict[str, Any] = requests.get(url, timeout=10).json()
    return document


def verify_token(token: str, *, discovery_url: str) -> dict[str, Any]:
    """Return the claims of a token.

    Raises:
        JoseError: The token is forged, expired or of another issuer.

    """
    discovery = fetch_discovery(discovery_url)
    keys = KeySet.import_key_set(requests.get(discovery["jwks_uri"], timeout=10).json())
    claims = jwt.decode(token, keys, algorithms=["RS256"]).claims
    required = jwt.JWTClaimsRegistry(
        iss={"essential": True, "value": discovery["issuer"]}, exp={"essential": True}
    )
    required.validate(claims)
    return claims
