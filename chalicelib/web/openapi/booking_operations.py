"""What a booking site does, for the API's document."""

from __future__ import annotations

from chalicelib.domain.permissions import Permission
from chalicelib.web.api import schemas
from chalicelib.web.openapi import examples
from chalicelib.web.openapi.operation import (
    BODY_ERRORS,
    READ_ERRORS,
    Operation,
    ResponseSpec,
    error_response,
    json_content,
)

_FIRST_SLOT = {"slot_id": "$response.body#/slots/0/slot_id"}
_FIRST_DOCTORS_FIRST_SLOT = {"slot_id": "$response.body#/doctors/0/slots/0/slot_id"}
_SAME_SLOT = {"slot_id": "$request.path.slot_id"}
_HOLDER = {"holder": "$request.body#/holder"}
_BOOKING_ID = {"booking_id": "$request.body#/booking_id"}

OPERATIONS: tuple[Operation, ...] = (
    Operation(
        method="GET",
        path="/doctors/{doctor_id}/slots",
        name="get_doctors_slots",
        permission=Permission.READ,
        summary="A doctor's bookable slots",
        description="The next read after a change shows it. `next_available` is the first "
        "bookable slot "
        "from `from` on, be it behind `to`.",
        parameters=("Doctor", "From", "To", "IfNoneMatch"),
        responses={
            200: ResponseSpec(
                description="In time order.",
                content=json_content(schemas.DoctorsSlots, two_slots=examples.BOOKABLE_SLOTS),
                headers=("ETag", "Vary"),
                links=dict.fromkeys(("get_slot", "put_hold", "put_booking"), _FIRST_SLOT),
            ),
            304: "NotModified",
            400: error_response("Malformed, or no range.", backwards=examples.INVALID_RANGE),
            404: "NoDoctor",
            **READ_ERRORS,
        },
    ),
    Operation(
        method="GET",
        path="/availability",
        name="get_availability",
        permission=Permission.READ,
        summary="Doctors who have something bookable",
        description="Of one specialty, at one location if given. Pages go by location and doctor; "
        "within "
        "a page the soonest comes first. Dates are each doctor's own. It may lag a second behind.",
        parameters=(
            "SpecialtyWanted",
            "Location",
            "From",
            "To",
            "Limit",
            "Cursor",
            "IfNoneMatch",
        ),
        responses={
            200: ResponseSpec(
                description="A page of doctors with their bookable slots.",
                content=json_content(schemas.Availability, one_doctor=examples.AVAILABILITY),
                headers=("ETag", "Vary"),
                links=dict.fromkeys(
                    ("get_slot", "put_hold", "put_booking"), _FIRST_DOCTORS_FIRST_SLOT
                ),
            ),
            304: "NotModified",
            400: error_response("Malformed, or no range.", no_specialty=examples.MISSING_SPECIALTY),
            **READ_ERRORS,
        },
    ),
    Operation(
        method="GET",
        path="/slots/{slot_id}",
        name="get_slot",
        permission=Permission.READ,
        summary="One slot",
        description="As it stands now: `busy-tentative` is held, `busy` is booked.",
        parameters=("Slot", "IfNoneMatch"),
        responses={
            200: ResponseSpec(
                description="The slot.",
                content=json_content(schemas.Slot, a_free_slot=examples.FREE_SLOT),
                headers=("ETag", "Vary"),
            ),
            304: "NotModified",
            404: "NoSlot",
            **READ_ERRORS,
        },
    ),
    Operation(
        method="PUT",
        path="/slots/{slot_id}/hold",
        name="put_hold",
        permission=Permission.BOOK,
        summary="Hold a slot",
        description="For as long as a visitor makes up her mind. By the same holder again: it "
        "begins "
        "anew. It ends by itself.",
        parameters=("Slot",),
        body=json_content(schemas.HoldRequest, for_five_minutes=examples.HOLD),
        responses={
            200: ResponseSpec(
                description="Held until then.",
                content=json_content(schemas.HeldSlot, for_five_minutes=examples.HELD_SLOT),
                headers=("Vary",),
                links={
                    "put_booking": _SAME_SLOT,
                    "delete_hold": {**_SAME_SLOT, **_HOLDER},
                    "get_slot": _SAME_SLOT,
                },
            ),
            400: error_response("Malformed.", too_short=examples.HOLD_TOO_SHORT),
            404: "NoSlot",
            409: error_response(
                "Not to be had: `slot_taken`, `in_past`, or `not_bookable`.",
                held_by_somebody_else=examples.HELD_BY_ANOTHER,
            ),
            **BODY_ERRORS,
        },
    ),
    Operation(
        method="DELETE",
        path="/slots/{slot_id}/hold",
        name="delete_hold",
        permission=Permission.BOOK,
        summary="Let a hold go",
        parameters=("Slot", "Holder"),
        responses={
            204: ResponseSpec(description="Let go, now or already.", headers=("Vary",)),
            400: error_response("Malformed.", no_holder=examples.MISSING_HOLDER),
            404: "NoSlot",
            409: error_response("Somebody else's.", held_by_somebody_else=examples.HELD_BY_ANOTHER),
            **READ_ERRORS,
        },
    ),
    Operation(
        method="PUT",
        path="/slots/{slot_id}/booking",
        name="put_booking",
        permission=Permission.BOOK,
        summary="Book a slot, or move a booking to it",
        description="The same `booking_id` on the same slot again changes nothing. With `moves` "
        "the slot "
        "that the booking had becomes free in the same instant, or nothing happens.",
        parameters=("Slot",),
        body=json_content(
            schemas.BookingRequest,
            book_what_is_held=examples.BOOKING,
            move_to_another_slot=examples.MOVE,
        ),
        responses={
            200: ResponseSpec(
                description="Booked already, as this very booking.",
                content=json_content(schemas.Slot, a_booked_slot=examples.BOOKED_SLOT),
                headers=("Vary",),
            ),
            201: ResponseSpec(
                description="Booked.",
                content=json_content(schemas.Slot, a_booked_slot=examples.BOOKED_SLOT),
                headers=("Vary",),
                links={"delete_booking": {**_SAME_SLOT, **_BOOKING_ID}, "get_slot": _SAME_SLOT},
            ),
            400: error_response("Malformed.", no_patient=examples.MISSING_PATIENT_REFERENCE),
            404: "NoSlot",
            409: error_response(
                "Not to be had: `slot_taken`, `in_past`, or `not_bookable`; of a move also "
                "`slot_not_found`, for the slot that it leaves.",
                booked_by_somebody_else=examples.ALREADY_BOOKED,
            ),
            **BODY_ERRORS,
        },
    ),
    Operation(
        method="DELETE",
        path="/slots/{slot_id}/booking",
        name="delete_booking",
        permission=Permission.BOOK,
        summary="Cancel a booking",
        description="The slot is free again.",
        parameters=("Slot", "BookingId"),
        responses={
            204: ResponseSpec(description="Cancelled, now or already.", headers=("Vary",)),
            400: error_response("Malformed.", no_booking_id=examples.MISSING_BOOKING_ID),
            404: "NoSlot",
            409: error_response(
                "Another's booking.", booked_by_somebody_else=examples.BOOKING_ID_MISMATCH
            ),
            **READ_ERRORS,
        },
    ),
)
