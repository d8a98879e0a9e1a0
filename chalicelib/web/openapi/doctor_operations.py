"""What a doctor's own software does, for the API's document."""

from __future__ import annotations

from chalicelib.domain.permissions import Permission
from chalicelib.web.api import schemas
from chalicelib.web.http.request import FORM
from chalicelib.web.openapi import examples
from chalicelib.web.openapi.operation import (
    BODY_ERRORS,
    HTML,
    READ_ERRORS,
    Content,
    Operation,
    ResponseSpec,
    error_response,
    json_content,
)

OPERATIONS: tuple[Operation, ...] = (
    Operation(
        method="GET",
        path="/slots",
        name="get_slots",
        permission=Permission.MANAGE,
        summary="A doctor's day",
        description="Every box of the grid in time order, and every stored slot off it. A browser "
        "(`Accept: text/html`) gets the page Manage Slots. The `ETag` changes whenever the answer "
        "would, a hold that runs out included.",
        parameters=("DoctorOfDay", "Date", "IfNoneMatch"),
        responses={
            200: ResponseSpec(
                description="The day.",
                content={
                    **json_content(schemas.Day, the_first_boxes_of_a_day=examples.DAY),
                    HTML: Content(),
                },
                headers=("ETag", "Vary"),
            ),
            304: "NotModified",
            400: error_response("Malformed.", no_such_date=examples.INVALID_DATE),
            404: "NoDoctor",
            **READ_ERRORS,
        },
    ),
    Operation(
        method="GET",
        path="/slots/history",
        name="get_history",
        permission=Permission.MANAGE,
        summary="Who changed a date",
        description="The newest first. A browser gets a page.",
        parameters=("DoctorOfDay", "DateOfHistory", "IfNoneMatch"),
        responses={
            200: ResponseSpec(
                description="Every save of that date.",
                content={
                    **json_content(schemas.History, one_save=examples.HISTORY),
                    HTML: Content(),
                },
                headers=("ETag", "Vary"),
            ),
            304: "NotModified",
            400: error_response("Malformed.", no_such_date=examples.INVALID_DATE),
            404: "NoDoctor",
            **READ_ERRORS,
        },
    ),
    Operation(
        method="POST",
        path="/slots",
        name="post_slots",
        permission=Permission.MANAGE,
        summary="Save a day",
        description="`free` ticks a box, `busy-unavailable` unticks it. The request is judged as "
        "a whole, "
        "by the slots that it would leave, and stored whole or not at all. The form is what the "
        "page sends: it is answered with a page, or by a redirect to it.",
        parameters=("IfMatch", "IdempotencyKey"),
        body={
            **json_content(schemas.SaveDayRequest, open_two_boxes=examples.SAVE),
            FORM: Content(schema=schemas.DayFormFields, examples={"open a third": examples.FORM}),
        },
        responses={
            200: ResponseSpec(
                description="Saved: the day as it is now.",
                content={
                    **json_content(schemas.SavedDay, the_first_boxes_of_a_day=examples.SAVED_DAY),
                    HTML: Content(),
                },
                headers=("Vary",),
                optional_headers=("ETag",),
                links={
                    "get_slots": {
                        "doctor_id": "$response.body#/doctor_id",
                        "date": "$response.body#/date",
                    }
                },
            ),
            303: ResponseSpec(
                description="To the form, from a browser: see the page.", headers=("Location",)
            ),
            400: error_response("Refused, each slot with its reason.", twice=examples.SLOT_EXISTS),
            404: "NoDoctor",
            412: error_response(
                "`If-Match` is stale; `version` is the day's.", a_stale_ETag=examples.STALE_VERSION
            ),
            422: error_response(
                "This `Idempotency-Key` was used for another save of that day.",
                another_body=examples.IDEMPOTENCY_KEY_REUSED,
            ),
            **BODY_ERRORS,
        },
    ),
    Operation(
        method="GET",
        path="/doctors",
        name="get_doctors",
        permission=Permission.READ,
        summary="Doctors, page by page",
        description="By specialty, location and id.",
        parameters=("Specialty", "Location", "Limit", "Cursor"),
        responses={
            200: ResponseSpec(
                description="A page of doctors.",
                content=json_content(schemas.Doctors, one_cardiologist=examples.DOCTORS),
                headers=("Vary",),
                links={"get_doctor": {"doctor_id": "$response.body#/doctors/0/doctor_id"}},
            ),
            400: error_response("Malformed.", no_such_limit=examples.INVALID_LIMIT),
            **READ_ERRORS,
        },
    ),
    Operation(
        method="GET",
        path="/doctors/{doctor_id}",
        name="get_doctor",
        permission=Permission.READ,
        summary="One doctor",
        parameters=("Doctor",),
        responses={
            200: ResponseSpec(
                description="Her settings.",
                content=json_content(schemas.Doctor, Dr_Lee=examples.SAVED_DOCTOR),
                headers=("Vary",),
            ),
            404: "NoDoctor",
            **READ_ERRORS,
        },
    ),
    Operation(
        method="PUT",
        path="/doctors/{doctor_id}",
        name="put_doctor",
        permission=Permission.CONFIGURE,
        summary="Make a doctor known, or change her settings",
        description="All of them are replaced, but `delegates` where the body has none. They hold "
        "for the "
        "page and for saves at once, for holding and booking within ten seconds everywhere. At "
        "most 96 boxes a day.",
        parameters=("Doctor",),
        body=json_content(schemas.DoctorRequest, Dr_Lee=examples.SETTINGS),
        responses={
            200: ResponseSpec(
                description="Changed.",
                content=json_content(schemas.Doctor, Dr_Lee=examples.SAVED_DOCTOR),
                headers=("Vary",),
            ),
            201: ResponseSpec(
                description="Known from now on.",
                content=json_content(schemas.Doctor, Dr_Lee=examples.SAVED_DOCTOR),
                headers=("Vary",),
                links={"get_doctor": {"doctor_id": "$request.path.doctor_id"}},
            ),
            400: error_response(
                "Refused, each setting with its reason.",
                sessions_that_overlap=examples.SESSIONS_OVERLAP,
            ),
            409: error_response(
                "The time zone is set once.", another_zone=examples.TIME_ZONE_CHANGED
            ),
            **BODY_ERRORS,
        },
    ),
)
