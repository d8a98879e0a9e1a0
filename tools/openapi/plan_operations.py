"""What the OpenAPI document says of series and plans."""

from __future__ import annotations

from chalicelib.web.http.request import CSV, JSON
from tools.openapi import plan_examples
from tools.openapi.responses import OperationDetails, ResponseDetails, linked, response

_NO_SUCH_PLAN = response("There is no such plan.", unknown_plan=plan_examples.NO_SUCH_PLAN)
_NO_SUCH_SERIES = response("There is no such series.", unknown_series=plan_examples.NO_SUCH_SERIES)
_OF_THIS_PLAN = {"doctor_id": "$request.path.doctor_id", "plan_id": "$response.body#/plan_id"}
_PLAN_LINKS = {"post_plan_step": _OF_THIS_PLAN, "get_plan": _OF_THIS_PLAN}


def _plan(description: str, **examples: object) -> ResponseDetails:
    return linked(response(description, **examples), _PLAN_LINKS)


PLAN_OPERATIONS: dict[str, OperationDetails] = {
    "get_series_list": OperationDetails(
        responses={200: response("The series.", one_series=plan_examples.SERIES_LIST)}
    ),
    "get_series": OperationDetails(
        responses={
            200: response("The series.", mornings=plan_examples.SERIES),
            404: _NO_SUCH_SERIES,
        }
    ),
    "get_time_off": OperationDetails(
        responses={200: response("The time off.", a_holiday=plan_examples.TIME_OFF_LIST)}
    ),
    "get_export": OperationDetails(
        responses={
            200: response("The slots, as an import takes them.", two_slots=plan_examples.IMPORT),
            400: response("Malformed request.", another_format=plan_examples.INVALID_FORMAT),
        }
    ),
    "get_plans": OperationDetails(
        responses={
            200: response("The plans.", one_plan=plan_examples.PLANS),
            400: response("Malformed request.", invalid_state=plan_examples.INVALID_STATE),
        }
    ),
    "post_plan": OperationDetails(
        body={
            JSON: {
                "a new series": plan_examples.NEW_SERIES,
                "a changed series": plan_examples.CHANGED_SERIES,
                "the end of a series": plan_examples.END_OF_SERIES,
                "an import": plan_examples.IMPORT,
                "time off": plan_examples.TIME_OFF_REQUEST,
                "hours off": plan_examples.HOURS_OFF_REQUEST,
                "lift time off": plan_examples.LIFT_REQUEST,
                "new hours": plan_examples.HOURS_REQUEST,
                "the undo of a plan": plan_examples.UNDO_OF_PLAN,
                "the undo of a change": plan_examples.UNDO_OF_CHANGE,
            },
            CSV: {"an import": plan_examples.IMPORT_CSV},
        },
        responses={
            201: ResponseDetails(
                description="Proposed. What it would do; nothing is changed yet.",
                examples={"a new series": plan_examples.PROPOSED},
                optional_headers=("Location",),
                links=_PLAN_LINKS,
            ),
            400: response(
                "Malformed request, or nothing would change; each slot or field has its reason.",
                all_open_already=plan_examples.ALL_OPEN_ALREADY,
                outside_the_weekly_hours=plan_examples.OFF_THE_GRID,
                time_off_in_the_past=plan_examples.TIME_OFF_IN_PAST,
                wrong_line_of_an_import=plan_examples.WRONG_LINE,
            ),
            404: response(
                "There is no such series, plan, change or time off, or no such doctor.",
                unknown_series=plan_examples.NO_SUCH_SERIES,
                unknown_time_off=plan_examples.NO_SUCH_TIME_OFF,
            ),
            409: response(
                "`version` is not the current version of the series.",
                another_version=plan_examples.SERIES_CHANGED,
            ),
        },
    ),
    "get_plan": OperationDetails(
        responses={
            200: _plan("The plan.", a_plan_that_is_done=plan_examples.DONE),
            404: _NO_SUCH_PLAN,
        }
    ),
    "post_plan_step": OperationDetails(
        responses={
            200: _plan("The plan after the step.", the_last_step=plan_examples.DONE),
            400: response("Malformed request.", other_days=plan_examples.INVALID_STEP_DAYS),
            404: _NO_SUCH_PLAN,
            409: response(
                "The plan would close slots that its preview did not show: the problem has the "
                "plan with a new preview, and the next step applies that. Or the series or the "
                "weekly hours have been changed since the proposal, or the plan that it undoes is "
                "undone already: the problem alone, and nothing is changed.",
                another_slot_to_close=plan_examples.CHANGED_PREVIEW,
                series_changed_since=plan_examples.SERIES_CHANGED_SINCE,
            ),
        }
    ),
    "delete_plan": OperationDetails(
        responses={
            200: _plan("The plan, stopped unless it was done.", stopped=plan_examples.STOPPED),
            404: _NO_SUCH_PLAN,
        }
    ),
}
