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
from chalicelib.domain.errors import Refused
from chalicelib.domain.slot_id import SlotId
from chalicelib.settings import Settings, SignIn
from chalicelib.storage import cursors, table
from local import demo
from local.stage import use_local_stage
from tests.an_issuer import PAGE, an_issuer
from tests.fuzz.requests_at_random import JSON, Sent, requests, values
from tests.site import Clock, Site

if TYPE_CHECKING:
    from collections.abc import Iterator

# Of a doctor, a slot, a file that is not there; what HTTP itself and the rules say no to.
EXPECTED = {200, 201, 204, 303, 304, 400, 401, 403, 404, 405, 409, 412, 413, 415, 422}


@pytest.fixture(scope="module")
def open_to_all(moto: str) -> Iterator[Site]:
    """The app as everybody may use it, who is Dr Lee, with some slots."""
    use_local_stage()
    os.environ["AWS_ENDPOINT_URL_DYNAMODB"] = moto
    from app import app  # noqa: PLC0415  it reads the environment when it is imported

    settings, clock = Settings.of(os.environ), Clock()
    table.connect(settings.table_name)
    table.create_if_absent()
    services = bootstrap.assemble(settings, now=clock, pause=lambda _attempt: None)
    for doctor in demo.DOCTORS:
        services.doctors.add(doctor)
    with Client(app) as client:
        site = Site(
            client, bootstrap.run(services), clock, boto3.client("dynamodb", endpoint_url=moto)
        )
        assert site.save("09:00", "09:30", "10:00").status == 200
        yield site


@pytest.fixture(scope="module")
def guarded(open_to_all: Site) -> Iterator[bootstrap.Services]:
    """The same, where one has to sign in."""
    with an_issuer() as issuer:
        sign_in = SignIn(
            issuer=issuer.url,
            discovery_url=issuer.discovery_url,
            client_id=PAGE,
            client_secret=None,
            machine_clients=frozenset(),
            session_keys=("k" * 32,),
        )
        name = open_to_all.services.settings.table_name
        yield bootstrap.assemble(Settings(table_name=name, sign_in=sign_in), now=open_to_all.clock)


def require_answered(site: Site, sent: Sent) -> None:
    answer = site.request(sent.method, sent.path, sent.body, sent.headers)
    assert answer.status in EXPECTED, answer.text
    if answer.status >= 400 and answer.headers["Content-Type"] == "application/problem+json":
        told = json.loads(answer.text)
        assert (told["status"], bool(told["detail"])) == (answer.status, True)


@given(requests())
@example(Sent("POST", "/slots", {"Content-Type": JSON}, b"{"))
def test_any_request_of_who_may_do_everything_is_answered(open_to_all: Site, sent: Sent) -> None:
    bootstrap.run(open_to_all.services)

    require_answered(open_to_all, sent)


@given(requests(), values.filter(str.isascii), values.filter(str.isascii))
def test_any_request_of_somebody_unknown_is_answered(
    open_to_all: Site, guarded: bootstrap.Services, sent: Sent, token: str, site: str
) -> None:
    bootstrap.run(guarded)
    own = {"Authorization": token if len(token) % 2 else f"Bearer {token}", "Sec-Fetch-Site": site}

    require_answered(open_to_all, Sent(sent.method, sent.path, sent.headers | own, sent.body))


@given(values)
@example("dr-lee~99991231T2359Z")
def test_any_text_is_a_slots_name_or_is_not(text: str) -> None:
    try:
        slot_id = SlotId.read(text)
    except ValueError:
        return
    assert str(slot_id) == text


@given(values)
def test_any_text_is_a_cursor_or_is_refused(text: str) -> None:
    try:
        place = cursors.decode_cursor(text, prefix="", part_count=2)
    except Refused:
        return
    assert cursors.decode_cursor(cursors.encode_cursor(place), prefix="", part_count=2) == place
