"""Items of plans and series, in DynamoDB's own format."""

from __future__ import annotations

import base64
import json
import zlib
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from benchmarks.baselines.minimal_items import (
    DYNAMODB,
    TABLE,
    action,
    commit,
    format_start,
    key,
    put_action,
    slots_from_item,
    text_attributes,
)
from benchmarks.baselines.rules import ApiError, Doctor, Json, Slots, grid_starts, to_utc

_MINUTE = timedelta(minutes=1)


@dataclass(slots=True, kw_only=True)
class Outcome:
    """What a plan did to a date: by start, the slots it opened, and why it left others alone."""

    opened: Slots = field(default_factory=dict)
    kept: dict[datetime, str] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class Plan:
    """A plan of a new series."""

    plan_id: str
    state: str
    has_started: bool
    created_at: datetime
    dates: list[date]
    applied_through: date | None
    series: Json
    third_next: list[int | None]

    @property
    def remaining(self) -> list[date]:
        through = self.applied_through or date.min
        return [on for on in self.dates if on > through]

    @property
    def series_key(self) -> str:
        return f"SERIES#{self.series['id']}#{self.series['version']:06}"

    def wanted_on(self, doctor: Doctor, on: date) -> list[datetime]:
        """List the starts of the slots that the series wants on a date of the plan."""
        hours = [
            (to_utc(on, first, doctor.zone), to_utc(on, last, doctor.zone))
            for first, last in self.series["weekly"].get(str(on.weekday()), [])
        ]
        return [
            start
            for start in grid_starts(doctor, on)
            if any(first <= start and start + doctor.length <= last for first, last in hours)
        ]


def plan_from_item(item: Json | None) -> Plan:
    """Convert an item.

    Raises:
        ApiError: There is no item.
    """
    if item is None:
        raise ApiError(404, "There is no such plan")
    through = item.get("applied_through")
    dates = json.loads(zlib.decompress(base64.b64decode(item["dates"]["S"])))
    return Plan(
        plan_id=item["SK"]["S"].removeprefix("PLAN#"),
        state=item["state"]["S"],
        has_started="has_started" in item,
        created_at=datetime.fromisoformat(item["created_at"]["S"]),
        dates=[date.fromisoformat(text) for text in dates],
        applied_through=date.fromisoformat(through["S"]) if through else None,
        series=json.loads(item["series"]["S"]),
        third_next=json.loads(item["third_next"]["S"]),
    )


def require_latest_version(doctor_id: str, plan: Plan) -> None:
    """Query the doctor's series.

    Raises:
        ApiError: There is a later version of the plan's series.
    """
    response = DYNAMODB.query(
        TableName=TABLE,
        KeyConditionExpression="PK = :pk AND begins_with(SK, :series)",
        ExpressionAttributeValues={
            ":pk": {"S": f"DOCTOR#{doctor_id}"},
            ":series": {"S": "SERIES#"},
        },
        ConsistentRead=True,
    )
    of_series = plan.series_key.rpartition("#")[0] + "#"
    keys = [item["SK"]["S"] for item in response["Items"]]
    if any(sk.startswith(of_series) and sk > plan.series_key for sk in keys):
        raise ApiError(409, "The series has a later version")


def start(doctor_id: str, plan: Plan, actor: Json) -> None:
    """Start the plan and store the series that it makes, or continue it if it was stopped.

    Raises:
        ApiError: Another request changed the plan.
    """
    plan_key = key(doctor_id, f"PLAN#{plan.plan_id}")
    if plan.has_started:
        if plan.state == "running":
            return
        update = _update_plan(plan_key, "SET #state = :running", "attribute_exists(PK)")
        actions = [update]
    else:
        author = {"name": actor["by"], **{name: actor[name] for name in _AUTHOR}}
        series = json.dumps(plan.series | {"author": author})
        texts = {"type": "series", "series": series}
        item = key(doctor_id, plan.series_key) | text_attributes(texts)
        update = _update_plan(
            plan_key,
            "SET #state = :running, has_started = :yes, series = :series REMOVE expires_at",
            "attribute_not_exists(has_started) AND attribute_exists(PK)",
            {":yes": {"BOOL": True}, ":series": {"S": series}},
        )
        actions = [put_action(item), update]
    if commit(actions) is not None:
        raise ApiError(409, "Another request changed the plan")
    plan.state = "running"


_AUTHOR = ("role", "client", "subject")


def _update_plan(
    plan_key: Json, expression: str, condition: str, values: Json | None = None
) -> Json:
    update = action(plan_key, condition, {"#state": "state"}, {":running": "running"})
    update["ExpressionAttributeValues"] |= values or {}
    return {"Update": update | {"UpdateExpression": expression}}


def record_progress(doctor: Doctor, plan: Plan) -> None:
    """Record how far the plan is, and whether it and its series are done."""
    if plan.applied_through is None:
        return
    is_done = plan.applied_through == plan.dates[-1]
    plan.state = "done" if is_done else plan.state
    values = {":through": str(plan.applied_through), **({":done": "done"} if is_done else {})}
    update = action(
        key(doctor.doctor_id, f"PLAN#{plan.plan_id}"),
        "attribute_not_exists(applied_through) OR applied_through < :through",
        {"#state": "state"} if is_done else {},
        values,
    )
    sets = "applied_through = :through" + (", #state = :done" if is_done else "")
    actions = [{"Update": update | {"UpdateExpression": f"SET {sets}"}}]
    if is_done:
        actions.append(_complete_series(doctor, plan))
    commit(actions)  # if it fails, another request has recorded as much


def _complete_series(doctor: Doctor, plan: Plan) -> Json:
    last = plan.created_at.astimezone(doctor.zone).date() + doctor.window
    update = action(
        key(doctor.doctor_id, plan.series_key), "attribute_exists(PK)", {}, {":last": str(last)}
    )
    expression = "SET applied_to = :last REMOVE GSI1PK, GSI1SK"
    return {"Update": update | {"UpdateExpression": expression}}


def day_texts(plan: Plan, outcome: Outcome, now: datetime) -> dict[str, str]:
    """Return what a day records of a plan: the version of the series, and what opened its slots."""
    texts = {"series": json.dumps({plan.series["id"]: plan.series["version"]})}
    if outcome.opened:
        midnight = datetime.combine(min(outcome.opened).date(), time(), UTC)
        starts = [(start - midnight) // _MINUTE for start in outcome.opened]
        change = f"{now:%Y%m%dT%H%M%S%fZ}~{plan.plan_id}"
        origin = {"change": change, "series": plan.series["id"], "starts": starts}
        texts["origins"] = json.dumps([origin])
    return texts


def entry_texts(plan: Plan, outcome: Outcome) -> dict[str, str]:
    """Return what the audit log records of a plan on a date."""
    minutes = plan.series["grid"]["slot_minutes"]
    kept = [[format_start(start), minutes, reason] for start, reason in outcome.kept.items()]
    return {"plan_id": plan.plan_id, **({"kept": json.dumps(kept)} if kept else {})}


def list_outcomes(doctor_id: str, plan: Plan) -> dict[date, Outcome]:
    """Read what the plan did to its dates, from the audit log."""
    values = {":pk": {"S": f"AUDIT#{doctor_id}"}, ":plan": {"S": plan.plan_id}}
    values |= {":first": {"S": f"{plan.dates[0]}#"}, ":last": {"S": f"{plan.dates[-1]}#~"}}
    response = DYNAMODB.query(
        TableName=TABLE,
        KeyConditionExpression="PK = :pk AND SK BETWEEN :first AND :last",
        FilterExpression="plan_id = :plan",
        ExpressionAttributeValues=values,
        ConsistentRead=True,
    )
    return {
        date.fromisoformat(item["date"]["S"]): _outcome_from_item(item)
        for item in response["Items"]
    }


def _outcome_from_item(item: dict[str, Any]) -> Outcome:
    kept = json.loads(item["kept"]["S"]) if "kept" in item else []
    return Outcome(
        opened=slots_from_item({"slots": item["opened"]}) if "opened" in item else {},
        kept={datetime.fromisoformat(start): reason for start, _, reason in kept},
    )
