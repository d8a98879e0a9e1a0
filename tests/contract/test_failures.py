"""What clients see when DynamoDB conflicts, throttles, fails or does not answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ConnectionClosedError, EndpointConnectionError

from chalicelib.storage.days import DayRepository
from chalicelib.storage.recent_doctors import DoctorCache
from chalicelib.use_cases.attempts import MOST_ATTEMPTS
from chalicelib.use_cases.manage_slots import ManageSlots, SaveRequest
from tests.builders import MONDAY, tick
from tests.dynamodb_answers import CONFLICT, SILENCE, THROTTLED, answer, plain

if TYPE_CHECKING:
    from tests.site import Site

SAVE = "TransactWriteItems"


def test_a_transaction_conflict_is_tried_again(site: Site) -> None:
    with site.failing(SAVE, CONFLICT, CONFLICT):
        saved = site.save("09:00")

    assert (saved.status, saved.json["version"]) == (200, 1)


def test_each_attempt_waits_for_longer_than_the_one_before(site: Site) -> None:
    pauses: list[int] = []
    recent = DoctorCache(site.services.doctors, site.clock)
    slots = ManageSlots(DayRepository(), recent, site.clock, pauses.append)
    request = SaveRequest(doctor_id="dr-lee", date=MONDAY, asked=(tick("09:00"),), request_id="x")

    with site.failing(SAVE, CONFLICT, CONFLICT, CONFLICT):
        slots.save(site.caller, request)

    assert pauses == [0, 1, 2]


def test_conflicts_without_end_become_503_and_nothing_is_stored(site: Site) -> None:
    before = site.export()

    with site.failing(SAVE, *[CONFLICT] * 99):
        refused = site.save("09:00")

    assert (refused.status, refused.headers["Retry-After"]) == (503, "1")
    assert site.export() == before


@pytest.mark.parametrize("operation", [SAVE, "BatchGetItem"])
@pytest.mark.parametrize("code", ["ProvisionedThroughputExceededException", "ThrottlingException"])
def test_throttling_becomes_503_and_nothing_is_stored(
    site: Site, code: str, operation: str
) -> None:
    before = site.export()

    with site.failing(operation, *(answer(code) for _ in range(99))):
        refused = site.save("09:00")

    assert (refused.status, refused.headers["Retry-After"]) == (503, "1")
    assert site.export() == before


def test_a_transaction_cancelled_by_throttling_is_tried_again_and_503_in_the_end(
    site: Site,
) -> None:
    with site.counting() as calls, site.failing(SAVE, *[THROTTLED] * 99):
        refused = site.save("09:00")
    with site.failing(SAVE, *[THROTTLED] * 2):
        saved = site.save("09:00")

    assert (refused.status, refused.headers["Retry-After"]) == (503, "1")
    assert calls.count(SAVE) == MOST_ATTEMPTS
    assert saved.status == 200


@pytest.mark.parametrize("code", ["InternalServerError", "TransactionInProgressException"])
def test_a_save_of_which_dynamodb_does_not_know_is_tried_again(site: Site, code: str) -> None:
    with site.failing(SAVE, *[answer(code, 500 if code[0] == "I" else 400)] * 2):
        saved = site.save("09:00")

    assert (saved.status, saved.free) == (200, ["09:00"])


@pytest.mark.parametrize("body", [b"", b"<html>Bad Gateway</html>"])
@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_what_stands_before_dynamodb_and_answers_in_its_own_words_is_no_bug(
    site: Site, status: int, body: bytes
) -> None:
    with site.failing("BatchGetItem", *[plain(status, body) for _ in range(99)]):
        unread = site.day()
    with site.failing(SAVE, *[plain(status, body) for _ in range(2)]):
        saved = site.save("09:00")

    assert (unread.status, unread.headers["Retry-After"]) == (503, "1")
    assert (saved.status, saved.free) == (200, ["09:00"])


def test_a_store_out_of_reach_is_503_never_an_empty_day(site: Site) -> None:
    away = [EndpointConnectionError(endpoint_url="http://dynamodb") for _ in range(99)]

    with site.failing("*", *away):
        answers = [
            site.day(),
            site.get("/doctors"),
            site.get("/doctors/dr-lee"),
            site.save("09:00"),
        ]

    assert [answer.status for answer in answers] == [503] * 4


@pytest.mark.parametrize(
    "failure",
    [SILENCE, ConnectionClosedError(endpoint_url="http://dynamodb"),
     EndpointConnectionError(endpoint_url="http://dynamodb")],
)  # fmt: skip
def test_a_save_that_fails_between_read_and_commit_is_tried_again(
    site: Site, failure: Exception
) -> None:
    with site.failing(SAVE, failure, failure):  # both tries of one attempt
        saved = site.save("09:00")

    assert saved.status == 200
    assert site.kinds() == {"day": 1, "slot": 1, "change": 1}


def test_a_save_that_can_never_be_committed_leaves_the_table_as_it_was(site: Site) -> None:
    site.save("09:00")
    before = site.export()

    with site.counting() as calls, site.failing(SAVE, *[SILENCE] * 99):
        refused = site.save("10:00", withdraws=("09:00",))

    assert (refused.status, refused.headers["Retry-After"]) == (503, "1")
    assert "send the same again" in refused.json["detail"]
    assert calls.count(SAVE) <= 4  # each may take seconds
    assert site.export() == before


def test_a_save_whose_answer_was_lost_is_found_and_not_done_twice(site: Site) -> None:
    with site.losing_answers(SAVE, times=2):
        saved = site.save("09:00")

    assert (saved.status, saved.json["version"]) == (200, 1)
    assert saved.free == ["09:00"]
    assert site.kinds() == {"day": 1, "slot": 1, "change": 1}


def test_a_save_that_lost_the_race_decides_again_on_what_is_there_now(site: Site) -> None:
    with site.racing("10:00"):
        saved = site.save("09:00")

    assert (saved.status, saved.json["version"]) == (200, 2)
    assert saved.free == ["09:00", "10:00"]


def test_a_further_save_that_lost_the_race_decides_again_too(site: Site) -> None:
    site.save("11:00")

    with site.racing("10:00"):
        saved = site.save("09:00", withdraws=("11:00",))

    assert (saved.status, saved.json["version"]) == (200, 3)
    assert saved.free == site.day().free == ["09:00", "10:00"]


def test_a_save_that_lost_the_race_for_its_own_slot_is_told_so(site: Site) -> None:
    with site.racing("09:00"):
        refused = site.save("09:00", "09:30")

    assert refused.codes == [("2026-11-23T09:00:00+00:00", "slot_exists")]
    assert site.day().free == ["09:00"]


def test_a_save_that_insists_on_a_version_does_not_try_again(site: Site) -> None:
    with site.racing("10:00"):
        refused = site.save("09:00", If_Match='"0.x"')

    assert (refused.status, refused.json["version"]) == (412, 1)


def test_a_slot_booked_between_read_and_commit_is_not_withdrawn(site: Site) -> None:
    site.save("09:00", "09:30")

    with site.before_commit(lambda: site.book("09:00")):
        refused = site.save(withdraws=("09:00", "09:30"))

    assert refused.codes == [("2026-11-23T09:00:00+00:00", "slot_taken")]
    assert site.day().status_of("09:00") == "busy"
    assert site.day().free == ["09:30"]


def test_a_slot_that_the_day_does_not_show_still_cannot_be_put_twice(site: Site) -> None:
    """The slot's own condition holds, whatever became of the read model."""
    site.save("09:00")
    site.forget_in_day("09:00")

    refused = site.save("09:00")

    assert refused.codes == [("2026-11-23T09:00:00+00:00", "slot_exists")]


def test_a_bug_is_a_500_in_the_one_shape_that_tells_nothing_of_the_inside(site: Site) -> None:
    with site.failing("BatchGetItem", answer("ValidationException", message="secret inside")):
        broken = site.get(f"/slots?date={MONDAY}")

    assert broken.status == 500
    assert broken.headers["Content-Type"] == "application/problem+json"
    assert broken.json["detail"] == "Something went wrong on our side"
    assert "secret" not in broken.text
