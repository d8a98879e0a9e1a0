"""A step of a plan in the minimal handler: a new series, applied date by date.

The series ends within the booking window, and is the doctor's only one. There is no limit of the
rate of writes.
"""

from __future__ import annotations

import time
from datetime import UTC, date, datetime

from benchmarks.baselines import minimal_plan_items as plan_items
from benchmarks.baselines import minimal_table as table
from benchmarks.baselines import rules, serializers
from benchmarks.baselines.minimal_plan_items import Outcome, Plan
from benchmarks.baselines.rules import ApiError, Doctor, Json, Save, Slots, require_match

_STEP_SECONDS = 2.5


def post_step(event: Json, _headers: Json, claims: Json) -> tuple[int, Json]:
    """``POST /doctors/{doctor_id}/plans/{plan_id}/steps``."""
    path = event["pathParameters"]
    doctor_id = require_match(rules.NAME_PATTERN, path["doctor_id"])
    plan_id = require_match(rules.KEY_PATTERN, path["plan_id"])
    items = table.batch_get(doctor_id, ["PROFILE", f"PLAN#{plan_id}"])
    doctor = table.require_doctor(items, doctor_id)
    actor = rules.user_actor(claims, rules.require_can_manage(doctor, claims))
    plan = plan_items.plan_from_item(items.get(f"PLAN#{plan_id}"))
    outcomes = {} if plan.state == "done" else _apply(doctor, plan, actor)
    if plan.state != "done" or outcomes.keys() != set(plan.dates):
        outcomes |= plan_items.list_outcomes(doctor_id, plan)
    return 200, _serialize(doctor, plan, outcomes)


def _apply(doctor: Doctor, plan: Plan, actor: Json) -> dict[date, Outcome]:
    """Apply dates until the time is over, and record how far; return the result of each."""
    started = time.monotonic()
    plan_items.require_latest_version(doctor.doctor_id, plan)
    plan_items.start(doctor.doctor_id, plan, actor)
    outcomes: dict[date, Outcome] = {}
    for on in plan.remaining:
        if time.monotonic() - started > _STEP_SECONDS:
            break
        change_key, plan_key = f"CHANGE#{on}#{plan.plan_id}", f"PLAN#{plan.plan_id}"
        items = table.batch_get(doctor.doctor_id, [f"DAY#{on}", change_key, plan_key])
        if items[plan_key]["state"]["S"] == "stopped":
            plan.state = "stopped"
            break
        if change_key not in items:
            version, slots = table.day_of(items, on)
            outcomes[on] = _save_date(doctor, plan, actor, on, version, slots)
        plan.applied_through = on
    plan_items.record_progress(doctor, plan)
    return outcomes


def _save_date(
    doctor: Doctor, plan: Plan, actor: Json, on: date, version: int, slots: Slots
) -> Outcome:
    now = datetime.now(UTC)
    outcome = merge(doctor, plan.wanted_on(doctor, on), slots, now)
    save = Save(
        date=on,
        request_id=plan.plan_id,
        fingerprint=plan.plan_id,
        actor=actor,
        opened=outcome.opened,
        closed={},
        kind="series",
        day_texts=plan_items.day_texts(plan, outcome, now),
        entry_texts=plan_items.entry_texts(plan, outcome),
    )
    table.save(doctor, version, save, now)
    return outcome


def merge(doctor: Doctor, wanted: list[datetime], slots: Slots, now: datetime) -> Outcome:
    """Open what the series wants, where nothing overlaps and which has not begun."""
    outcome = Outcome()
    for start in wanted:
        end = start + doctor.length
        if start in slots and slots[start][0] == end:
            outcome.kept[start] = "opened_by_hand"
        elif start <= now:
            outcome.kept[start] = "past"
        elif any(other < end and start < slots[other][0] for other in slots):
            outcome.kept[start] = "overlaps"
        else:
            outcome.opened[start] = (end, "free")
    return outcome


def _serialize(doctor: Doctor, plan: Plan, outcomes: dict[date, Outcome]) -> Json:
    """Return the plan; while it is not done, the dates that remain have what it will open."""
    if plan.state != "done":
        raise ApiError(503, "The plan is not done after one step")
    before, after = plan.third_next
    return {
        "plan_id": plan.plan_id,
        "kind": "series",
        "state": plan.state,
        "series_id": plan.series["id"],
        "unchanged_series_id": None,
        "time_off_id": None,
        "undoes": None,
        "undone_by": None,
        "from": str(plan.dates[0]),
        "to": str(plan.dates[-1]),
        "days_total": len(plan.dates),
        "opens": sum(len(outcome.opened) for outcome in outcomes.values()),
        "closes": 0,
        "keeps": sum(len(outcome.kept) for outcome in outcomes.values()),
        "days_done": len(plan.dates),
        "days": [_serialize_day(doctor, on, outcomes[on]) for on in plan.dates],
        "third_next_available_days": {"before": before, "after": after},
    }


def _serialize_day(doctor: Doctor, on: date, outcome: Outcome) -> Json:
    kept = [
        {"start": start.astimezone(doctor.zone).isoformat(), "code": reason}
        for start, reason in outcome.kept.items()
    ]
    is_past = not outcome.opened and set(outcome.kept.values()) == {"past"}
    return {
        "date": str(on),
        "opens": [
            serializers.serialize_slot(doctor, start, *slot)
            for start, slot in outcome.opened.items()
        ],
        "closes": [],
        "kept": kept,
        "left_out": "past" if is_past else None,
    }
