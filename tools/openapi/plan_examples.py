"""Example requests and responses of series and plans: mornings of a doctor in two weeks."""

from __future__ import annotations

from http import HTTPStatus

from tools.openapi.example_values import (
    DATE,
    DOCTOR,
    FIRST,
    NINE,
    Json,
    problem,
    problem_with_error,
)

SERIES_ID = "9b2f40c81e6d"
PLAN_ID = "20261122T120000000000Z-1f0c9ae27b35"
CHANGE_ID = f"{DOCTOR}~{DATE}~20261122T120000000000Z~{PLAN_ID}"
PATTERN: Json = {
    "name": "Mornings",
    "weekly": {"mon": [{"from": "09:00", "to": "09:30"}]},
    "every_weeks": 1,
    "from": DATE,
    "to": "2026-11-30",
}
NEW_SERIES: Json = {"kind": "series", "series": PATTERN}
CHANGED_SERIES: Json = {
    "kind": "series",
    "series_id": SERIES_ID,
    "series": {**PATTERN, "every_weeks": 2, "version": 1},
}
END_OF_SERIES: Json = {
    "kind": "series",
    "series_id": SERIES_ID,
    "series": None,
    "from": "2026-11-30",
}
IMPORT: Json = {
    "kind": "import",
    "days": [{"date": "2026-11-23", "slots": ["09:00", "09:30"]}],
}
IMPORT_CSV = "date,start\r\n2026-11-23,09:00\r\n2026-11-23,09:30\r\n"
TIME_OFF_REQUEST: Json = {
    "kind": "time_off",
    "from": "2026-12-24",
    "to": "2026-12-31",
    "name": "Holiday",
    "act": "stop",
}
HOURS_OFF_REQUEST: Json = {
    "kind": "time_off",
    "from": "2026-11-23T14:00:00+00:00",
    "to": "2026-11-23T17:00:00+00:00",
    "name": "Ill",
    "act": "disrupt",
}
HOURS_REQUEST: Json = {"kind": "hours"}
LIFT_REQUEST: Json = {"kind": "lift_time_off", "time_off_id": PLAN_ID}
TIME_OFF_LIST: Json = {
    "time_off": [
        {
            "time_off_id": PLAN_ID,
            "from": "2026-12-24",
            "to": "2026-12-31",
            "name": "Holiday",
            "act": "stop",
            "plan_id": PLAN_ID,
            "closure_id": None,
        }
    ]
}
UNDO_OF_PLAN: Json = {"kind": "undo", "plan_id": PLAN_ID}
UNDO_OF_CHANGE: Json = {"kind": "undo", "change_id": CHANGE_ID}

SERIES: Json = {"series_id": SERIES_ID, **PATTERN, "version": 1}
SERIES_LIST: Json = {"series": [SERIES]}
_SUMMARY: Json = {
    "plan_id": PLAN_ID,
    "kind": "series",
    "state": "proposed",
    "series_id": SERIES_ID,
    "time_off_id": None,
    "undoes": None,
    "undone_by": None,
    "unchanged_series_id": None,
    "from": DATE,
    "to": "2026-11-30",
    "days_total": 2,
}
_FIRST_DATE: Json = {"date": DATE, "opens": [FIRST], "closes": [], "kept": [], "left_out": None}
PROPOSED: Json = {
    **_SUMMARY,
    "opens": 2,
    "closes": 0,
    "keeps": 0,
    "days_done": 0,
    "days": [_FIRST_DATE],
    "third_next_available_days": {"before": None, "after": None},
}
DONE: Json = {**PROPOSED, "state": "done", "days_done": 2}
STOPPED: Json = {**PROPOSED, "state": "stopped"}
PLANS: Json = {"plans": [{**_SUMMARY, "state": "done"}]}

_CHANGED_PROBLEM = problem_with_error(
    HTTPStatus.CONFLICT,
    "preview_changed",
    "The schedule has changed since the preview. Check it and continue.",
    field="plan_id",
)
CHANGED_PREVIEW: Json = {
    **PROPOSED,
    **_CHANGED_PROBLEM,
    "state": "running",
    "opens": 0,
    "closes": 1,
    "days": [{**_FIRST_DATE, "opens": [], "closes": [FIRST]}],
}
SERIES_CHANGED = problem_with_error(
    HTTPStatus.CONFLICT, "invalid", "The series has changed since you read it",
    field="series.version",
)  # fmt: skip
SERIES_CHANGED_SINCE = problem_with_error(
    HTTPStatus.CONFLICT,
    "invalid",
    "The series has changed since this preview. Preview the change again.",
    field="plan_id",
)
ALL_OPEN_ALREADY = problem_with_error(
    HTTPStatus.BAD_REQUEST, "slot_exists", "Slot already exists: 09:00-09:30", start=NINE
)
OFF_THE_GRID = problem_with_error(
    HTTPStatus.BAD_REQUEST,
    "not_on_grid",
    "None of these hours are within the doctor's weekly hours",
    field="series.weekly",
)
NO_SUCH_SERIES = problem(HTTPStatus.NOT_FOUND, "There is no such series")
TIME_OFF_IN_PAST = problem_with_error(
    HTTPStatus.BAD_REQUEST, "in_past", "Time off can't be in the past", field="to"
)
TIME_OFF_CHANGED_SINCE = problem_with_error(
    HTTPStatus.CONFLICT,
    "invalid",
    "The time off has changed since this preview. Preview the change again.",
    field="plan_id",
)
NO_SUCH_TIME_OFF = problem(HTTPStatus.NOT_FOUND, "There is no such time off")
NO_SUCH_PLAN = problem(HTTPStatus.NOT_FOUND, "There is no such plan")
INVALID_STATE = problem_with_error(
    HTTPStatus.BAD_REQUEST,
    "invalid",
    "state is not valid: expected one of proposed, running, stopped, done",
    field="state",
)
WRONG_LINE = problem_with_error(
    HTTPStatus.BAD_REQUEST,
    "not_on_grid",
    "Line 3: 2026-11-23 09:10 is not one of this day's slots",
    field="line 3",
)
INVALID_FORMAT = problem_with_error(
    HTTPStatus.BAD_REQUEST,
    "invalid",
    "format is not valid: expected one of csv, json",
    field="format",
)
INVALID_STEP_DAYS = problem_with_error(
    HTTPStatus.BAD_REQUEST,
    "invalid",
    "days is not valid: expected one of all, applied",
    field="days",
)
