"""The parameters of the OpenAPI document: in the path, the query and headers."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from chalicelib.web.api import fields
from chalicelib.web.api.calendar_schemas import FeedFile, FeedId
from chalicelib.web.api.webhook_schemas import DeliveryId, WebhookId
from tools.openapi import fhir_operations as fhir


class Parameter(Struct, frozen=True, kw_only=True):
    """A parameter; ``schema`` is a type of ``chalicelib.web.api.fields``."""

    name: str
    location: Literal["path", "query", "header"]
    schema: object
    description: str
    example: str | int | list[str]
    required: bool = False


def _path(name: str, schema: object, description: str, example: str) -> Parameter:
    return Parameter(
        name=name,
        location="path",
        schema=schema,
        description=description,
        example=example,
        required=True,
    )


def _query(
    name: str,
    schema: object,
    description: str,
    example: str | int | list[str],
    *,
    required: bool = False,
) -> Parameter:
    return Parameter(
        name=name,
        location="query",
        schema=schema,
        description=description,
        example=example,
        required=required,
    )


def _header(name: str, schema: object, description: str, example: str) -> Parameter:
    return Parameter(
        name=name, location="header", schema=schema, description=description, example=example
    )


PATH_PARAMETERS = {
    "doctors/{doctor_id}": "Doctor",
    "slots/{slot_id}": "Slot",
    "people/{name}": "Person",
    "static/{name}": "File",
    "series/{series_id}": "Series",
    "plans/{plan_id}": "Plan",
    "closures/{closure_id}": "Closure",
    "calendar-feeds/{feed_id}": "CalendarFeed",
    "calendar/{file}": "CalendarFile",
    "fhir/{resource_type}": "FhirType",
    "{resource_type}/{resource_id}": "FhirId",
    "POST {resource_type}/{resource_id}": "FhirSearch",
    "bulk-publish/{file}": "FhirFile",
    "webhooks/{webhook_id}": "Webhook",
    "deliveries/{delivery_id}": "Delivery",
}
"""The parameters of paths by their segments there, or by a method and these."""

PARAMETERS = {
    "Doctor": _path("doctor_id", fields.DoctorId, "The doctor.", "dr-lee"),
    "Slot": _path("slot_id", fields.SlotId, "The slot.", "dr-lee~20261123T0900Z"),
    "Person": _path("name", fields.PersonName, "The name with which the person signs in.", "sam"),
    "File": _path("name", fields.FileName, "The plain or fingerprinted name.", "slots.css"),
    "Series": _path("series_id", fields.SeriesId, "The series.", "9b2f40c81e6d"),
    "Closure": _path(
        "closure_id", fields.ClosureId, "The closure.", "20261122T120000Z-1f0c9ae27b35"
    ),
    "CalendarFeed": _path("feed_id", FeedId, "The calendar feed.", "1f0c9ae27b35"),
    "Webhook": _path("webhook_id", WebhookId, "The webhook.", "1f0c9ae27b3540d8"),
    "Delivery": _path(
        "delivery_id",
        DeliveryId,
        "The delivery.",
        "msg_20261122T120000000000Z_9f86d081884c7d659a2feaa0",
    ),
    "CalendarFile": _path(
        "file",
        FeedFile,
        "The end of the feed's URL.",
        "dr-lee~1f0c9ae27b35~mY3xq0b5kT8Zc1yWf7sVhUo2PdLaJr9eNgEiQ4K6xXw.ics",
    ),
    "FhirType": _path("resource_type", fhir.ResourceType, "The type of resource.", "Slot"),
    "FhirId": _path("resource_id", fhir.ResourceId, "The id.", "dr-lee.20261123T0900Z"),
    "FhirSearch": _path("resource_id", fhir.SearchName, "Always `_search`.", "_search"),
    "FhirFile": _path("file", fhir.PublishedFile, "The type and `.ndjson`.", "Slot.ndjson"),
    "FhirFormat": _query("_format", fhir.Format, "Counts more than `Accept`.", "json"),
    "FhirCount": _query("_count", fhir.Count, "The size of a page, at most 500.", 50),
    "FhirSchedules": _query(
        "schedule", fhir.Schedules, "In a file of slots: whose slots, at most 25.", "dr-lee"
    ),
    "Prefer": _header(
        "Prefer",
        fhir.Preference,
        "`handling=strict`: an unknown parameter is an error.",
        "handling=strict",
    ),
    "Plan": _path("plan_id", fields.PlanId, "The plan.", "20261122T120000000000Z-1f0c9ae27b35"),
    "PlanState": _query("state", fields.PlanState, "Only plans of this state.", "running"),
    "StepDays": _query(
        "days",
        fields.StepDays,
        "Which dates of the plan the response has: `all`, or those `applied` by this step.",
        "applied",
    ),
    "DoctorOfDay": _query(
        "doctor_id", fields.DoctorId, "The doctor; by default the caller.", "dr-lee"
    ),
    "Date": _query(
        "date", fields.Date, "The date, from 2011 on; by default the doctor's today.", "2026-11-23"
    ),
    "DateOfWeek": _query(
        "date", fields.Date, "A date of the week; by default the doctor's today.", "2026-11-23"
    ),
    "Month": _query(
        "month", fields.Month, "The month; by default the doctor's current one.", "2026-11"
    ),
    "RequiredDate": _query("date", fields.Date, "The date.", "2026-11-23", required=True),
    "WeekToRepeat": _query("week", fields.Date, "A date of the week to repeat.", "2026-11-23"),
    "DayToCopy": _query("date", fields.Date, "The date to copy.", "2026-11-23"),
    "DayOff": _query("date", fields.Date, "The date of the form; by default today.", "2026-11-23"),
    "WeekOff": _query("week", fields.Date, "A date of the week of the form.", "2026-11-23"),
    "PlanToRevise": _query(
        "plan_id", fields.PlanId, "The plan to revise.", "20261122T120000000000Z-1f0c9ae27b35"
    ),
    "ReturnPath": _query("to", fields.Path, "The path to go to after sign-in.", "/slots"),
    "From": _query("from", fields.Date, "The first date; by default today.", "2026-11-23"),
    "To": _query(
        "to",
        fields.Date,
        "The last date, included; at most 30 days after the first, by default 13.",
        "2026-12-06",
    ),
    "ReportFrom": _query(
        "from",
        fields.Date,
        "A date of the first week; by default eight weeks ago.",
        "2026-09-28",
    ),
    "ReportTo": _query(
        "to",
        fields.Date,
        "A date of the last week, at most the 16th; by default three weeks from now.",
        "2026-12-20",
    ),
    "ReportFormat": _query(
        "format", fields.ExportFormat, "By default what `Accept` prefers, or else `json`.", "csv"
    ),
    "ExportFrom": _query("from", fields.Date, "The first date; by default today.", "2026-11-23"),
    "ExportTo": _query(
        "to",
        fields.Date,
        "The last date, included; at most 730 days after the first, by default the end of the "
        "booking window.",
        "2026-12-06",
    ),
    "ExportFormat": _query("format", fields.ExportFormat, "By default `csv`.", "csv"),
    "Specialty": _query(
        "specialty", fields.SearchText, "Only doctors with this specialty.", "cardiology"
    ),
    "RequiredSpecialty": _query(
        "specialty", fields.SearchText, "The doctors' specialty.", "cardiology", required=True
    ),
    "Location": _query("location", fields.SearchText, "Only doctors at this location.", "London"),
    "PracticeDate": _query(
        "date", fields.Date, "The date; by default today where the first doctor is.", "2026-11-23"
    ),
    "SelectedDoctors": _query(
        "doctor_id", fields.DoctorIds, "Only these doctors; repeat it for each of them.", ["dr-lee"]
    ),
    "Limit": _query("limit", fields.Limit, "The maximum number of results on a page.", 20),
    "MaxOffers": _query("limit", fields.MaxOffers, "The maximum number of offers.", 5),
    "Cursor": _query(
        "cursor",
        fields.CursorParam,
        "`next` of the previous page.",
        "Y2FyZGlvbG9neSNMb25kb24jZHItbGVl",
    ),
    "ChangeDate": _query("date", fields.Date, "Only changes of this date.", "2026-11-23"),
    "ChangeFrom": _query(
        "from", fields.Date, "Only changes of this date and later ones.", "2026-11-23"
    ),
    "ChangeTo": _query(
        "to", fields.Date, "Only changes of this date and earlier ones.", "2026-12-06"
    ),
    "ChangeKind": _query("kind", fields.ChangeKind, "Only changes of this kind.", "save"),
    "ChangeBy": _query(
        "by",
        fields.SearchText,
        "Only changes by this person or client: a name or an id of `by` or `client`.",
        "sam",
    ),
    "Holder": _query("holder", fields.Key, "The holder of the hold.", "visit-71", required=True),
    "BookingId": _query("booking_id", fields.Key, "The booking.", "b-1001", required=True),
    "ClientOfHolds": _query(
        "client_id", fields.ClientId, "The client whose holds end.", "site-a", required=True
    ),
    "Disrupted": _query(
        "disrupted", fields.Flag, "Only disrupted bookings, or only others.", "true"
    ),
    "IfNoneMatch": _header(
        "If-None-Match",
        fields.ETags,
        "ETags of earlier responses: 304 if the response has one of them.",
        '"1.68048e9e729602d2"',
    ),
    "IfMatch": _header(
        "If-Match",
        fields.ETags,
        "ETags of the day. Only the version in them is compared: 412 if the day has another "
        "version. Bookings do not change the version.",
        '"1.68048e9e729602d2"',
    ),
    "IfMatchDoctor": _header(
        "If-Match",
        fields.ETags,
        "ETags of the settings: 412 if they have changed since, or if there are none. `*`: the "
        "doctor must exist.",
        '"1.68048e9e729602d2"',
    ),
    "IfNoneMatchDoctor": _header(
        "If-None-Match",
        fields.ETags,
        "`*`: 412 if the doctor exists.",
        "*",
    ),
    "IdempotencyKey": _header(
        "Idempotency-Key",
        fields.Key,
        "The client's key for this save of this doctor and date. The same key again has no "
        "second effect.",
        "save-71",
    ),
}
