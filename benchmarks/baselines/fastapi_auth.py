"""Bearer tokens with PyJWT, as FastAPI's users check them."""

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
    """What the token says."""
    if not jwk_clients:
        found = urllib3.request("GET", os.environ["OIDC_DISCOVERY_URL"]).json()
        jwk_clients.append(jwt.PyJWKClient(found["jwks_uri"], cache_keys=True, lifespan=3600))
    try:
        key = jwk_clients[0].get_signing_key_from_jwt(credentials.credentials)
        said: Json = jwt.decode(
            credentials.credentials, key, algorithms=["RS256"], issuer=os.environ["OIDC_ISSUER"],
            leeway=30, options={"require": ["exp", "iss"], "verify_aud": False},
        )  # fmt: skip
    except jwt.PyJWTError as error:
        raise HTTPException(401, "The token is not valid") from error
    clients = {os.environ["OIDC_CLIENT_ID"], *os.environ["OIDC_MACHINE_CLIENTS"].split()}
    if said["token_use"] != "access" or "nonce" in said or said["client_id"] not in clients:
        raise HTTPException(401, "The token is not valid")
    return said


Claims = Annotated[Json, Depends(verify_token)]
