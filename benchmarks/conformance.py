"""Conformance of the baselines: the same requests have the same statuses, bodies and effects."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from benchmarks import plan_fixtures
from benchmarks.apigw_event import build_event
from benchmarks.environment import TIMES, TOMORROW, slot_id

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.apigw_event import Event
    from benchmarks.authenticated_requests import RequestFactory
    from benchmarks.subjects import SubjectProcess

# The name of each request, the status of its response, and the body if it succeeded.
Outcomes = list[tuple[str, int, Any]]
_LATER = TOMORROW + timedelta(days=1)


def collect_outcomes(process: SubjectProcess, requests: RequestFactory) -> Outcomes:
    """Send every request to a subject whose table has only the doctor."""
    outcomes: Outcomes = []
    for name, event in _all_requests(requests):
        (response,) = process.send(event)
        outcomes.append((name, response["status"], _comparable_body(response)))
    (day,) = process.send(requests.day(TOMORROW))
    (unchanged,) = process.send(requests.day(TOMORROW, if_none_match=day["etag"]))
    return [*outcomes, ("an unchanged day", unchanged["status"], unchanged["body"])]


def collect_outcomes_of_many_dates(process: SubjectProcess, requests: RequestFactory) -> Outcomes:
    """Save weeks, and apply plans, which the subject's table must have."""
    outcomes: Outcomes = []
    for name, event in [*_weeks(requests), *_plan_steps(requests)]:
        (response,) = process.send(event)
        outcomes.append((name, response["status"], _comparable_body(response)))
    return outcomes


def _all_requests(requests: RequestFactory) -> Iterator[tuple[str, Event]]:
    yield from _saves(requests)
    yield from _bookings(requests)
    yield from _reads(requests)
    yield from _invalid_requests(requests)
    yield from _unauthorized_requests(requests)


def _saves(requests: RequestFactory) -> Iterator[tuple[str, Event]]:
    yield "save 16 slots", requests.save(TOMORROW, *TIMES)
    yield "save one of them again", requests.save(TOMORROW, TIMES[0])
    yield "save with one invalid slot", requests.save(_LATER, TIMES[0], "08:00")
    yield "a rejected save stores nothing", requests.day(_LATER)
    close = requests.save(TOMORROW, TIMES[1], status="busy-unavailable")
    yield "close a slot", close
    yield "close a slot that is not open", close
    reopen = requests.save(TOMORROW, TIMES[1], idempotency_key="once")
    yield "open it again", reopen
    yield "the same request again", reopen
    other = requests.save(TOMORROW, TIMES[3], idempotency_key="once")
    yield "another request with the same key", other


def _weeks(requests: RequestFactory) -> Iterator[tuple[str, Event]]:
    week = requests.save_week(plan_fixtures.DATES, *TIMES[:4], idempotency_key="week")
    yield "save a week", week
    yield "the same week again", week
    others = requests.save_week(plan_fixtures.DATES, TIMES[5], idempotency_key="week")
    yield "another week with the same key", others
    yield "a week of which nothing can be opened", requests.save_week(plan_fixtures.DATES, TIMES[0])
    yield (
        "close a slot of the week",
        requests.save(plan_fixtures.DATES[0], TIMES[0], status="busy-unavailable"),
    )
    yield "a week of which one date is saved", requests.save_week(plan_fixtures.DATES, TIMES[0])
    two_weeks = [plan_fixtures.DATES[0], plan_fixtures.DATES[0] + timedelta(days=7)]
    yield "dates of two weeks", requests.save_week(two_weeks, TIMES[0])


def _plan_steps(requests: RequestFactory) -> Iterator[tuple[str, Event]]:
    yield "an unknown plan", requests.plan_step("dr-plan-0", "other")
    yield "a step", requests.plan_step("dr-plan-0", plan_fixtures.PLAN_ID)
    yield "a step of a plan that is done", requests.plan_step("dr-plan-0", plan_fixtures.PLAN_ID)
    date = plan_fixtures.DATES[1]
    yield "save slots", requests.save(date, "09:00", "09:30", doctor_id="dr-plan-1")
    yield "a step that leaves slots alone", requests.plan_step("dr-plan-1", plan_fixtures.PLAN_ID)


def _bookings(requests: RequestFactory) -> Iterator[tuple[str, Event]]:
    slot = slot_id(TOMORROW, TIMES[2])
    yield "book", requests.book(slot, "b-1")
    yield "the same booking again", requests.book(slot, "b-1")
    yield "the same booking for another patient", requests.book(slot, "b-1", patient="ref-5522")
    yield "the same booking of another slot", requests.book(slot_id(TOMORROW, TIMES[4]), "b-1")
    yield "another booking of the slot", requests.book(slot, "b-2")
    yield "book a slot that is not open", requests.book(slot_id(_LATER, TIMES[0]), "b-3")
    close = requests.save(TOMORROW, TIMES[2], status="busy-unavailable")
    yield "close a booked slot", close


def _reads(requests: RequestFactory) -> Iterator[tuple[str, Event]]:
    yield "a day", requests.day(TOMORROW)
    yield "two weeks", requests.available_slots(TOMORROW, 14)
    yield "too many days", requests.available_slots(TOMORROW, 32)


def _invalid_requests(requests: RequestFactory) -> Iterator[tuple[str, Event]]:
    too_many = [f"{n // 4:02}:{n % 4}5" for n in range(97)]
    yield "too many slots", requests.save(_LATER, *too_many)
    yield "unknown status", requests.save(_LATER, TIMES[0], status="busy")
    token = requests.doctor_token
    body = {"doctor_id": "dr-lee", "date": str(_LATER), "slots": [{"status": "free"}]}
    yield "slot without a start", build_event("POST", "/slots", token=token, body=body)
    yield "no date", _get_day(token, "soon")


def _unauthorized_requests(requests: RequestFactory) -> Iterator[tuple[str, Event]]:
    yield "token of a booking site", _get_day(requests.client_token, TOMORROW)
    forged = requests.doctor_token[:-8] + ("A" * 8)
    yield "forged token", _get_day(forged, TOMORROW)


def _get_day(token: str, date: date | str) -> Event:
    query = {"doctor_id": "dr-lee", "date": str(date)}
    return build_event("GET", "/slots", token=token, query=query)


def _comparable_body(response: dict[str, Any]) -> Any:  # noqa: ANN401  parsed JSON
    """Parse the body of a success, with ``+00:00`` for ``Z``; the texts of errors may differ.

    Only the app says what opened a slot.
    """
    if response["status"] >= 400:
        return None
    body = response["body"].replace('Z"', '+00:00"').replace("+00:00+00:00", "+00:00")
    return json.loads(body, object_hook=_comparable_object)


def _comparable_object(parsed: dict[str, Any]) -> dict[str, Any]:
    """Leave out what only the app says, and why a date of a week is not saved."""
    left_out = ("origin", "detail", "errors")
    return {name: value for name, value in parsed.items() if name not in left_out}
