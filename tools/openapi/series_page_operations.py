"""What the OpenAPI document says of the pages of series and plans."""

from __future__ import annotations

from tools.openapi import examples, plan_examples
from tools.openapi.responses import HTML_PAGE, OperationDetails, response

_INVALID_DATE = response("Malformed request.", invalid_date=examples.INVALID_DATE)
_INVALID_DOCTOR = response("Malformed request.", invalid_id=examples.INVALID_DOCTOR_ID)
_TO_PREVIEW = response("Redirect to the page of the plan, with its preview.")
_WRONG_FIELDS = response(
    "Each wrong field has its reason; a browser gets the form again.",
    outside_the_weekly_hours=plan_examples.OFF_THE_GRID,
)

SERIES_PAGE_OPERATIONS: dict[str, OperationDetails] = {
    "get_series_page": OperationDetails(responses={200: HTML_PAGE, 400: _INVALID_DOCTOR}),
    "get_new_series": OperationDetails(responses={200: HTML_PAGE, 400: _INVALID_DATE}),
    "get_series_form": OperationDetails(responses={200: HTML_PAGE, 400: _INVALID_DOCTOR}),
    "get_series_end": OperationDetails(responses={200: HTML_PAGE, 400: _INVALID_DOCTOR}),
    "get_origins_page": OperationDetails(responses={200: HTML_PAGE, 400: _INVALID_DATE}),
    "get_plan_page": OperationDetails(responses={200: HTML_PAGE, 400: _INVALID_DOCTOR}),
    "get_time_off_page": OperationDetails(responses={200: HTML_PAGE, 400: _INVALID_DATE}),
    "get_import_page": OperationDetails(responses={200: HTML_PAGE, 400: _INVALID_DOCTOR}),
    "post_import_form": OperationDetails(
        responses={
            303: _TO_PREVIEW,
            400: response(
                "Each wrong line has its reason; a browser gets the form again.",
                wrong_line=plan_examples.WRONG_LINE,
            ),
        }
    ),
    "post_time_off_form": OperationDetails(
        responses={
            303: _TO_PREVIEW,
            400: response(
                "Each wrong field has its reason; a browser gets the form again.",
                in_the_past=plan_examples.TIME_OFF_IN_PAST,
            ),
        }
    ),
    "post_time_off_lift": OperationDetails(
        responses={
            303: response("Redirect to the page of the plan that lifts it."),
            400: _INVALID_DOCTOR,
            404: response("There is no such time off.", lifted=plan_examples.NO_SUCH_TIME_OFF),
            409: response(
                "The time off has been changed at the same moment.",
                changed=plan_examples.TIME_OFF_CHANGED_SINCE,
            ),
        }
    ),
    "post_series_form": OperationDetails(
        responses={
            303: _TO_PREVIEW,
            400: _WRONG_FIELDS,
            409: response(
                "`version` is not the current version of the series.",
                another_version=plan_examples.SERIES_CHANGED,
            ),
        }
    ),
    "post_series_end": OperationDetails(responses={303: _TO_PREVIEW, 400: _WRONG_FIELDS}),
    "post_plan_form": OperationDetails(
        responses={
            200: response("The part of the page that htmx swaps."),
            303: response("Redirect to the page of the plan, or of the plan that undoes it."),
            400: _INVALID_DOCTOR,
            409: response(
                "The plan does not allow it; a browser gets the page with the reason.",
                series_changed_since=plan_examples.SERIES_CHANGED_SINCE,
            ),
        }
    ),
}
