"""Bearer tokens: valid ones, and every way to forge one."""

from __future__ import annotations

import hmac
import json
from base64 import urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from chalice.app import Request
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from joserfc import jws

from chalicelib.web.http.errors import AuthenticationRequiredError
from tests.support.fake_oidc_provider import (
    PAGE_CLIENT_ID,
    SERVICE_CLIENT_ID,
    FakeOidcProvider,
    rsa_key,
)

if TYPE_CHECKING:
    from tests.support.app_client import AppClient, AppResponse

NOW_TIMESTAMP = int(datetime(2026, 11, 22, 12, tzinfo=UTC).timestamp())
DOCTOR_CLAIMS = {"username": "dr-lee", "cognito:groups": ["doctor"], "client_id": PAGE_CLIENT_ID}
EMPTY_EVENT: dict[str, Any] = {
    "requestContext": {"httpMethod": "GET", "resourcePath": "/", "path": "/"},
    "pathParameters": None,
    "stageVariables": None,
    "multiValueQueryStringParameters": None,
    "body": None,
}
REASONS = {
    "bad_signature",
    "malformed",
    "missing_claim",
    "no_user",
    "not_an_access_token",
    "token_expired",
    "unknown_client",
    "wrong_audience",
    "wrong_claim",
}
READER_CLAIMS = {"client_id": SERVICE_CLIENT_ID, "scope": "slots/read"}


def make_token(oidc_provider: FakeOidcProvider, claims: dict[str, Any], **overrides: Any) -> str:  # noqa: ANN401
    return oidc_provider.access_token(claims, **overrides)


def get_with_token(
    client: AppClient, bearer_token: str, path: str = "/slots?doctor_id=dr-lee&date=2026-11-23"
) -> AppResponse:
    return client.get(path, Authorization=f"Bearer {bearer_token}")


def test_missing_token_returns_www_authenticate(authenticated_client: AppClient) -> None:
    responses = [
        authenticated_client.get("/doctors"),
        authenticated_client.get("/slots?date=2026-11-23"),
        authenticated_client.save("09:00"),
        authenticated_client.hold("09:00"),
    ]

    assert [response.status for response in responses] == [401] * 4
    assert {response.headers["WWW-Authenticate"] for response in responses} == {"Bearer"}
    assert {response.headers["Content-Type"] for response in responses} == {
        "application/problem+json"
    }


def test_doctor_token_reads_own_day(
    authenticated_client: AppClient, oidc_provider: FakeOidcProvider
) -> None:
    assert (
        get_with_token(authenticated_client, make_token(oidc_provider, DOCTOR_CLAIMS)).status == 200
    )
    assert (
        get_with_token(
            authenticated_client,
            make_token(oidc_provider, DOCTOR_CLAIMS),
            "/slots?doctor_id=dr-okafor",
        ).status
        == 403
    )


def test_booking_site_is_limited_to_its_scopes(
    authenticated_client: AppClient, oidc_provider: FakeOidcProvider
) -> None:
    reader = make_token(oidc_provider, READER_CLAIMS)

    assert get_with_token(authenticated_client, reader, "/doctors/dr-lee/slots").status == 200
    assert get_with_token(authenticated_client, reader).status == 403
    held = authenticated_client.put(
        "/slots/dr-lee~20261123T0900Z/hold",
        {"holder": "h", "seconds": 60},
        Authorization=f"Bearer {reader}",
    )
    assert held.status == 403


def sign_with_hmac(claims: str, key_id: str | None, secret: bytes) -> str:
    """Sign by hand, because no library creates such a token."""
    header = urlsafe_b64encode(json.dumps({"alg": "HS256", "kid": key_id}).encode())
    signing = f"{header.decode().rstrip('=')}.{claims}"
    signature = urlsafe_b64encode(hmac.digest(secret, signing.encode(), "sha256"))
    return f"{signing}.{signature.decode().rstrip('=')}"


def sign_claims(oidc_provider: FakeOidcProvider, claims: bytes) -> str:
    """Sign any bytes with the provider's key."""
    key = oidc_provider.keys[-1]
    return jws.serialize_compact({"alg": "RS256", "kid": key.kid}, claims, key)


def with_critical_header(oidc_provider: FakeOidcProvider) -> str:
    """Sign a token with an empty ``crit``, by hand because no library creates such a token."""
    key = oidc_provider.keys[-1]
    claims = make_token(oidc_provider, DOCTOR_CLAIMS).split(".")[1]
    raw_header = json.dumps({"alg": "RS256", "kid": key.kid, "crit": []}).encode()
    signing = f"{urlsafe_b64encode(raw_header).decode().rstrip('=')}.{claims}"
    private_key: Any = key.private_key
    signature = private_key.sign(signing.encode(), padding.PKCS1v15(), hashes.SHA256())
    return f"{signing}.{urlsafe_b64encode(signature).decode().rstrip('=')}"


def forged_tokens(oidc_provider: FakeOidcProvider) -> dict[str, str]:
    """Return tokens that are invalid in exactly one way."""
    other = rsa_key(1, "other")
    public = oidc_provider.keys[-1].as_pem(private=False)
    header, claims, signature = make_token(oidc_provider, DOCTOR_CLAIMS).split(".")
    unsigned = "eyJhbGciOiJub25lIn0"  # {"alg":"none"}
    return {
        "signed by another key": make_token(oidc_provider, DOCTOR_CLAIMS, key=other),
        "unsigned": f"{unsigned}.{claims}.",
        "unsigned, with a signature": f"{unsigned}.{claims}.{signature}",
        "the public key as a secret": sign_with_hmac(claims, oidc_provider.keys[-1].kid, public),
        "of another issuer": make_token(oidc_provider, DOCTOR_CLAIMS, iss="https://elsewhere"),
        "of no issuer": make_token(oidc_provider, DOCTOR_CLAIMS, iss=None),
        "for another audience": make_token(oidc_provider, DOCTOR_CLAIMS, aud="another"),
        "of another client": make_token(oidc_provider, DOCTOR_CLAIMS, client_id="another"),
        "of no client": make_token(oidc_provider, DOCTOR_CLAIMS, client_id=None),
        "of a list of clients": make_token(
            oidc_provider, DOCTOR_CLAIMS, client_id=[PAGE_CLIENT_ID]
        ),
        "without user name": make_token(oidc_provider, DOCTOR_CLAIMS, username=None, sub=None),
        "of no name": make_token(oidc_provider, DOCTOR_CLAIMS, username={"name": "dr-lee"}),
        "expired": make_token(oidc_provider, DOCTOR_CLAIMS, exp=NOW_TIMESTAMP - 60),
        "without an end": make_token(oidc_provider, DOCTOR_CLAIMS, exp=None),
        "not yet valid": make_token(oidc_provider, DOCTOR_CLAIMS, nbf=NOW_TIMESTAMP + 3600),
        "an ID token": make_token(
            oidc_provider, DOCTOR_CLAIMS, token_use="id", aud=PAGE_CLIENT_ID, nonce="n"
        ),
        "an ID token of another kind": make_token(
            oidc_provider, DOCTOR_CLAIMS, token_use=None, aud=PAGE_CLIENT_ID, nonce="n"
        ),
        "an ID token without nonce": make_token(
            oidc_provider, DOCTOR_CLAIMS, token_use=None, aud=PAGE_CLIENT_ID, typ="ID"
        ),
        "an ID token with the hash of an access token": make_token(
            oidc_provider, DOCTOR_CLAIMS, aud=PAGE_CLIENT_ID, at_hash="h"
        ),
        "a token of unknown kind": make_token(oidc_provider, DOCTOR_CLAIMS, token_use=None),
        "a logout token": make_token(
            oidc_provider,
            DOCTOR_CLAIMS,
            token_use=None,
            typ="Logout",
            events={"http://schemas.openid.net/event/backchannel-logout": {}},
        ),
        "a logout token that looks like an access token": make_token(
            oidc_provider, DOCTOR_CLAIMS, events={}
        ),
        "a logout token by its header": make_token(
            oidc_provider, DOCTOR_CLAIMS, token_use=None, header={"typ": "logout+jwt"}
        ),
        "a refresh token": make_token(oidc_provider, DOCTOR_CLAIMS, typ="Refresh"),
        "of another algorithm than the key's": make_token(
            oidc_provider, DOCTOR_CLAIMS, alg="PS256"
        ),
        "with a critical header": with_critical_header(oidc_provider),
        "nested too deep": sign_claims(oidc_provider, b'{"a":' + b"[" * 60_000),
        "of no object": sign_claims(oidc_provider, b"[]"),
        "of a list as subject": make_token(oidc_provider, DOCTOR_CLAIMS, sub=["x"]),
        "of no subject": make_token(oidc_provider, DOCTOR_CLAIMS, sub=None),
        "changed": f"{header}.{claims[:-4]}AAAA.{signature}",
        "nothing": "",
        "no token": "a.b.c",
        "too many parts": f"{header}.{claims}.{signature}.x",
    }


def test_forged_tokens_are_rejected(
    authenticated_client: AppClient, oidc_provider: FakeOidcProvider
) -> None:
    responses = {
        name: get_with_token(authenticated_client, text)
        for name, text in forged_tokens(oidc_provider).items()
    }

    assert {
        name: response.status for name, response in responses.items() if response.status != 401
    } == {}


@pytest.mark.parametrize(
    ("claims", "header"),
    [
        ({"token_use": "access"}, {}),
        ({"token_use": None}, {"typ": "at+jwt"}),
        ({"token_use": None}, {"typ": "application/at+jwt"}),
        ({"token_use": None, "typ": "Bearer"}, {}),
    ],
    ids=["Cognito", "RFC 9068", "RFC 9068, long", "Keycloak"],
)
def test_access_tokens_of_several_providers_are_accepted(
    authenticated_client: AppClient,
    oidc_provider: FakeOidcProvider,
    claims: dict[str, Any],
    header: dict[str, str],
) -> None:
    token = make_token(oidc_provider, DOCTOR_CLAIMS, **claims, header=header)

    assert get_with_token(authenticated_client, token).status == 200


def test_discovery_of_another_issuer_is_not_used(
    authenticated_client: AppClient, oidc_provider: FakeOidcProvider
) -> None:
    token = make_token(oidc_provider, DOCTOR_CLAIMS)
    oidc_provider.discovered_issuer = "https://elsewhere"

    assert get_with_token(authenticated_client, token).status == 503
    assert authenticated_client.get("/sign-in").status == 503


def test_rejected_token_has_a_reason_for_the_log(
    authenticated_client: AppClient, oidc_provider: FakeOidcProvider
) -> None:
    forged, auth = forged_tokens(oidc_provider), authenticated_client.services.auth
    reasons = {}
    for name, text in forged.items():
        headers = {"authorization": f"Bearer {text}"}
        with pytest.raises(AuthenticationRequiredError) as raised:
            auth.authenticate(Request({**EMPTY_EVENT, "headers": headers}))
        reasons[name] = raised.value.reason

    assert reasons["signed by another key"] == "bad_signature"
    assert reasons["expired"] == "token_expired"
    assert reasons["of another client"] == "unknown_client"
    assert reasons["an ID token"] == "not_an_access_token"
    assert reasons["of another issuer"] == "wrong_claim"
    assert {*reasons.values()} <= REASONS


def test_token_of_unknown_key_is_rejected(
    authenticated_client: AppClient, oidc_provider: FakeOidcProvider
) -> None:
    text = make_token(oidc_provider, DOCTOR_CLAIMS)
    oidc_provider.keys.clear()
    oidc_provider.rotate_key()
    oidc_provider.keys[0] = rsa_key(2, "another")

    assert get_with_token(authenticated_client, text).status == 401


def test_new_key_of_provider_is_accepted_at_once(
    authenticated_client: AppClient, oidc_provider: FakeOidcProvider
) -> None:
    assert (
        get_with_token(authenticated_client, make_token(oidc_provider, DOCTOR_CLAIMS)).status == 200
    )
    authenticated_client.clock.now += timedelta(minutes=1)
    oidc_provider.rotate_key()

    assert (
        get_with_token(authenticated_client, make_token(oidc_provider, DOCTOR_CLAIMS)).status == 200
    )


def test_key_of_unknown_type_is_ignored(
    authenticated_client: AppClient, oidc_provider: FakeOidcProvider
) -> None:
    oidc_provider.other_keys = [{"kty": "EC", "crv": "P-999", "x": "a", "y": "b", "kid": "new"}]

    assert (
        get_with_token(authenticated_client, make_token(oidc_provider, DOCTOR_CLAIMS)).status == 200
    )


def test_service_token_has_no_user_roles(
    authenticated_client: AppClient, oidc_provider: FakeOidcProvider
) -> None:
    claims = {**READER_CLAIMS, "username": "dr-lee", "cognito:groups": ["admin", "doctor"]}

    assert get_with_token(authenticated_client, make_token(oidc_provider, claims)).status == 403


def test_unknown_key_ids_do_not_trigger_repeated_fetches(
    authenticated_client: AppClient, oidc_provider: FakeOidcProvider
) -> None:
    for number in range(5):
        stranger = FakeOidcProvider("http://127.0.0.1:9")
        stranger.keys = [rsa_key(number, "made-up")]
        assert (
            get_with_token(
                authenticated_client, stranger.sign({**DOCTOR_CLAIMS, "iss": oidc_provider.url})
            ).status
            == 401
        )

    assert oidc_provider.requests.count("/keys") <= 2


def test_outage_keeps_accepting_known_keys(
    authenticated_client: AppClient, oidc_provider: FakeOidcProvider
) -> None:
    text = make_token(oidc_provider, DOCTOR_CLAIMS)
    assert get_with_token(authenticated_client, text).status == 200

    oidc_provider.is_down = True
    authenticated_client.clock.now += timedelta(minutes=30)

    assert get_with_token(authenticated_client, text).status == 200


def test_unreached_provider_returns_503_for_tokens(
    authenticated_client: AppClient, oidc_provider: FakeOidcProvider
) -> None:
    oidc_provider.is_down = True

    rejected = get_with_token(authenticated_client, make_token(oidc_provider, DOCTOR_CLAIMS))

    assert (rejected.status, rejected.headers["Retry-After"]) == (503, "5")


def test_unknown_auth_scheme_is_rejected(authenticated_client: AppClient) -> None:
    assert authenticated_client.get("/doctors", Authorization="Basic ZHItbGVlOng=").status == 401
