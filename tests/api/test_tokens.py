"""Bearer tokens: valid ones, and every way to forge one."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from chalice.app import Request

from chalicelib.web.http.errors import AuthenticationRequiredError
from tests.support.fake_oidc_provider import (
    SERVICE_CLIENT_ID,
    FakeOidcProvider,
    rsa_key,
)
from tests.support.forged_tokens import DOCTOR_CLAIMS, forged_tokens

if TYPE_CHECKING:
    from tests.support.app_client import AppClient, AppResponse

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


def make_token(oidc_provider: FakeOidcProvider, claims: dict[str, Any], **overrides: Any) -> str:  # noqa: ANN401  claims of any type
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
