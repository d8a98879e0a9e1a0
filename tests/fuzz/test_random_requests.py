"""Random requests never cause a 5xx response, with and without sign-in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from chalice.test import Client
from hypothesis import example, given

from chalicelib import bootstrap
from chalicelib.domain.errors import RequestRejectedError
from chalicelib.domain.slot import SlotId
from chalicelib.settings import Settings
from chalicelib.storage import pagination
from local import demo_data
from tests.support import app_setup
from tests.support.app_client import build_services
from tests.support.fake_oidc_provider import run_fake_oidc_provider
from tests.support.strategies import JSON, RawRequest, random_requests, values

if TYPE_CHECKING:
    from collections.abc import Iterator

    from chalicelib.services import Services
    from tests.support.app_client import AppClient

# 4xx: unknown doctors, slots and files, malformed HTTP, and requests that break rules.
EXPECTED_STATUSES = {200, 201, 204, 303, 304, 400, 401, 403, 404, 405, 409, 412, 413, 415, 422}


@pytest.fixture(scope="module")
def client(moto: str) -> Iterator[AppClient]:
    """The app without sign-in, so that each request is Dr Lee's, with some slots."""
    settings = app_setup.connect_table(moto)
    with Client(app_setup.import_app()) as chalice_client:
        client = app_setup.create_client(settings, chalice_client)
        app_setup.replace_doctors(client, demo_data.DOCTORS)
        assert client.save("09:00", "09:30", "10:00").status == 200
        yield client


@pytest.fixture(scope="module")
def authenticated_services(client: AppClient) -> Iterator[Services]:
    """Services of the app with sign-in."""
    with run_fake_oidc_provider() as provider:
        table_name = client.services.settings.table_name
        settings = Settings(table_name=table_name, oidc=provider.settings())
        yield build_services(settings, client.clock)


def assert_no_server_error(client: AppClient, sent: RawRequest) -> None:
    response = client.request(sent.method, sent.path, sent.body, sent.headers)
    assert response.status in EXPECTED_STATUSES, response.text
    if response.status >= 400 and response.headers["Content-Type"] == "application/problem+json":
        problem = response.json
        assert (problem["status"], bool(problem["detail"])) == (response.status, True)


@given(random_requests())
@example(RawRequest("POST", "/slots", {"Content-Type": JSON}, b"{"))
def test_admin_requests_never_return_500(client: AppClient, sent: RawRequest) -> None:
    bootstrap.set_services(client.services)

    assert_no_server_error(client, sent)


@given(random_requests(), values.filter(str.isascii), values.filter(str.isascii))
def test_anonymous_requests_never_return_500(
    client: AppClient,
    authenticated_services: Services,
    sent: RawRequest,
    token: str,
    site: str,
) -> None:
    bootstrap.set_services(authenticated_services)
    own = {"Authorization": token if len(token) % 2 else f"Bearer {token}", "Sec-Fetch-Site": site}

    assert_no_server_error(
        client, RawRequest(sent.method, sent.path, sent.headers | own, sent.body)
    )


@given(values)
@example("dr-lee~99991231T2359Z")
def test_any_text_is_accepted_or_rejected_as_slot_id(text: str) -> None:
    try:
        slot_id = SlotId.parse(text)
    except ValueError:
        return
    assert str(slot_id) == text


@given(values)
def test_any_text_as_cursor_is_rejected(text: str) -> None:
    try:
        position = pagination.decode_cursor(text, search="all", part_count=2)
    except RequestRejectedError:
        return
    assert (
        pagination.decode_cursor(
            pagination.encode_cursor(position, search="all"), search="all", part_count=2
        )
        == position
    )
