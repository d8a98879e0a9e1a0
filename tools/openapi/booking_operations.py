"""The responses, examples and links of finding, holding and booking slots, and of the overrides."""

from __future__ import annotations

from chalicelib.web.http.request import JSON
from tools.openapi import booking_examples, examples
from tools.openapi.responses import OperationDetails, ResponseDetails, linked, response

_FIRST_SLOT = {"slot_id": "$response.body#/slots/0/slot_id"}
_FIRST_DOCTORS_FIRST_SLOT = {"slot_id": "$response.body#/doctors/0/slots/0/slot_id"}
_SAME_SLOT = {"slot_id": "$request.path.slot_id"}
_HOLDER = {"holder": "$request.body#/holder"}
_BOOKING_ID = {"booking_id": "$request.body#/booking_id"}

BOOKING_OPERATIONS: dict[str, OperationDetails] = {
    "get_doctors_slots": OperationDetails(
        responses={
            200: linked(
                response("The slots in time order.", two_slots=booking_examples.BOOKABLE_SLOTS),
                dict.fromkeys(("get_slot", "put_hold", "put_booking"), _FIRST_SLOT),
            ),
            400: response(
                "Malformed request, or no date range.", backwards=booking_examples.INVALID_RANGE
            ),
        }
    ),
    "get_availability": OperationDetails(
        responses={
            200: linked(
                response(
                    "A page of doctors with their bookable slots.",
                    one_doctor=booking_examples.AVAILABILITY,
                ),
                dict.fromkeys(("get_slot", "put_hold", "put_booking"), _FIRST_DOCTORS_FIRST_SLOT),
            ),
            400: response(
                "Malformed request, or no date range.",
                no_specialty=booking_examples.MISSING_SPECIALTY,
            ),
        }
    ),
    "get_slot": OperationDetails(
        responses={200: response("The slot.", free_slot=booking_examples.FREE_SLOT)}
    ),
    "put_hold": OperationDetails(
        body={JSON: {"for five minutes": booking_examples.HOLD}},
        responses={
            200: linked(
                response("Held until `held_until`.", for_five_minutes=booking_examples.HELD_SLOT),
                {
                    "put_booking": _SAME_SLOT,
                    "delete_hold": {**_SAME_SLOT, **_HOLDER},
                    "get_slot": _SAME_SLOT,
                },
            ),
            400: response("Malformed request.", too_short=booking_examples.HOLD_TOO_SHORT),
            409: response(
                "The slot is unavailable: `slot_taken`, `in_past`, or `not_bookable`.",
                held_by_another_client=booking_examples.HELD_BY_ANOTHER,
            ),
            429: ResponseDetails(
                description="The client holds as many slots of the doctor as it may.",
                examples={"too many holds": booking_examples.TOO_MANY_HOLDS},
                headers=("Retry-After",),
            ),
        },
    ),
    "delete_hold": OperationDetails(
        responses={
            204: response("Released (or already released)."),
            400: response("Malformed request.", no_holder=booking_examples.MISSING_HOLDER),
            409: response(
                "Another client's hold.", held_by_another_client=booking_examples.HELD_BY_ANOTHER
            ),
        }
    ),
    "put_booking": OperationDetails(
        body={
            JSON: {
                "book the held slot": booking_examples.BOOKING,
                "move to another slot": booking_examples.MOVE,
            }
        },
        responses={
            200: response(
                "Already booked by the same booking.", booked=booking_examples.BOOKED_SLOT
            ),
            201: linked(
                response("Booked.", booked=booking_examples.BOOKED_SLOT),
                {"delete_booking": {**_SAME_SLOT, **_BOOKING_ID}, "get_slot": _SAME_SLOT},
            ),
            400: response(
                "Malformed request.", no_patient=booking_examples.MISSING_PATIENT_REFERENCE
            ),
            409: response(
                "The slot is unavailable: `slot_taken`, `in_past`, or `not_bookable`; for a move "
                "also `slot_not_found`, of the slot that the booking leaves. Or the `booking_id` "
                "is: it has another patient (`booking_differs`) or another slot "
                "(`booked_elsewhere`, with its `slot_id`), or it was cancelled on this slot "
                "(`cancelled`).",
                booked_by_another_client=booking_examples.ALREADY_BOOKED,
                booked_elsewhere=booking_examples.BOOKED_ELSEWHERE,
            ),
        },
    ),
    "get_offers": OperationDetails(
        responses={
            200: response("The offers.", one_slot=booking_examples.OFFERS),
            400: response("Malformed request.", zero=examples.INVALID_LIMIT),
        }
    ),
    "delete_booking": OperationDetails(
        responses={
            204: response("Cancelled (or already cancelled)."),
            400: response("Malformed request.", no_booking_id=booking_examples.MISSING_BOOKING_ID),
            409: response(
                "Another booking (`slot_taken`), or the slot has begun (`in_past`).",
                booked_by_another_client=booking_examples.BOOKING_ID_MISMATCH,
            ),
        }
    ),
    "post_release": OperationDetails(
        body={JSON: {"for the desk": booking_examples.OVERRIDE}},
        responses={
            200: response(
                "The slot. It is free if it was held.", free_slot=booking_examples.FREE_SLOT
            ),
            400: response("Malformed request.", empty_reason=booking_examples.INVALID_REASON),
        },
    ),
    "post_disrupt": OperationDetails(
        body={JSON: {"for illness": booking_examples.OVERRIDE}},
        responses={
            200: response("The booked slot.", booked=booking_examples.BOOKED_SLOT),
            400: response("Malformed request.", empty_reason=booking_examples.INVALID_REASON),
            409: response(
                "The slot is not booked (`not_booked`), or it has begun (`in_past`).",
                not_booked=booking_examples.NOT_BOOKED,
            ),
        },
    ),
    "delete_disruption": OperationDetails(
        responses={200: response("The slot.", booked=booking_examples.BOOKED_SLOT)}
    ),
    "post_revoke": OperationDetails(
        body={JSON: {"for a faulty client": booking_examples.OVERRIDE}},
        responses={
            200: response(
                "The slot. It is free if it was booked.", free_slot=booking_examples.FREE_SLOT
            ),
            400: response("Malformed request.", empty_reason=booking_examples.INVALID_REASON),
            409: response("The slot has begun (`in_past`).", begun=booking_examples.BEGUN),
        },
    ),
    "delete_holds": OperationDetails(
        responses={
            200: response(
                "The number of holds that ended.", two_holds=booking_examples.RELEASED_HOLDS
            ),
            400: response("Malformed request.", no_client=booking_examples.MISSING_CLIENT),
        }
    ),
    "get_bookings": OperationDetails(
        responses={
            200: response("The bookings in time order.", own_booking=booking_examples.BOOKINGS),
            400: response(
                "Malformed request, or no date range.", backwards=booking_examples.INVALID_RANGE
            ),
        }
    ),
}
