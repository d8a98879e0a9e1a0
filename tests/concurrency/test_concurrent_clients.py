"""Fifty HTTP clients, each with its own connection, that book the same slot."""

from __future__ import annotations

import http.client
import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from threading import Barrier
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from uuid import uuid4

import pytest

from chalicelib import bootstrap
from chalicelib.domain.slot import SlotId
from local import app_server, ports
from tests.support import stored_day
from tests.support.booking_actions import cancel_booking, save_slots
from tests.support.factories import MONDAY, make_doctor, to_instant
from tests.support.profile import rounds

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_dynamodb import DynamoDBClient

    from chalicelib.services import Services

ROUNDS = rounds(daily=4, nightly=200)
CLIENT_COUNT = 50


@pytest.fixture(scope="module")
def app_url(services: Services) -> Iterator[str]:
    """The URL of the app on the server of ``scripts/serve``."""
    from app import app  # noqa: PLC0415  it reads the environment when it is imported

    bootstrap.set_services(services)
    with app_server.serve(app, ports.bind(0)) as url:
        yield url


def put_booking(
    connection: http.client.HTTPConnection, start: Barrier, slot_id: SlotId, name: str
) -> int:
    body = json.dumps({"booking_id": name, "patient_reference": name})
    start.wait()
    connection.request(
        "PUT", f"/slots/{slot_id}/booking", body, {"Content-Type": "application/json"}
    )
    response = connection.getresponse()
    response.read()
    return response.status


def test_concurrent_bookings_have_one_winner(
    services: Services, dynamodb: DynamoDBClient, app_url: str
) -> None:
    doctor_id = f"dr-{uuid4().hex}"
    services.doctors.add(make_doctor(doctor_id))
    save_slots(services, doctor_id, opened=range(1))
    slot_id = SlotId(doctor_id, to_instant("09:00"))
    start = Barrier(CLIENT_COUNT)
    with ExitStack() as stack:
        connections = [
            stack.enter_context(closing(http.client.HTTPConnection(urlsplit(app_url).netloc)))
            for _ in range(CLIENT_COUNT)
        ]
        clients = stack.enter_context(ThreadPoolExecutor(CLIENT_COUNT))
        for number in range(ROUNDS):
            names = [f"b-{number}-{n}" for n in range(CLIENT_COUNT)]

            statuses = list(
                clients.map(
                    lambda client, name: put_booking(client, start, slot_id, name),
                    connections,
                    names,
                )
            )

            assert Counter(statuses) == {201: 1, 409: CLIENT_COUNT - 1}
            table = services.settings.table_name
            stored = stored_day.read_stored_day(dynamodb, table, doctor_id, MONDAY)
            stored.assert_valid()
            winner = names[statuses.index(201)]
            assert {claim[2] for claim in stored.claims.values()} == {winner}
            cancel_booking(services, slot_id, winner)
    assert services.bookings.book_slots.get_slot(slot_id).slot.status == "free"
