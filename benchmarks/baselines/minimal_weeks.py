"""The week of the minimal handler: all dates are read at once, and each is one transaction."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

from benchmarks.baselines import minimal_table as table
from benchmarks.baselines import rules, serializers
from benchmarks.baselines.minimal_requests import parse_body, parse_changes
from benchmarks.baselines.rules import (
    ApiError,
    Doctor,
    Json,
    Save,
    Slots,
    parse_date,
    require_match,
)

Changes = list[tuple[str, str]]


def post_week(event: Json, headers: Json, claims: Json) -> tuple[int, Json]:
    """``POST /slots/week``."""
    now, body = datetime.now(UTC), parse_body(event, doctor_id=str, days=list)
    changes = parse_week(body["days"])
    doctor_id = require_match(rules.NAME_PATTERN, body["doctor_id"])
    request_id = require_match(rules.KEY_PATTERN, headers.get("idempotency-key") or uuid4().hex)
    fingerprint = hashlib.blake2b(repr(changes).encode(), digest_size=16).hexdigest()
    doctor, days, earlier = table.load_days(doctor_id, [*changes], request_id)
    actor = rules.user_actor(claims, rules.require_can_manage(doctor, claims))
    if any(record["fingerprint"]["S"] != fingerprint for record in earlier.values()):
        raise ApiError(422, "This Idempotency-Key was used for another request")
    outcomes = []
    for on in sorted(changes):
        if on in earlier:
            version, slots = int(earlier[on]["version"]["N"]), days[on][1]
            outcomes.append(_outcome(doctor, on, version, slots))
            continue
        save = Save(
            date=on,
            request_id=request_id,
            fingerprint=fingerprint,
            actor=actor,
            opened={},
            closed={},
        )
        outcomes.append(save_date(doctor, save, changes[on], *days[on], now))
    return _status(outcomes), {"days": outcomes}


def save_date(
    doctor: Doctor, save: Save, changes: Changes, version: int, slots: Slots, now: datetime
) -> Json:
    """Save one date; return the result."""
    try:
        opened, closed = rules.plan_changes(changes, doctor, slots, save.date, now)
        table.save(doctor, version, replace(save, opened=opened, closed=closed), now)
    except ApiError as error:
        return {"date": str(save.date), **error.body}
    return _outcome(doctor, save.date, version + 1, rules.slots_after(slots, opened, closed))


def _outcome(doctor: Doctor, on: date, version: int, slots: Slots) -> Json:
    day = serializers.serialize_day(doctor, on, version, slots)
    return {"date": str(on), "status": 200, "version": version, "slots": day["slots"]}


def _status(outcomes: list[Json]) -> int:
    saved = sum(outcome["status"] == 200 for outcome in outcomes)
    return 200 if saved == len(outcomes) else 207 if saved else int(outcomes[0]["status"])


def parse_week(days: list[Json]) -> dict[date, Changes]:
    """Return the requested changes by date.

    Raises:
        ApiError: A day is malformed, there is none or one twice, or they are of two weeks.
    """
    try:
        changes = {parse_date(day["date"]): parse_changes(day["slots"]) for day in days}
    except (KeyError, TypeError):
        raise ApiError(400, "The body is not valid") from None
    mondays = {on - timedelta(days=on.weekday()) for on in changes}
    if len(changes) < len(days) or len(mondays) != 1:
        raise ApiError(400, "The dates are not those of one week")
    return changes
