"""Whatever stands in a request, whoever sends it: the app answers, and not with a bug."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import boto3
import pytest
from chalice.test import Client
from hypothesis import example, given

from chalicelib import bootstrap
from chalicelib.domain.errors import RequestRejectedError
from chalicelib.domain.slot import SlotId
from chalicelib.settings import OidcSettings, Settings
from chalicelib.storage import pagination, table
from local import demo_data
from local.local_config import use_local_stage
from tests.support.app_client import AppClient, Clock
from tests.support.fake_oidc_provider import PAGE_CLIENT_ID, run_fake_oidc_provider
from tests.support.strategies import JSON, RawRequest, random_requests, values

if TYPE_CHECKING:
    from collections.abc import Iterator

# Of a doctor, a slot, a file that is not there; what HTTP itself and the rules say no to.
EXPECTED_STATUSES = {200, 201, 204, 303, 304, 400, 401, 403, 404, 405, 409, 412, 413, 415, 422}


@pytest.fixture(scope="module")
def client(moto: str) -> Iterator[AppClient]:
    """The app as everybody may use it, who is Dr Lee, with some slots."""
    use_local_stage()
    os.environ["AWS_ENDPOINT_URL_DYNAMODB"] = moto
    from app import app  # noqa: PLC0415  it reads the environment when it is imported

    settings, clock = Settings.from_env(os.environ), Clock()
    table.connect(settings.table_name)
    table.create_if_absent()
    services = bootstrap.build_services(settings, now=clock, pause=lambda _attempt: None)
    for doctor in demo_data.DOCTORS:
        services.doctors.add(doctor)
    with Client(app) as client:
        site = AppClient(
            client,
            bootstrap.set_services(services),
            clock,
            boto3.client("dynamodb", endpoint_url=moto),
        )
        assert site.save("09:00", "09:30", "10:00").status == 200
        yield site


@pytest.fixture(scope="module")
def authenticated_client(client: AppClient) -> Iterator[bootstrap.Services]:
    """The same, where one has to sign in."""
    with run_fake_oidc_provider() as issuer:
        sign_in = OidcSettings(
            issuer=issuer.url,
            discovery_url=issuer.discovery_url,
            client_id=PAGE_CLIENT_ID,
            client_secret=None,
            machine_clients=frozenset(),
            session_keys=("k" * 32,),
        )
        name = client.services.settings.table_name
        yield bootstrap.build_services(Settings(table_name=name, oidc=sign_in), now=client.clock)


def assert_answered(client: AppClient, raw_request: RawRequest) -> None:
    answer = client.request(
        raw_request.method, raw_request.path, raw_request.body, raw_request.headers
    )
    assert answer.status in EXPECTED_STATUSES, answer.text
    if answer.status >= 400 and answer.headers["Content-Type"] == "application/problem+json":
        told = json.loads(answer.text)
        assert (told["status"], bool(told["detail"])) == (answer.status, True)


@given(random_requests())
@example(RawRequest("POST", "/slots", {"Content-Type": JSON}, b"{"))
def test_admin_requests_never_return_500(client: AppClient, sent: RawRequest) -> None:
    bootstrap.set_services(client.services)

    assert_answered(client, sent)


@given(random_requests(), values.filter(str.isascii), values.filter(str.isascii))
def test_anonymous_requests_never_return_500(
    client: AppClient,
    authenticated_client: bootstrap.Services,
    sent: RawRequest,
    token: str,
    site: str,
) -> None:
    bootstrap.set_services(authenticated_client)
    own = {"Authorization": token if len(token) % 2 else f"Bearer {token}", "Sec-Fetch-Site": site}

    assert_answered(client, RawRequest(sent.method, sent.path, sent.headers | own, sent.body))


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
        place = pagination.decode_cursor(text, prefix="", part_count=2)
    except RequestRejectedError:
        return
    assert (
        pagination.decode_cursor(pagination.encode_cursor(place), prefix="", part_count=2) == place
    )
