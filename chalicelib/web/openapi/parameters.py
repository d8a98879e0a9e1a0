"""What a URL and a header may carry, for the API's document."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from chalicelib.web.api import fields


class Parameter(Struct, frozen=True, kw_only=True):
    """``shape`` is a type of ``scalars``; one in a path is always required."""

    name: str
    location: Literal["path", "query", "header"]
    schema: object
    description: str
    example: str | int
    required: bool = False


def _path_parameter(name: str, schema: object, description: str, example: str) -> Parameter:
    return Parameter(
        name=name,
        location="path",
        schema=schema,
        description=description,
        example=example,
        required=True,
    )


def _query_parameter(
    name: str, schema: object, description: str, example: str | int, *, required: bool = False
) -> Parameter:
    return Parameter(
        name=name,
        location="query",
        schema=schema,
        description=description,
        example=example,
        required=required,
    )


def _header_parameter(name: str, schema: object, description: str, example: str) -> Parameter:
    return Parameter(
        name=name, location="header", schema=schema, description=description, example=example
    )


PARAMETERS = {
    "Doctor": _path_parameter("doctor_id", fields.DoctorId, "Which doctor.", "dr-lee"),
    "Slot": _path_parameter("slot_id", fields.SlotId, "Which slot.", "dr-lee~20261123T0900Z"),
    "File": _path_parameter("name", fields.FileName, "Plain, or with its hash.", "slots.css"),
    "DoctorOfDay": _query_parameter(
        "doctor_id", fields.DoctorId, "Whose day; by default the caller's own.", "dr-lee"
    ),
    "Date": _query_parameter(
        "date",
        fields.Date,
        "Which day, from 2011 on; by default the doctor's today.",
        "2026-11-23",
    ),
    "DateOfHistory": _query_parameter(
        "date", fields.Date, "Which day.", "2026-11-23", required=True
    ),
    "Destination": _query_parameter("to", fields.Path, "A path of ours to go to then.", "/slots"),
    "From": _query_parameter(
        "from", fields.Date, "The first date; by default today.", "2026-11-23"
    ),
    "To": _query_parameter(
        "to",
        fields.Date,
        "The last date, included, at most 30 days after the first; by default 13.",
        "2026-12-06",
    ),
    "Specialty": _query_parameter(
        "specialty", fields.SearchText, "Only doctors who have it.", "cardiology"
    ),
    "SpecialtyWanted": _query_parameter(
        "specialty", fields.SearchText, "Which doctors.", "cardiology", required=True
    ),
    "Location": _query_parameter(
        "location", fields.SearchText, "Only doctors who are there.", "London"
    ),
    "Limit": _query_parameter("limit", fields.Limit, "At most so many doctors a page.", 20),
    "Cursor": _query_parameter(
        "cursor",
        fields.CursorParam,
        "`next` of the page before.",
        "Y2FyZGlvbG9neSNMb25kb24jZHItbGVl",
    ),
    "Holder": _query_parameter(
        "holder", fields.Key, "Whose hold it is.", "visit-71", required=True
    ),
    "BookingId": _query_parameter(
        "booking_id", fields.Key, "Which booking.", "b-1001", required=True
    ),
    "IfNoneMatch": _header_parameter(
        "If-None-Match",
        fields.ETags,
        "ETags of earlier answers: 304 where the answer would be one of them.",
        '"1.68048e9e729602d2"',
    ),
    "IfMatch": _header_parameter(
        "If-Match",
        fields.ETags,
        "ETags of the day, whose version alone is compared: 412 where it is another. A patient's "
        "booking in between does not matter.",
        '"1.68048e9e729602d2"',
    ),
    "IdempotencyKey": _header_parameter(
        "Idempotency-Key",
        fields.Key,
        "A name for this save of this doctor and date: sent again, it has no second effect.",
        "save-71",
    ),
}
