from __future__ import annotations

from datetime import UTC, date, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING

import pytest
from flask import Response

from examples.booking_site.slots_api import (
    RequestRejectedError,
    SlotsApi,
    SlotsApiError,
)
from tests.support.fake_slots_api import problem, taken, unavailable
from tests.support.http_server import unused_url

if TYPE_CHECKING:
    from tests.support.fake_slots_api import FakeApi

MONDAY = {"from": date(2026, 11, 23), "to": date(2026, 11, 23)}


def test_times_unmodified_are_read_from_the_cache(fake_api: FakeApi, api_url: str) -> None:
    fake_api.open_slots("dr-lee", "2026-11-23T09:00")
    client = SlotsApi(api_url)

    first = client.get("doctors", "dr-lee", "slots", **MONDAY)
    again = client.get("doctors", "dr-lee", "slots", **MONDAY)

    assert again == first
    assert [slot["slot_id"] for slot in again["slots"]] == ["dr-lee~20261123T0900Z"]
    assert fake_api.etags[0] is None
    assert fake_api.etags[1]


def test_times_modified_are_read_again(fake_api: FakeApi, api_url: str) -> None:
    (slot_id, _) = fake_api.open_slots("dr-lee", "2026-11-23T09:00", "2026-11-23T09:30")
    client = SlotsApi(api_url)
    client.get("doctors", "dr-lee", "slots", **MONDAY)

    del fake_api.slots[slot_id]

    times = client.get("doctors", "dr-lee", "slots", **MONDAY)
    assert [slot["slot_id"] for slot in times["slots"]] == ["dr-lee~20261123T0930Z"]


def test_short_retry_after_is_followed_by_one_retry(fake_api: FakeApi, api_url: str) -> None:
    fake_api.next_responses = [unavailable(Retry_After="0")]

    assert SlotsApi(api_url).get("doctors", "dr-lee")["name"] == "Dr Mina Lee"
    assert len(fake_api.requests) == 2


@pytest.mark.parametrize("after", ["0", "60", "soon", None])
def test_busy_api_raises_unavailable(fake_api: FakeApi, api_url: str, after: str | None) -> None:
    headers = {} if after is None else {"Retry_After": after}
    fake_api.next_responses = [unavailable(**headers) for _ in range(3)]

    with pytest.raises(SlotsApiError):
        SlotsApi(api_url).get("doctors", "dr-lee")

    assert len(fake_api.requests) == (2 if after == "0" else 1)


def test_conflict_raises_rejected_with_detail_and_codes(fake_api: FakeApi, api_url: str) -> None:
    fake_api.next_responses = [taken()]

    with pytest.raises(RequestRejectedError, match="is held by another client") as raised:
        SlotsApi(api_url).put("slots", "dr-lee~20261123T0900Z", "hold", holder="me", seconds=300)

    assert raised.value.violation["code"] == "slot_taken"
    assert raised.value.violation["start"] == datetime(2026, 11, 23, 9, tzinfo=UTC)


def test_unknown_doctor_raises_not_found(api_url: str) -> None:
    with pytest.raises(RequestRejectedError, match="There is no such doctor") as raised:
        SlotsApi(api_url).get("doctors", "dr-who")

    assert raised.value.code == HTTPStatus.NOT_FOUND


@pytest.mark.parametrize(
    "response",
    [
        problem(HTTPStatus.UNAUTHORIZED, "Sign in."),
        problem(HTTPStatus.INTERNAL_SERVER_ERROR, "Something went wrong."),
        Response("<h1>Not Found</h1>", 404, content_type="text/html"),
        Response("<h1>It works!</h1>", 200, content_type="text/html"),
        Response(status=302, headers={"Location": "/elsewhere"}),
        Response('{"message": "Forbidden"}', 403, content_type="application/json"),
        Response('{"message": "Not Found"}', 404, content_type="application/json"),
        Response('{"message": "Too Many Requests"}', 429, content_type="application/json"),
        Response("1", 200, content_type="application/json"),
    ],
)
def test_unusable_response_raises_unavailable(
    fake_api: FakeApi, api_url: str, response: Response
) -> None:
    fake_api.next_responses = [response]

    with pytest.raises(SlotsApiError):
        SlotsApi(api_url).get("doctors", "dr-lee")


def test_refused_connection_raises_unavailable() -> None:
    with pytest.raises(SlotsApiError):
        SlotsApi(unused_url()).doctors()


@pytest.mark.parametrize("doctor_id", ["..", ".", "dr-lee/slots", "dr-lee?x=y", "../slots"])
def test_malformed_id_never_requests_another_path(
    fake_api: FakeApi, api_url: str, doctor_id: str
) -> None:
    with pytest.raises(RequestRejectedError):
        SlotsApi(api_url).get("doctors", doctor_id)

    assert all(sent.count("/") == 2 and "?" not in sent for sent in fake_api.requests)
