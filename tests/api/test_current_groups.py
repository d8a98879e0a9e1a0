"""Groups and accounts that change while a session or token lasts, with a Cognito user pool."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError

from tests.support.fake_oidc_provider import PAGE_CLIENT_ID
from tests.support.page_session import DAY_PATH, PageSession

if TYPE_CHECKING:
    from tests.support.app_client import AppClient
    from tests.support.fake_oidc_provider import FakeOidcProvider
    from tests.support.fake_user_pool import FakeUserPool


@pytest.fixture
def sam(client_with_pool: AppClient, oidc_provider: FakeOidcProvider) -> PageSession:
    """The session of Sam, a delegate of Dr Lee, two minutes after the sign-in."""
    session = PageSession(client_with_pool, oidc_provider)
    session.sign_in("sam", "delegate")
    client_with_pool.clock.now += timedelta(minutes=2)
    return session


def sam_token(sam: PageSession, *groups: str) -> dict[str, str]:
    claims = {"username": "sam", "cognito:groups": groups, "client_id": PAGE_CLIENT_ID}
    return {"Authorization": f"Bearer {sam.oidc_provider.access_token(claims)}"}


def test_person_who_left_the_group_is_rejected_within_a_minute(
    sam: PageSession, pool: FakeUserPool
) -> None:
    token = sam_token(sam, "delegate")
    assert sam.get(DAY_PATH).status == sam.client.get(DAY_PATH, **token).status == 200

    pool.groups = []
    sam.client.clock.now += timedelta(seconds=59)

    rejected = sam.get(DAY_PATH)
    assert (rejected.status, sam.client.get(DAY_PATH, **token).status) == (403, 403)
    assert "your account has no role yet" in rejected.text
    assert 'action="/sign-out"' in rejected.text


def test_person_who_left_a_group_while_signing_in_is_rejected(
    sam: PageSession, pool: FakeUserPool
) -> None:
    sam.sign_in("sam", "delegate")
    pool.groups = []
    sam.client.clock.now += timedelta(minutes=1)

    assert sam.get(DAY_PATH).status == 403


@pytest.mark.parametrize("changed", ["is_enabled", "subject"])
def test_disabled_or_replaced_account_is_signed_out(
    sam: PageSession, pool: FakeUserPool, changed: str
) -> None:
    setattr(pool, changed, False if changed == "is_enabled" else "another")

    assert sam.get(DAY_PATH).status == 303
    assert sam.client.get(DAY_PATH, **sam_token(sam, "delegate")).status == 401


def test_deleted_account_is_signed_out(sam: PageSession, pool: FakeUserPool) -> None:
    pool.error = ClientError({"Error": {"Code": "UserNotFoundException"}}, "AdminGetUser")

    assert sam.get(DAY_PATH).status == 303


def test_new_group_needs_a_new_sign_in(sam: PageSession, pool: FakeUserPool) -> None:
    pool.groups = ["delegate", "admin"]

    assert sam.get(DAY_PATH).status == 200
    assert sam.get("/slots?doctor_id=dr-okafor").status == 403


def test_doctor_who_left_the_group_loses_their_schedule(
    sam: PageSession, pool: FakeUserPool
) -> None:
    claims = {"username": "dr-lee", "client_id": PAGE_CLIENT_ID,
              "cognito:groups": ["doctor", "delegate"]}  # fmt: skip
    token = {"Authorization": f"Bearer {sam.oidc_provider.access_token(claims)}"}
    pool.groups = ["delegate"]

    assert sam.client.get(DAY_PATH, **token).status == 403


@pytest.mark.parametrize(
    "error",
    [
        ConnectTimeoutError(endpoint_url="https://cognito"),
        ClientError({"Error": {"Code": "TooManyRequestsException"}}, "AdminGetUser"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_outage_of_the_pool_changes_nothing(
    sam: PageSession, pool: FakeUserPool, error: Exception
) -> None:
    pool.error = error

    assert [sam.get(DAY_PATH).status for _ in range(3)] == [200] * 3
    assert pool.requests == 1


def test_outage_keeps_what_is_known(sam: PageSession, pool: FakeUserPool) -> None:
    pool.groups = []
    assert sam.get(DAY_PATH).status == 403
    pool.error = ConnectTimeoutError(endpoint_url="https://cognito")
    sam.client.clock.now += timedelta(minutes=5)

    assert sam.get(DAY_PATH).status == 403


def test_pool_is_not_requested_for_every_request(sam: PageSession, pool: FakeUserPool) -> None:
    for _ in range(25):
        assert sam.get(DAY_PATH).status == 200
        sam.client.clock.now += timedelta(seconds=2)

    assert pool.requests == 1


def test_booking_site_is_no_user_of_the_pool(sam: PageSession, pool: FakeUserPool) -> None:
    claims = {"client_id": "a-booking-site", "scope": "slots/read"}
    token = {"Authorization": f"Bearer {sam.oidc_provider.access_token(claims)}"}

    assert sam.client.get("/doctors", **token).status == 200
    assert pool.requests == 0
