"""What a doctor's own software does, for the API's document."""

from __future__ import annotations

from chalicelib.domain.caller import Need
from chalicelib.web import forms, shapes
from chalicelib.web.openapi import examples
from chalicelib.web.openapi.parts import (
    HTML,
    READS,
    TAKES_BODY,
    Answer,
    Content,
    Operation,
    json,
    refusal,
)

OPERATIONS: tuple[Operation, ...] = (
    Operation(
        method="GET",
        path="/slots",
        name="get_slots",
        need=Need.MANAGE,
        summary="A doctor's day",
        says="Every box of the grid in time order, and every stored slot off it. A browser "
        "(`Accept: text/html`) gets the page Manage Slots. The `ETag` changes whenever the answer "
        "would, a hold that runs out included.",
        parameters=("DoctorOfDay", "Date", "IfNoneMatch"),
        answers={
            200: Answer(
                says="The day.",
                content={
                    **json(shapes.Day, the_first_boxes_of_a_day=examples.DAY),
                    HTML: Content(),
                },
                headers=("ETag", "Vary"),
            ),
            304: "NotModified",
            400: refusal("Malformed.", no_such_date=examples.NO_DATE),
            404: "NoDoctor",
            **READS,
        },
    ),
    Operation(
        method="GET",
        path="/slots/history",
        name="get_history",
        need=Need.MANAGE,
        summary="Who changed a date",
        says="The newest first. A browser gets a page.",
        parameters=("DoctorOfDay", "DateOfHistory", "IfNoneMatch"),
        answers={
            200: Answer(
                says="Every save of that date.",
                content={
                    **json(shapes.History, one_save=examples.HISTORY),
                    HTML: Content(),
                },
                headers=("ETag", "Vary"),
            ),
            304: "NotModified",
            400: refusal("Malformed.", no_such_date=examples.NO_DATE),
            404: "NoDoctor",
            **READS,
        },
    ),
    Operation(
        method="POST",
        path="/slots",
        name="post_slots",
        need=Need.MANAGE,
        summary="Save a day",
        says="`free` ticks a box, `busy-unavailable` unticks it. The request is judged as a whole, "
        "by the slots that it would leave, and stored whole or not at all. The form is what the "
        "page sends: it is answered with a page, or by a redirect to it.",
        parameters=("IfMatch", "IdempotencyKey"),
        body={
            **json(shapes.DayToSave, open_two_boxes=examples.SAVE),
            forms.FORM: Content(shape=shapes.FormToSave, examples={"open a third": examples.FORM}),
        },
        answers={
            200: Answer(
                says="Saved: the day as it is now.",
                content={
                    **json(shapes.SavedDay, the_first_boxes_of_a_day=examples.SAVED),
                    HTML: Content(),
                },
                headers=("Vary",),
                some_headers=("ETag",),
                links={
                    "get_slots": {
                        "doctor_id": "$response.body#/doctor_id",
                        "date": "$response.body#/date",
                    }
                },
            ),
            303: Answer(says="To the form, from a browser: see the page.", headers=("Location",)),
            400: refusal("Refused, each slot with its reason.", twice=examples.SLOT_EXISTS),
            404: "NoDoctor",
            412: refusal(
                "`If-Match` is stale; `version` is the day's.", a_stale_ETag=examples.STALE
            ),
            422: refusal(
                "This `Idempotency-Key` was used for another save of that day.",
                another_body=examples.KEY_REUSED,
            ),
            **TAKES_BODY,
        },
    ),
    Operation(
        method="GET",
        path="/doctors",
        name="get_doctors",
        need=Need.READ,
        summary="Doctors, page by page",
        says="By specialty, location and id.",
        parameters=("Specialty", "Location", "Limit", "Cursor"),
        answers={
            200: Answer(
                says="A page of doctors.",
                content=json(shapes.Doctors, one_cardiologist=examples.DOCTORS),
                headers=("Vary",),
                links={"get_doctor": {"doctor_id": "$response.body#/doctors/0/doctor_id"}},
            ),
            400: refusal("Malformed.", no_such_limit=examples.NO_LIMIT),
            **READS,
        },
    ),
    Operation(
        method="GET",
        path="/doctors/{doctor_id}",
        name="get_doctor",
        need=Need.READ,
        summary="One doctor",
        parameters=("Doctor",),
        answers={
            200: Answer(
                says="Her settings.",
                content=json(shapes.Doctor, Dr_Lee=examples.KEPT),
                headers=("Vary",),
            ),
            404: "NoDoctor",
            **READS,
        },
    ),
    Operation(
        method="PUT",
        path="/doctors/{doctor_id}",
        name="put_doctor",
        need=Need.CONFIGURE,
        summary="Make a doctor known, or change her settings",
        says="All of them are replaced, but `delegates` where the body has none. They hold for the "
        "page and for saves at once, for holding and booking within ten seconds everywhere. At "
        "most 96 boxes a day.",
        parameters=("Doctor",),
        body=json(shapes.DoctorToPut, Dr_Lee=examples.SETTINGS),
        answers={
            200: Answer(
                says="Changed.",
                content=json(shapes.Doctor, Dr_Lee=examples.KEPT),
                headers=("Vary",),
            ),
            201: Answer(
                says="Known from now on.",
                content=json(shapes.Doctor, Dr_Lee=examples.KEPT),
                headers=("Vary",),
                links={"get_doctor": {"doctor_id": "$request.path.doctor_id"}},
            ),
            400: refusal(
                "Refused, each setting with its reason.",
                sessions_that_overlap=examples.SESSIONS_OVERLAP,
            ),
            409: refusal("The time zone is set once.", another_zone=examples.ANOTHER_ZONE),
            **TAKES_BODY,
        },
    ),
)
