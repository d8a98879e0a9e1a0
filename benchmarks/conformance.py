"""That all contenders do the same work: the same statuses, bodies, effects, refusals."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from benchmarks.apigw_event import build_event
from benchmarks.environment import TIMES, TOMORROW, slot_id

if TYPE_CHECKING:
    from benchmarks.authenticated_requests import RequestFactory
    from benchmarks.subjects import SubjectProcess

Outcomes = list[tuple[str, int, Any]]


def collect_outcomes(process: SubjectProcess, requests: RequestFactory) -> Outcomes:
    """What it answers, deed by deed; it stands on a table with the doctor alone."""
    on, later = TOMORROW, TOMORROW + timedelta(days=1)
    booked = slot_id(on, TIMES[2])
    forged = requests.doctor_token[:-8] + ("A" * 8)
    deeds = {
        "save 16 slots": requests.save(on, *TIMES),
        "save one of them again": requests.save(on, TIMES[0]),
        "a save, half of it refused": requests.save(later, TIMES[0], "08:00"),
        "nothing of it is stored": requests.day(later),
        "close one": requests.save(on, TIMES[1], status="busy-unavailable"),
        "close what is not there": requests.save(on, TIMES[1], status="busy-unavailable"),
        "open it again": requests.save(on, TIMES[1], idempotency_key="once"),
        "the same request again": requests.save(on, TIMES[1], idempotency_key="once"),
        "another by its key": requests.save(on, TIMES[3], idempotency_key="once"),
        "book": requests.book(booked, "b-1"),
        "the same booking again": requests.book(booked, "b-1"),
        "another booking of it": requests.book(booked, "b-2"),
        "book what was never opened": requests.book(slot_id(later, TIMES[0]), "b-3"),
        "close what is booked": requests.save(on, TIMES[2], status="busy-unavailable"),
        "the day": requests.day(on),
        "two weeks": requests.available_slots(on, 14),
        "too many days": requests.available_slots(on, 32),
        "too many slots": requests.save(later, *[f"{n // 4:02}:{n % 4}5" for n in range(97)]),
        "a status that there is not": requests.save(later, TIMES[0], status="busy"),
        "a slot without a start": build_event(
            "POST",
            "/slots",
            token=requests.doctor_token,
            body={"doctor_id": "dr-lee", "date": str(later), "slots": [{"status": "free"}]},
        ),
        "no date": build_event(
            "GET",
            "/slots",
            token=requests.doctor_token,
            query={"doctor_id": "dr-lee", "date": "soon"},
        ),
        "somebody else's token": build_event(
            "GET",
            "/slots",
            token=requests.client_token,
            query={"doctor_id": "dr-lee", "date": str(on)},
        ),
        "a forged token": build_event("GET", "/slots", token=forged, query={"doctor_id": "dr-lee"}),
    }
    seen: Outcomes = []
    for name, sent in deeds.items():
        (answer,) = process.send(sent)
        seen.append((name, answer["status"], _comparable_body(answer)))
    (day,) = process.send(requests.day(on))
    (unchanged,) = process.send(requests.day(on, if_none_match=day["etag"]))
    return [*seen, ("an unchanged day", unchanged["status"], unchanged["body"])]


def _comparable_body(response: dict[str, Any]) -> Any:  # noqa: ANN401  the body of a success, read
    """Refusals are worded otherwise by each; UTC may be spelled ``Z`` (RFC 3339)."""
    if response["status"] >= 400:
        return None
    return json.loads(response["body"].replace('Z"', '+00:00"').replace("+00:00+00:00", "+00:00"))
