"""What the OpenAPI document says of each operation beyond its route: responses, examples, links."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from chalicelib.web.http.request import FORM, JSON
from tools.openapi import examples

Examples = Mapping[str, object]
"""Example values by their summaries."""


class ResponseDetails(Struct, frozen=True, kw_only=True):
    """A response: ``headers`` besides the usual ones, and ``links`` to operations with parameters.

    ``optional_headers`` are not in every such response.
    """

    description: str
    examples: Examples = {}
    headers: tuple[str, ...] = ()
    optional_headers: tuple[str, ...] = ()
    links: Mapping[str, Mapping[str, str]] = {}


class OperationDetails(Struct, frozen=True, kw_only=True):
    """The examples of request bodies by media type, and the responses by status.

    A status without an entry is one of ``COMMON_RESPONSES``.
    """

    body: Mapping[str, Examples] = {}
    responses: Mapping[int, ResponseDetails]


def _response(description: str, **examples: object) -> ResponseDetails:
    """Describe a response, with examples like ``one_doctor=...``."""
    by_summary = {name.replace("_", " "): example for name, example in examples.items()}
    return ResponseDetails(description=description, examples=by_summary)


def _linked(response: ResponseDetails, links: Mapping[str, Mapping[str, str]]) -> ResponseDetails:
    return ResponseDetails(
        description=response.description,
        examples=response.examples,
        optional_headers=response.optional_headers,
        links=links,
    )


_FIRST_SLOT = {"slot_id": "$response.body#/slots/0/slot_id"}
_FIRST_DOCTORS_FIRST_SLOT = {"slot_id": "$response.body#/doctors/0/slots/0/slot_id"}
_SAME_SLOT = {"slot_id": "$request.path.slot_id"}
_HOLDER = {"holder": "$request.body#/holder"}
_BOOKING_ID = {"booking_id": "$request.body#/booking_id"}
_PAGE = _response("An HTML page.")
_INVALID_DATE = _response("Malformed request.", invalid_date=examples.INVALID_DATE)

OPERATIONS: dict[str, OperationDetails] = {
    "get_slots": OperationDetails(
        responses={
            200: _response("The day.", first_slots_of_a_day=examples.DAY),
            400: _INVALID_DATE,
        }
    ),
    "get_history": OperationDetails(
        responses={
            200: _response("The changes of that date.", one_save=examples.CHANGES),
            400: _INVALID_DATE,
        }
    ),
    "get_changes": OperationDetails(
        responses={
            200: _response("A page of changes.", one_save=examples.CHANGES),
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
            303: _response("Redirect to the page after it sent the form."),
            400: _response(
                "Not saved; each invalid slot has its reason.", already_open=examples.SLOT_EXISTS
            ),
            412: _response(
                "`If-Match` is stale; `version` is the day's current version.",
                stale_ETag=examples.STALE_VERSION,
            ),
            422: _response(
                "This `Idempotency-Key` was used for another save of that day.",
                another_body=examples.IDEMPOTENCY_KEY_REUSED,
            ),
        },
    ),
    "get_doctors": OperationDetails(
        responses={
            200: _linked(
                _response("A page of doctors.", one_cardiologist=examples.DOCTORS),
                {"get_doctor": {"doctor_id": "$response.body#/doctors/0/doctor_id"}},
            ),
            400: _response("Malformed request.", invalid_limit=examples.INVALID_LIMIT),
        }
    ),
    "get_doctor": OperationDetails(
        responses={200: _response("The doctor's settings.", Dr_Lee=examples.SAVED_DOCTOR)}
    ),
    "put_doctor": OperationDetails(
        body={JSON: {"Dr Lee": examples.SETTINGS}},
        responses={
            200: _response("Doctor updated.", Dr_Lee=examples.SAVED_DOCTOR),
            201: _linked(
                _response("Doctor created.", Dr_Lee=examples.SAVED_DOCTOR),
                {"get_doctor": {"doctor_id": "$request.path.doctor_id"}},
            ),
            400: _response(
                "Not saved; each invalid setting has its reason.",
                overlapping_sessions=examples.SESSIONS_OVERLAP,
            ),
            409: _response(
                "The time zone cannot be changed.", another_zone=examples.TIME_ZONE_CHANGED
            ),
            412: _response(
                "The settings are not as `If-Match` or `If-None-Match` requires; `version` is "
                "their current version, 0 if there are none.",
                stale_ETag=examples.STALE_SETTINGS,
            ),
        },
    ),
    "get_doctors_slots": OperationDetails(
        responses={
            200: _linked(
                _response("The slots in time order.", two_slots=examples.BOOKABLE_SLOTS),
                dict.fromkeys(("get_slot", "put_hold", "put_booking"), _FIRST_SLOT),
            ),
            400: _response(
                "Malformed request, or no date range.", backwards=examples.INVALID_RANGE
            ),
        }
    ),
    "get_availability": OperationDetails(
        responses={
            200: _linked(
                _response(
                    "A page of doctors with their bookable slots.",
                    one_doctor=examples.AVAILABILITY,
                ),
                dict.fromkeys(("get_slot", "put_hold", "put_booking"), _FIRST_DOCTORS_FIRST_SLOT),
            ),
            400: _response(
                "Malformed request, or no date range.", no_specialty=examples.MISSING_SPECIALTY
            ),
        }
    ),
    "get_slot": OperationDetails(
        responses={200: _response("The slot.", free_slot=examples.FREE_SLOT)}
    ),
    "put_hold": OperationDetails(
        body={JSON: {"for five minutes": examples.HOLD}},
        responses={
            200: _linked(
                _response("Held until `held_until`.", for_five_minutes=examples.HELD_SLOT),
                {
                    "put_booking": _SAME_SLOT,
                    "delete_hold": {**_SAME_SLOT, **_HOLDER},
                    "get_slot": _SAME_SLOT,
                },
            ),
            400: _response("Malformed request.", too_short=examples.HOLD_TOO_SHORT),
            409: _response(
                "The slot is unavailable: `slot_taken`, `in_past`, or `not_bookable`.",
                held_by_another_client=examples.HELD_BY_ANOTHER,
            ),
            429: ResponseDetails(
                description="The client holds as many slots of the doctor as it may.",
                examples={"too many holds": examples.TOO_MANY_HOLDS},
                headers=("Retry-After",),
            ),
        },
    ),
    "delete_hold": OperationDetails(
        responses={
            204: _response("Released (or already released)."),
            400: _response("Malformed request.", no_holder=examples.MISSING_HOLDER),
            409: _response(
                "Another client's hold.", held_by_another_client=examples.HELD_BY_ANOTHER
            ),
        }
    ),
    "put_booking": OperationDetails(
        body={
            JSON: {
                "book the held slot": examples.BOOKING,
                "move to another slot": examples.MOVE,
            }
        },
        responses={
            200: _response("Already booked by the same booking.", booked=examples.BOOKED_SLOT),
            201: _linked(
                _response("Booked.", booked=examples.BOOKED_SLOT),
                {"delete_booking": {**_SAME_SLOT, **_BOOKING_ID}, "get_slot": _SAME_SLOT},
            ),
            400: _response("Malformed request.", no_patient=examples.MISSING_PATIENT_REFERENCE),
            409: _response(
                "The slot is unavailable: `slot_taken`, `in_past`, or `not_bookable`; for a move "
                "also `slot_not_found`, of the slot that the booking leaves. Or the `booking_id` "
                "is: it has another patient (`booking_differs`) or another slot "
                "(`booked_elsewhere`, with its `slot_id`), or it was cancelled on this slot "
                "(`cancelled`).",
                booked_by_another_client=examples.ALREADY_BOOKED,
                booked_elsewhere=examples.BOOKED_ELSEWHERE,
            ),
        },
    ),
    "delete_booking": OperationDetails(
        responses={
            204: _response("Cancelled (or already cancelled)."),
            400: _response("Malformed request.", no_booking_id=examples.MISSING_BOOKING_ID),
            409: _response(
                "Another booking (`slot_taken`), or the slot has begun (`in_past`).",
                booked_by_another_client=examples.BOOKING_ID_MISMATCH,
            ),
        }
    ),
    "post_release": OperationDetails(
        body={JSON: {"for the desk": examples.OVERRIDE}},
        responses={
            200: _response("The slot. It is free if it was held.", free_slot=examples.FREE_SLOT),
            400: _response("Malformed request.", empty_reason=examples.INVALID_REASON),
        },
    ),
    "post_disrupt": OperationDetails(
        body={JSON: {"for illness": examples.OVERRIDE}},
        responses={
            200: _response("The booked slot.", booked=examples.BOOKED_SLOT),
            400: _response("Malformed request.", empty_reason=examples.INVALID_REASON),
            409: _response(
                "The slot is not booked (`not_booked`), or it has begun (`in_past`).",
                not_booked=examples.NOT_BOOKED,
            ),
        },
    ),
    "post_revoke": OperationDetails(
        body={JSON: {"for a rogue client": examples.OVERRIDE}},
        responses={
            200: _response("The slot. It is free if it was booked.", free_slot=examples.FREE_SLOT),
            400: _response("Malformed request.", empty_reason=examples.INVALID_REASON),
            409: _response("The slot has begun (`in_past`).", begun=examples.BEGUN),
        },
    ),
    "delete_holds": OperationDetails(
        responses={
            200: _response("The number of holds that ended.", two_holds=examples.RELEASED_HOLDS),
            400: _response("Malformed request.", no_client=examples.MISSING_CLIENT),
        }
    ),
    "get_bookings": OperationDetails(
        responses={
            200: _response("The bookings in time order.", own_booking=examples.BOOKINGS),
            400: _response(
                "Malformed request, or no date range.", backwards=examples.INVALID_RANGE
            ),
        }
    ),
    "get_root": OperationDetails(responses={303: _response("To the Manage Slots page.")}),
    "get_reference": OperationDetails(responses={200: _PAGE}),
    "get_health": OperationDetails(responses={200: _response("Healthy.", ok={"status": "ok"})}),
    "get_openapi": OperationDetails(responses={200: _response("OpenAPI 3.1.")}),
    "get_static": OperationDetails(
        responses={
            200: _response("The file."),
            404: _response("There is no such file.", unknown_file=examples.UNKNOWN_FILE),
        }
    ),
    "get_sign_in": OperationDetails(responses={303: _response("To the identity provider.")}),
    "get_callback": OperationDetails(
        responses={
            303: _response("Signed in. To the path where the user wanted to go."),
            400: _response("Sign-in failed.", not_started_here=examples.LOGIN_FAILED),
        }
    ),
    "post_sign_out": OperationDetails(
        responses={
            200: _response("Signed out here. The identity provider does not respond."),
            204: _response("Signed out. To the URL in `HX-Redirect`, for htmx."),
            303: _response("Signed out. To the identity provider's own sign-out."),
        }
    ),
    "post_person_sign_out": OperationDetails(
        responses={
            204: _response("All sessions and tokens of the person have ended."),
            404: _response(
                "No account has signed in with this name.", unknown=examples.UNKNOWN_PERSON
            ),
        }
    ),
    "delete_person": OperationDetails(
        responses={
            204: _response("The name is free, and all sessions and tokens have ended."),
            404: _response(
                "No account has signed in with this name.", unknown=examples.UNKNOWN_PERSON
            ),
        }
    ),
    "get_signed_in": OperationDetails(responses={200: _PAGE}),
    "get_password": OperationDetails(
        responses={
            200: _PAGE,
            303: _response("To the sign-in, and back."),
            404: _response("The identity provider is not Cognito.", no_page=examples.NO_PAGE),
        }
    ),
    "post_password": OperationDetails(
        responses={
            200: _response("The password has changed."),
            400: _response("Password not accepted.", password_rejected=examples.PASSWORD_REJECTED),
            404: _response("The identity provider is not Cognito.", no_page=examples.NO_PAGE),
            429: ResponseDetails(
                description="Cognito accepts no more attempts for now.",
                examples={"too many attempts": examples.TOO_MANY_ATTEMPTS},
                headers=("Retry-After",),
            ),
        }
    ),
}

COMMON_RESPONSES: dict[str, ResponseDetails] = {
    "NotModified": ResponseDetails(description="Not modified.", headers=("ETag",)),
    "Unauthorized": ResponseDetails(
        description="Not signed in, or the token is not valid.",
        examples={"not signed in": examples.AUTHENTICATION_REQUIRED},
        headers=("WWW-Authenticate",),
    ),
    "Forbidden": _response("Not permitted.", not_permitted=examples.PERMISSION_DENIED),
    "DoctorNotFound": _response("There is no such doctor.", unknown_doctor=examples.UNKNOWN_DOCTOR),
    "SlotNotFound": _response(
        "There is no such slot, or no such doctor.", unknown_slot=examples.UNKNOWN_SLOT
    ),
    "MethodNotAllowed": ResponseDetails(
        description="Any other method, on any path.",
        examples={"wrong method": examples.METHOD_NOT_ALLOWED},
        headers=("Allow",),
    ),
    "BodyTooLarge": _response("The body has more than 64 KiB.", too_large=examples.BODY_TOO_LARGE),
    "UnsupportedMediaType": _response(
        "The operation does not accept this `Content-Type`.",
        unsupported_type=examples.UNSUPPORTED_MEDIA_TYPE,
    ),
    "ServerError": _response("Server error.", server_error=examples.INTERNAL_ERROR),
    "Unavailable": ResponseDetails(
        description="Try again in a moment.",
        examples={"unavailable": examples.UNAVAILABLE},
        headers=("Retry-After",),
    ),
}
"""Responses that many operations share."""
