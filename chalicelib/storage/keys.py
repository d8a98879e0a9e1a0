"""Formats of the table's keys: PK, SK and those of the index GSI1. They are built only here."""

from __future__ import annotations

from datetime import UTC, date, datetime
from urllib.parse import unquote

from chalicelib.domain.audit_log import WITHOUT_DATE, format_audit_instant, parse_audit_instant

DOCTOR_SK = "PROFILE"
# Of partitions of bookings.
BOOKING_PREFIX = "BOOKING#"
BOOKING_SK = "BOOKING"
# In the partition of the doctor whose id it is, or would be: the doctor who has it as FHIR id.
FHIR_ID_SK = "FHIR"
# The index partition of all doctors, sorted by specialty, location and id.
DIRECTORY_PK = "DOCTORS"

# The index partition of the words of doctors' names.
NAMES_PK = "NAMES"
# That of the people who have signed in, sorted by name.
PEOPLE_PK = "PEOPLE"

# Sorts after every day of a doctor.
MAX_DAY_SK = "DAY#~"

# DynamoDB's limit; it applies to the key conditions of queries too.
MAX_SORT_KEY_BYTES = 1024

# ISO 8601 in UTC sorts as text in time order, so a month is one BETWEEN query.
_INSTANT_FORMAT = "%Y-%m-%dT%H:%MZ"
PERSON_SK = "SESSIONS"
HOLDS_PREFIX = "HOLDS#"
SERIES_PREFIX = "SERIES#"
# The index partition of the series that may have to be applied to later dates, sorted by doctor.
EXTENDED_SERIES_PK = "SERIES"
PLAN_PREFIX = "PLAN#"
EVENT_PREFIX = "EVENT#"
# The doctor's disruptions that may have to be announced; its index partition is sorted by time.
DISRUPTIONS_SK = "DISRUPTIONS"
DISRUPTIONS_PK = "DISRUPTIONS"
TIME_OFF_PREFIX = "TIMEOFF#"
# Sorts directly after the doctor's days: one query reads the days and a feed.
CALENDAR_FEED_PREFIX = "DAY~FEED#"
# All closures of the practice.
CLOSURES_PK = "CLOSURES"
LOGIN_SK = "LOGIN"
# The audit logs of people and of webhooks. No doctor id has a "~".
PEOPLE_AUDIT_PK = "AUDIT#~PEOPLE"
WEBHOOKS_AUDIT_PK = "AUDIT#~WEBHOOKS"
# All webhooks, and the prefix of the deliveries of one.
WEBHOOKS_PK = "WEBHOOKS"
DELIVERY_PREFIX = "DELIVERY#"


def doctor_pk(doctor_id: str) -> str:
    """Return the partition of everything that belongs to one doctor."""
    return f"DOCTOR#{doctor_id}"


def delegate_pk(name: str) -> str:
    """Return the partition of a delegate's doctors, with ``doctor_pk`` of each as sort key."""
    return f"DELEGATE#{name}"


def parse_doctor_pk(pk: str) -> str:
    return pk.removeprefix("DOCTOR#")


def day_sk(date: date) -> str:
    return f"DAY#{date.isoformat()}"


def is_day_sk(sk: str) -> bool:
    return sk.startswith("DAY#")


def parse_day_sk(sk: str) -> date:
    return parse_date(sk.removeprefix("DAY#"))


def parse_date(text: str) -> date:
    """Reverse ``date.isoformat``. Raises ``ValueError`` for any other text."""
    parsed = date.fromisoformat(text)
    if parsed.isoformat() != text:  # ``20261123`` and ``2026-W48-1`` are ISO 8601 too
        raise ValueError(text)
    return parsed


def slot_sk(start: datetime) -> str:
    return f"SLOT#{format_instant(start)}"


def holds_sk(client: str) -> str:
    """Return the key of the slots of a doctor that a client holds."""
    return f"{HOLDS_PREFIX}{client}"


def booking_pk(client: str, booking_id: str) -> str:
    """Return the partition of one booking of a client."""
    return f"{BOOKING_PREFIX}{_encode(client)}#{_encode(booking_id)}"


def parse_booking_pk(pk: str) -> tuple[str, str]:
    """Return the client and the booking id. Raises ``ValueError`` for another partition."""
    if not pk.startswith(BOOKING_PREFIX):
        raise ValueError(pk)
    client, booking_id = pk.removeprefix(BOOKING_PREFIX).split("#")
    return unquote(client), unquote(booking_id)


def redact_key(pk: str, sk: str) -> str:
    """Return a key for the log; of a booking record only ``BOOKING#<client>``.

    A booking id identifies a booking of a patient, so it is in no log.
    """
    if not pk.startswith(BOOKING_PREFIX):
        return f"{pk} {sk}"
    client, is_separated, _ = pk.removeprefix(BOOKING_PREFIX).partition("#")
    return f"{BOOKING_PREFIX}{client}" if is_separated else BOOKING_PREFIX


def change_sk(date: date, request_id: str) -> str:
    """Return the key of a save of that date, by the request that made it."""
    return f"CHANGE#{date.isoformat()}#{request_id}"


def series_sk(series_id: str, version: int) -> str:
    """Return the key of one version of a series."""
    return f"{SERIES_PREFIX}{series_id}#{version:06}"


def parse_series_sk(sk: str) -> str:
    """Return the series id."""
    return sk.removeprefix(SERIES_PREFIX).partition("#")[0]


def event_sk(at: datetime, detail_type: str) -> str:
    """Return the key of an event that the stream publishes."""
    return f"{EVENT_PREFIX}{format_audit_instant(at)}#{detail_type}"


def is_event_sk(sk: str) -> bool:
    return sk.startswith(EVENT_PREFIX)


def plan_sk(plan_id: str) -> str:
    """Return the key of a plan. Ids begin with the instant, so plans sort by time."""
    return f"{PLAN_PREFIX}{plan_id}"


def time_off_sk(time_off_id: str) -> str:
    return f"{TIME_OFF_PREFIX}{time_off_id}"


def calendar_feed_sk(feed_id: str) -> str:
    return f"{CALENDAR_FEED_PREFIX}{feed_id}"


def closure_key(closure_id: str) -> tuple[str, str]:
    """Return the partition and the sort key. Ids begin with the instant, so they sort by time."""
    return CLOSURES_PK, f"CLOSURE#{closure_id}"


def parse_closure_sk(sk: str) -> str:
    return sk.removeprefix("CLOSURE#")


def webhook_key(webhook_id: str) -> tuple[str, str]:
    """Return the partition and the sort key of a webhook."""
    return WEBHOOKS_PK, f"WEBHOOK#{webhook_id}"


def parse_webhook_sk(sk: str) -> str:
    return sk.removeprefix("WEBHOOK#")


def delivery_key(webhook_id: str, delivery_id: str) -> tuple[str, str]:
    """Return the partition and the sort key. Ids begin with the instant, so they sort by time."""
    return f"WEBHOOK#{webhook_id}", f"{DELIVERY_PREFIX}{delivery_id}"


def parse_delivery_key(pk: str, sk: str) -> tuple[str, str]:
    """Return the ids of the webhook and of the delivery."""
    return pk.removeprefix("WEBHOOK#"), sk.removeprefix(DELIVERY_PREFIX)


def audit_pk(doctor_id: str) -> str:
    """Return the partition of the doctor's audit log, which the app may only add to."""
    return f"AUDIT#{doctor_id}"


def parse_audit_pk(pk: str) -> str:
    return pk.removeprefix("AUDIT#")


def audit_sk(date: date | None, at: datetime, suffix: str) -> str:
    """Return the key of an act on that date, or on the settings if there is none.

    The acts on a date sort by time, to the microsecond.
    """
    return f"{audit_date_prefix(date)}{audit_index_sk(at, suffix)}"


def audit_date_prefix(date: date | None) -> str:
    return f"{date.isoformat() if date else WITHOUT_DATE}#"


def audit_range(first: date, last: date) -> tuple[str, str]:
    """Return keys before and after those of all acts on the dates of a range."""
    return audit_date_prefix(first), f"{audit_date_prefix(last)}~"


def audit_index_sk(at: datetime, suffix: str) -> str:
    """Return the key in the index, which sorts all acts on a doctor by time."""
    return f"{format_audit_instant(at)}#{suffix}"


def parse_audit_index_sk(sort_key: str) -> datetime:
    """Return the instant of the act."""
    return parse_audit_instant(sort_key.partition("#")[0])


def person_pk(name: str) -> str:
    """Return the partition of a person, by the name with which they sign in."""
    return f"PERSON#{name}"


def login_pk(state: str) -> str:
    """Return the partition of a completed sign-in, by its random ``state``."""
    return f"LOGIN#{state}"


def join_sort_key(*parts: str) -> str:
    """Join specialty, location and doctor id, or the first of them, which gives a prefix.

    A ``#`` ends each part, so one in a name is percent-encoded.
    """
    return "".join(f"{_encode(part)}#" for part in parts)


def _encode(part: str) -> str:
    return part.replace("%", "%25").replace("#", "%23")


def name_sk(number: int) -> str:
    """Return the key of a word of the doctor's name, by its position."""
    return f"NAME#{number}"


def name_prefix(text: str) -> str:
    """Return what the sort keys of names begin with that begin with the text."""
    return _encode(text)


def search_pk(specialty: str, date: date) -> str:
    """Return the index partition of all days of that specialty on that date."""
    return f"{join_sort_key(specialty)}{date.isoformat()}"


def split_sort_key(sort_key: str) -> tuple[str, ...]:
    """Reverse ``join_sort_key``. Raises ``ValueError`` for any other text."""
    parts = tuple(unquote(part) for part in sort_key.split("#")[:-1])
    if not parts or not all(parts) or join_sort_key(*parts) != sort_key:
        raise ValueError(sort_key)
    return parts


def format_instant(instant: datetime) -> str:
    """Return the minute in UTC: ``2026-11-23T09:00Z``."""
    return instant.astimezone(UTC).strftime(_INSTANT_FORMAT)


def parse_instant(text: str) -> datetime:
    """Reverse ``format_instant``. Raises ``ValueError`` for text without a UTC offset."""
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError(text)
    return instant
