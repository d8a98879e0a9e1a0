from __future__ import annotations

from datetime import date
from http import HTTPStatus
from typing import TYPE_CHECKING

import pytest
from flask import Response

from examples.booking_site.slots_api import NotFound, Refused, SlotsApi, Unavailable
from local import ports
from tests.examples.fake_api import problem, slot_taken_problem, unavailable_problem

if TYPE_CHECKING:
    from tests.examples.fake_api import FakeApi

MONDAY = date(2026, 11, 23)


def test_an_unchanged_answer_is_not_sent_again(api: FakeApi, url: str) -> None:
    api.open_slots("dr-lee", "2026-11-23T09:00")
    client = SlotsApi(url)

    first = client.times("dr-lee", MONDAY, MONDAY)
    again = client.times("dr-lee", MONDAY, MONDAY)

    assert again == first
    assert [slot.slot_id for slot in again.slots] == ["dr-lee~20261123T0900Z"]
    assert api.etags[0] is None
    assert api.etags[1]


def test_a_change_is_seen_on_the_next_read(api: FakeApi, url: str) -> None:
    (slot_id, _) = api.open_slots("dr-lee", "2026-11-23T09:00", "2026-11-23T09:30")
    client = SlotsApi(url)
    client.times("dr-lee", MONDAY, MONDAY)

    del api.slots[slot_id]

    times = client.times("dr-lee", MONDAY, MONDAY)
    assert [slot.slot_id for slot in times.slots] == ["dr-lee~20261123T0930Z"]


def test_a_busy_api_is_asked_once_more_when_it_says_when(api: FakeApi, url: str) -> None:
    api.canned_responses = [unavailable_problem(Retry_After="0")]

    assert SlotsApi(url).doctor("dr-lee").name == "Dr Mina Lee"
    assert len(api.requests) == 2


@pytest.mark.parametrize("after", ["0", "60", "soon", None])
def test_an_api_that_stays_busy_or_is_so_for_long_is_unavailable(
    api: FakeApi, url: str, after: str | None
) -> None:
    headers = {} if after is None else {"Retry_After": after}
    api.canned_responses = [unavailable_problem(**headers) for _ in range(3)]

    with pytest.raises(Unavailable):
        SlotsApi(url).doctor("dr-lee")

    assert len(api.requests) == (2 if after == "0" else 1)


def test_a_refusal_tells_the_sentence_and_the_codes(api: FakeApi, url: str) -> None:
    api.canned_responses = [slot_taken_problem()]

    with pytest.raises(Refused, match="Slot is taken: 09:00-09:30") as refused:
        SlotsApi(url).hold("dr-lee~20261123T0900Z", holder="me", seconds=300)

    assert refused.value.codes == ["slot_taken"]


def test_what_is_not_there_is_not_found(url: str) -> None:
    with pytest.raises(NotFound, match="There is no such doctor"):
        SlotsApi(url).doctor("dr-who")


@pytest.mark.parametrize(
    "answer",
    [
        problem(HTTPStatus.UNAUTHORIZED, "Sign in."),
        problem(HTTPStatus.INTERNAL_SERVER_ERROR, "Something went wrong."),
        Response("<h1>Not Found</h1>", 404, content_type="text/html"),
        Response("<h1>It works!</h1>", 200, content_type="text/html"),
        Response(status=302, headers={"Location": "/elsewhere"}),
    ],
)
def test_an_answer_that_helps_nobody_means_unavailable(
    api: FakeApi, url: str, answer: Response
) -> None:
    api.canned_responses = [answer]

    with pytest.raises(Unavailable):
        SlotsApi(url).doctor("dr-lee")


def test_nobody_at_the_address_means_unavailable() -> None:
    with pytest.raises(Unavailable):
        SlotsApi(f"http://127.0.0.1:{ports.free_port()}").doctors()


@pytest.mark.parametrize("doctor_id", ["..", ".", "dr-lee/slots", "dr-lee?x=y", "../slots"])
def test_an_id_never_leads_to_another_path(api: FakeApi, url: str, doctor_id: str) -> None:
    with pytest.raises(NotFound):
        SlotsApi(url).doctor(doctor_id)

    assert all(asked.count("/") == 2 and "?" not in asked for asked in api.requests)
