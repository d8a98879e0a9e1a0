"""What a URL and a header may carry, for the API's document."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from chalicelib.web import scalars


class Parameter(Struct, frozen=True, kw_only=True):
    """``shape`` is a type of ``scalars``; one in a path is always required."""

    name: str
    where: Literal["path", "query", "header"]
    shape: object
    says: str
    example: str | int
    required: bool = False


def _in_path(name: str, shape: object, says: str, example: str) -> Parameter:
    return Parameter(
        name=name, where="path", shape=shape, says=says, example=example, required=True
    )


def _in_query(
    name: str, shape: object, says: str, example: str | int, *, required: bool = False
) -> Parameter:
    return Parameter(
        name=name, where="query", shape=shape, says=says, example=example, required=required
    )


def _in_header(name: str, shape: object, says: str, example: str) -> Parameter:
    return Parameter(name=name, where="header", shape=shape, says=says, example=example)


PARAMETERS = {
    "Doctor": _in_path("doctor_id", scalars.DoctorId, "Which doctor.", "dr-lee"),
    "Slot": _in_path("slot_id", scalars.SlotId, "Which slot.", "dr-lee~20261123T0900Z"),
    "File": _in_path("name", scalars.FileName, "Plain, or with its hash.", "slots.css"),
    "DoctorOfDay": _in_query(
        "doctor_id", scalars.DoctorId, "Whose day; by default the caller's own.", "dr-lee"
    ),
    "Date": _in_query(
        "date",
        scalars.Date,
        "Which day, from 2011 on; by default the doctor's today.",
        "2026-11-23",
    ),
    "DateOfHistory": _in_query("date", scalars.Date, "Which day.", "2026-11-23", required=True),
    "Destination": _in_query("to", scalars.Path, "A path of ours to go to then.", "/slots"),
    "From": _in_query("from", scalars.Date, "The first date; by default today.", "2026-11-23"),
    "To": _in_query(
        "to",
        scalars.Date,
        "The last date, included, at most 30 days after the first; by default 13.",
        "2026-12-06",
    ),
    "Specialty": _in_query("specialty", scalars.Words, "Only doctors who have it.", "cardiology"),
    "SpecialtyWanted": _in_query(
        "specialty", scalars.Words, "Which doctors.", "cardiology", required=True
    ),
    "Location": _in_query("location", scalars.Words, "Only doctors who are there.", "London"),
    "Limit": _in_query("limit", scalars.Limit, "At most so many doctors a page.", 20),
    "Cursor": _in_query(
        "cursor",
        scalars.CursorSent,
        "`next` of the page before.",
        "Y2FyZGlvbG9neSNMb25kb24jZHItbGVl",
    ),
    "Holder": _in_query("holder", scalars.Key, "Whose hold it is.", "visit-71", required=True),
    "BookingId": _in_query("booking_id", scalars.Key, "Which booking.", "b-1001", required=True),
    "IfNoneMatch": _in_header(
        "If-None-Match",
        scalars.ETags,
        "ETags of earlier answers: 304 where the answer would be one of them.",
        '"1.68048e9e729602d2"',
    ),
    "IfMatch": _in_header(
        "If-Match",
        scalars.ETags,
        "ETags of the day, whose version alone is compared: 412 where it is another. A patient's "
        "booking in between does not matter.",
        '"1.68048e9e729602d2"',
    ),
    "IdempotencyKey": _in_header(
        "Idempotency-Key",
        scalars.Key,
        "A name for this save of this doctor and date: sent again, it has no second effect.",
        "save-71",
    ),
}
