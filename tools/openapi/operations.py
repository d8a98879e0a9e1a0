"""What the OpenAPI document says of each operation beyond its route: responses, examples, links."""

from __future__ import annotations

from chalicelib.web.http.request import FORM, JSON
from tools.openapi import examples
from tools.openapi.booking_operations import BOOKING_OPERATIONS
from tools.openapi.booking_page_operations import BOOKING_PAGE_OPERATIONS
from tools.openapi.calendar_operations import CALENDAR_OPERATIONS
from tools.openapi.change_operations import CHANGE_OPERATIONS
from tools.openapi.closure_operations import CLOSURE_OPERATIONS
from tools.openapi.fhir_operations import FHIR_OPERATIONS
from tools.openapi.people_page_operations import PEOPLE_PAGE_OPERATIONS
from tools.openapi.plan_operations import PLAN_OPERATIONS
from tools.openapi.practice_operations import PRACTICE_OPERATIONS
from tools.openapi.report_operations import REPORT_OPERATIONS
from tools.openapi.responses import HTML_PAGE, OperationDetails, ResponseDetails, linked, response
from tools.openapi.series_page_operations import SERIES_PAGE_OPERATIONS
from tools.openapi.sign_in_operations import SIGN_IN_OPERATIONS
from tools.openapi.webhook_operations import WEBHOOK_OPERATIONS
from tools.openapi.week_operations import WEEK_OPERATIONS

_INVALID_DATE = response("Malformed request.", invalid_date=examples.INVALID_DATE)
_INVALID_DOCTOR = response("Malformed request.", invalid_id=examples.INVALID_DOCTOR_ID)

OPERATIONS: dict[str, OperationDetails] = {
    "get_slots": OperationDetails(
        responses={
            200: response("The day.", first_slots_of_a_day=examples.DAY),
            400: _INVALID_DATE,
        }
    ),
    "get_history": OperationDetails(
        responses={
            200: response("The changes of that date.", one_save=examples.CHANGES),
            400: _INVALID_DATE,
        }
    ),
    "get_changes": OperationDetails(
        responses={
            200: response("A page of changes.", one_save=examples.CHANGES),
            400: _INVALID_DATE,
        }
    ),
    "post_slots": OperationDetails(
        body={
            JSON: {"open two slots": examples.SAVE},
            FORM: {"open a third slot": examples.FORM},
        },
        responses={
            200: ResponseDetails(
                description="Saved. The day with the changes.",
                examples={"first slots of a day": examples.SAVED_DAY},
                optional_headers=("ETag",),
                links={
                    "get_slots": {
                        "doctor_id": "$response.body#/doctor_id",
                        "date": "$response.body#/date",
                    }
                },
            ),
            303: response("Redirect to the page after it sent the form."),
            400: response(
                "Not saved; each invalid slot has its reason.", already_open=examples.SLOT_EXISTS
            ),
            412: response(
                "`If-Match` is stale; `version` is the day's current version.",
                stale_ETag=examples.STALE_VERSION,
            ),
            422: response(
                "This `Idempotency-Key` was used for another save of that day.",
                another_body=examples.IDEMPOTENCY_KEY_REUSED,
            ),
        },
    ),
    "get_doctors": OperationDetails(
        responses={
            200: linked(
                response("A page of doctors.", one_cardiologist=examples.DOCTORS),
                {"get_doctor": {"doctor_id": "$response.body#/doctors/0/doctor_id"}},
            ),
            400: response("Malformed request.", invalid_limit=examples.INVALID_LIMIT),
        }
    ),
    "get_doctor": OperationDetails(
        responses={200: response("The doctor's settings.", Dr_Lee=examples.SAVED_DOCTOR)}
    ),
    "put_doctor": OperationDetails(
        body={JSON: {"Dr Lee": examples.SETTINGS}},
        responses={
            200: response("Doctor updated.", Dr_Lee=examples.SAVED_DOCTOR),
            201: linked(
                response("Doctor created.", Dr_Lee=examples.SAVED_DOCTOR),
                {"get_doctor": {"doctor_id": "$request.path.doctor_id"}},
            ),
            400: response(
                "Not saved; each invalid setting has its reason.",
                overlapping_sessions=examples.SESSIONS_OVERLAP,
            ),
            409: response(
                "The time zone cannot be changed.", another_zone=examples.TIME_ZONE_CHANGED
            ),
            412: response(
                "The settings are not as `If-Match` or `If-None-Match` requires; `version` is "
                "their current version, 0 if there are none.",
                stale_ETag=examples.STALE_SETTINGS,
            ),
        },
    ),
    "get_root": OperationDetails(responses={303: response("To the Manage Slots page.")}),
    "get_changes_page": OperationDetails(responses={200: HTML_PAGE, 400: _INVALID_DOCTOR}),
    "get_settings_page": OperationDetails(responses={200: HTML_PAGE, 400: _INVALID_DOCTOR}),
    "post_settings_form": OperationDetails(
        responses={
            200: HTML_PAGE,
            303: response(
                "Redirect to the settings, or to the preview of what replaces open slots."
            ),
            400: response(
                "Each wrong field has its reason; a browser gets the form again.",
                invalid_id=examples.INVALID_DOCTOR_ID,
            ),
            412: response(
                "Someone else has changed the settings meanwhile: a browser gets the form again, "
                "with what was edited, and what they changed.",
                stale_version=examples.STALE_SETTINGS,
            ),
        }
    ),
    "get_reference": OperationDetails(responses={200: HTML_PAGE}),
    "get_health": OperationDetails(responses={200: response("Healthy.", ok={"status": "ok"})}),
    "get_openapi": OperationDetails(responses={200: response("OpenAPI 3.1.")}),
    "get_static": OperationDetails(
        responses={
            200: response("The file."),
            404: response("There is no such file.", unknown_file=examples.UNKNOWN_FILE),
        }
    ),
    **BOOKING_OPERATIONS,
    **CHANGE_OPERATIONS,
    **PLAN_OPERATIONS,
    **REPORT_OPERATIONS,
    **CLOSURE_OPERATIONS,
    **CALENDAR_OPERATIONS,
    **FHIR_OPERATIONS,
    **WEBHOOK_OPERATIONS,
    **PEOPLE_PAGE_OPERATIONS,
    **SERIES_PAGE_OPERATIONS,
    **BOOKING_PAGE_OPERATIONS,
    **SIGN_IN_OPERATIONS,
    **WEEK_OPERATIONS,
    **PRACTICE_OPERATIONS,
}
