"""Doctors who change location or specialty stay searchable."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import EndpointConnectionError

from tests.support.dynamodb_responses import TRANSACT_WRITE
from tests.support.factories import date_range

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.app_client import AppClient

DATES = date_range(40)


def test_relocated_doctor_is_found_at_new_location(client: AppClient) -> None:
    for n in range(27):  # more than one batch
        client.save("09:00", date=DATES[n])

    assert client.update_doctor(location="Leeds").status == 200

    any_location = f"specialty=cardiology&from={DATES[0]}&to={DATES[26]}"
    assert client.search(f"{any_location}&location=London") == []
    assert client.search(f"{any_location}&location=Leeds")[0][2] == 27
    assert client.update_doctor(specialty="surgery").status == 200
    assert client.search(any_location) == []
    assert client.search(any_location.replace("cardiology", "surgery"))[0][2] == 27


def test_failed_relocation_is_completed_by_retry(client: AppClient) -> None:
    for n in range(30):
        client.save("09:00", date=DATES[n])
    refused_connections = [EndpointConnectionError(endpoint_url="http://dynamodb")] * 9

    with client.inject_responses(TRANSACT_WRITE, None, None, *refused_connections):
        assert client.update_doctor(location="Leeds").status == 503
    any_location = f"specialty=cardiology&from={DATES[0]}&to={DATES[29]}"
    assert client.search(any_location) == [("dr-lee", f"{DATES[0]}T09:00:00+00:00", 30)]
    assert client.search(f"{any_location}&location=London") == []

    assert client.update_doctor().status == 200

    assert client.search(f"{any_location}&location=Leeds")[0][2] == 30


def test_concurrent_relocations_keep_the_later_location(client: AppClient) -> None:
    client.save("09:00")
    pending: list[Callable[[], object]] = [
        lambda: None,
        lambda: client.update_doctor(location="York"),
    ]

    def overtake_reindex(**_: object) -> None:
        if pending:
            pending.pop(0)()

    with client.record_calls() as calls, client.before_call(TRANSACT_WRITE, overtake_reindex):
        assert client.update_doctor(location="Leeds").status == 200

    assert calls.count(TRANSACT_WRITE) == 5  # the overtaken request does not retry
    assert client.get("/doctors/dr-lee").json["location"] == "York"
    assert client.search("specialty=cardiology&location=York")[0][0] == "dr-lee"
    assert client.search("specialty=cardiology&location=Leeds") == []


def test_first_save_with_stale_location_is_indexed_at_new_one(
    client: AppClient,
) -> None:
    with client.before_commit(lambda: client.update_doctor(location="Leeds")):
        assert client.save("09:00").status == 200

    assert client.search("specialty=cardiology&location=Leeds")[0][0] == "dr-lee"
