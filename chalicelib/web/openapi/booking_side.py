"""What a booking site does, for the API's document."""

from __future__ import annotations

from chalicelib.domain.caller import Need
from chalicelib.web import shapes
from chalicelib.web.openapi import examples
from chalicelib.web.openapi.parts import READS, TAKES_BODY, Answer, Operation, json, refusal

_FIRST = {"slot_id": "$response.body#/slots/0/slot_id"}
_FIRST_OF_FIRST = {"slot_id": "$response.body#/doctors/0/slots/0/slot_id"}
_SAME = {"slot_id": "$request.path.slot_id"}
_HOLDER = {"holder": "$request.body#/holder"}
_BOOKING = {"booking_id": "$request.body#/booking_id"}

OPERATIONS: tuple[Operation, ...] = (
    Operation(
        method="GET",
        path="/doctors/{doctor_id}/slots",
        name="get_doctors_slots",
        need=Need.READ,
        summary="A doctor's bookable slots",
        says="The next read after a change shows it. `next_available` is the first bookable slot "
        "from `from` on, be it behind `to`.",
        parameters=("Doctor", "From", "To", "IfNoneMatch"),
        answers={
            200: Answer(
                says="In time order.",
                content=json(shapes.DoctorsSlots, two_slots=examples.BOOKABLE),
                headers=("ETag", "Vary"),
                links=dict.fromkeys(("get_slot", "put_hold", "put_booking"), _FIRST),
            ),
            304: "NotModified",
            400: refusal("Malformed, or no range.", backwards=examples.NO_RANGE),
            404: "NoDoctor",
            **READS,
        },
    ),
    Operation(
        method="GET",
        path="/availability",
        name="get_availability",
        need=Need.READ,
        summary="Doctors who have something bookable",
        says="Of one specialty, at one location if given. Pages go by location and doctor; within "
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
        answers={
            200: Answer(
                says="A page of doctors with their bookable slots.",
                content=json(shapes.Availability, one_doctor=examples.AVAILABLE),
                headers=("ETag", "Vary"),
                links=dict.fromkeys(("get_slot", "put_hold", "put_booking"), _FIRST_OF_FIRST),
            ),
            304: "NotModified",
            400: refusal("Malformed, or no range.", no_specialty=examples.NO_SPECIALTY),
            **READS,
        },
    ),
    Operation(
        method="GET",
        path="/slots/{slot_id}",
        name="get_slot",
        need=Need.READ,
        summary="One slot",
        says="As it stands now: `busy-tentative` is held, `busy` is booked.",
        parameters=("Slot", "IfNoneMatch"),
        answers={
            200: Answer(
                says="The slot.",
                content=json(shapes.Slot, a_free_slot=examples.FREE),
                headers=("ETag", "Vary"),
            ),
            304: "NotModified",
            404: "NoSlot",
            **READS,
        },
    ),
    Operation(
        method="PUT",
        path="/slots/{slot_id}/hold",
        name="put_hold",
        need=Need.BOOK,
        summary="Hold a slot",
        says="For as long as a visitor makes up her mind. By the same holder again: it begins "
        "anew. It ends by itself.",
        parameters=("Slot",),
        body=json(shapes.HoldToPut, for_five_minutes=examples.HOLD),
        answers={
            200: Answer(
                says="Held until then.",
                content=json(shapes.HeldSlot, for_five_minutes=examples.HELD),
                headers=("Vary",),
                links={
                    "put_booking": _SAME,
                    "delete_hold": {**_SAME, **_HOLDER},
                    "get_slot": _SAME,
                },
            ),
            400: refusal("Malformed.", too_short=examples.HOLD_TOO_SHORT),
            404: "NoSlot",
            409: refusal(
                "Not to be had: `slot_taken`, `in_past`, or `not_bookable`.",
                held_by_somebody_else=examples.HELD_BY_ANOTHER,
            ),
            **TAKES_BODY,
        },
    ),
    Operation(
        method="DELETE",
        path="/slots/{slot_id}/hold",
        name="delete_hold",
        need=Need.BOOK,
        summary="Let a hold go",
        parameters=("Slot", "Holder"),
        answers={
            204: Answer(says="Let go, now or already.", headers=("Vary",)),
            400: refusal("Malformed.", no_holder=examples.NO_HOLDER),
            404: "NoSlot",
            409: refusal("Somebody else's.", held_by_somebody_else=examples.HELD_BY_ANOTHER),
            **READS,
        },
    ),
    Operation(
        method="PUT",
        path="/slots/{slot_id}/booking",
        name="put_booking",
        need=Need.BOOK,
        summary="Book a slot, or move a booking to it",
        says="The same `booking_id` on the same slot again changes nothing. With `moves` the slot "
        "that the booking had becomes free in the same instant, or nothing happens.",
        parameters=("Slot",),
        body=json(
            shapes.BookingToPut,
            book_what_is_held=examples.BOOKING,
            move_to_another_slot=examples.MOVE,
        ),
        answers={
            200: Answer(
                says="Booked already, as this very booking.",
                content=json(shapes.Slot, a_booked_slot=examples.BOOKED),
                headers=("Vary",),
            ),
            201: Answer(
                says="Booked.",
                content=json(shapes.Slot, a_booked_slot=examples.BOOKED),
                headers=("Vary",),
                links={"delete_booking": {**_SAME, **_BOOKING}, "get_slot": _SAME},
            ),
            400: refusal("Malformed.", no_patient=examples.NO_PATIENT),
            404: "NoSlot",
            409: refusal(
                "Not to be had: `slot_taken`, `in_past`, or `not_bookable`; of a move also "
                "`slot_not_found`, for the slot that it leaves.",
                booked_by_somebody_else=examples.BOOKED_BY_ANOTHER,
            ),
            **TAKES_BODY,
        },
    ),
    Operation(
        method="DELETE",
        path="/slots/{slot_id}/booking",
        name="delete_booking",
        need=Need.BOOK,
        summary="Cancel a booking",
        says="The slot is free again.",
        parameters=("Slot", "BookingId"),
        answers={
            204: Answer(says="Cancelled, now or already.", headers=("Vary",)),
            400: refusal("Malformed.", no_booking_id=examples.NO_BOOKING_ID),
            404: "NoSlot",
            409: refusal("Another's booking.", booked_by_somebody_else=examples.ANOTHER_BOOKING),
            **READS,
        },
    ),
)
