"""Token verification with PyJWT."""

from __future__ import annotations

import os
from typing import Annotated

import jwt
import urllib3
from fastapi import Depends, HTTPException
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from benchmarks.baselines.rules import Json

bearer = HTTPBearer()
jwk_clients: list[jwt.PyJWKClient] = []


def verify_token(credentials: Annotated[HTTPAuthorizationCredentials, Depends(bearer)]) -> Json:
    """Return the claims of an access token, or respond with 401."""
    if not jwk_clients:
        discovery = urllib3.request("GET", os.environ["OIDC_DISCOVERY_URL"]).json()
        jwk_clients.append(jwt.PyJWKClient(discovery["jwks_uri"], cache_keys=True, lifespan=3600))
    try:
        key = jwk_clients[0].get_signing_key_from_jwt(credentials.credentials)
        claims: Json = jwt.decode(
            credentials.credentials, key, algorithms=["RS256"], issuer=os.environ["OIDC_ISSUER"],
            leeway=30, options={"require": ["exp", "iss"], "verify_aud": False},
        )  # fmt: skip
    except jwt.PyJWTError as error:
        raise HTTPException(401, "The token is not valid") from error
    clients = {os.environ["OIDC_CLIENT_ID"], *os.environ["OIDC_MACHINE_CLIENTS"].split()}
    is_access = claims["token_use"] == "access" and "nonce" not in claims
    if not is_access or claims["client_id"] not in clients:
        raise HTTPException(401, "The token is not valid")
    return claims


Claims = Annotated[Json, Depends(verify_token)]
