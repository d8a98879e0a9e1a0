"""The types of single values in JSON, URLs and headers, with their descriptions."""

from typing import Annotated, Any, Literal

from msgspec import Meta

from chalicelib.domain import audit_log
from chalicelib.domain.doctor import MAX_DELEGATES
from chalicelib.domain.names import MAX_NAME_LENGTH

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
KEY_PATTERN = "[A-Za-z0-9._~-]{1,64}"
DOCTOR_ID_PATTERN = "[A-Za-z0-9_-]{1,64}"
MAX_QUERY_LENGTH = 128
MAX_REASON_LENGTH = 200
HOLD_SECONDS_RANGE = (30, 1800)
PAGE_SIZE_RANGE = (1, 100)
DEFAULT_PAGE_SIZE = 20
DEFAULT_OFFERS = 5


def pattern(regex: str, description: str, example: str) -> Meta:
    """Document a pattern; ``validators`` checks it, so that errors say what is expected."""
    return Meta(
        description=description, examples=[example], extra_json_schema={"pattern": f"^{regex}$"}
    )


def short_text(description: str, example: str) -> Meta:
    """Document a length; the domain checks it and reports all violations together."""
    length = {"minLength": 1, "maxLength": MAX_NAME_LENGTH}
    return Meta(description=description, examples=[example], extra_json_schema=length)


def bounded_int(bounds: tuple[int, int], description: str) -> Meta:
    """Document a range; the domain or ``validators`` checks it, as above."""
    minimum, maximum = bounds
    limits = {"minimum": minimum, "maximum": maximum}
    return Meta(description=description, extra_json_schema=limits)


DoctorId = Annotated[str, pattern(DOCTOR_ID_PATTERN, "A doctor's id.", "dr-lee")]
SlotId = Annotated[
    str, Meta(description="Opaque; safe in a URL.", examples=["dr-lee~20261123T0900Z"])
]
Date = Annotated[
    str,
    Meta(
        description="A date in the doctor's time zone (RFC 3339, full-date).",
        examples=["2026-11-23"],
        extra_json_schema={"format": "date"},
    ),
]
Month = Annotated[
    str,
    Meta(
        description="A month in the doctor's time zone.",
        examples=["2026-11"],
        extra_json_schema={"pattern": "^[0-9]{4}-[0-9]{2}$"},
    ),
]
Instant = Annotated[
    str,
    Meta(
        description="An instant with the doctor's local offset (RFC 3339).",
        examples=["2026-11-23T09:00:00+00:00"],
        extra_json_schema={"format": "date-time"},
    ),
]
LocalTime = Annotated[
    str,
    Meta(
        description="A time of day on the doctor's clock; 24:00 ends the day.",
        examples=["09:00"],
        extra_json_schema={"pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$"},
    ),
]
Weekday = Annotated[
    str,
    Meta(
        description="FHIR R4 DaysOfWeek.",
        examples=["mon"],
        extra_json_schema={"enum": list(WEEKDAYS)},
    ),
]
TimeZone = Annotated[str, Meta(description="An IANA time zone.", examples=["Europe/London"])]
Path = Annotated[str, Meta(description="A path on this server.", examples=["/slots"])]
SettingValue = Annotated[
    Any,
    Meta(
        description="As in the doctor's settings.",
        extra_json_schema={"type": ["string", "integer", "boolean", "array", "null"], "items": {}},
    ),
]
ChangeKind = Annotated[
    str,
    Meta(
        description="What kind of change it is.",
        examples=["save"],
        extra_json_schema={"enum": [*audit_log.ChangeKind]},
    ),
]
ChangeId = Annotated[
    str,
    Meta(
        description="Names a change of a doctor; opaque.",
        examples=["dr-lee~2026-11-23~20261122T120000000000Z~form-1"],
    ),
]
PlanId = Annotated[
    str, Meta(description="Names a plan; opaque.", examples=["20261122T120000000000Z-1f0c9ae27b35"])
]
SeriesId = Annotated[str, Meta(description="Names a series; opaque.", examples=["9b2f40c81e6d"])]
STEP_DAYS = ("all", "applied")
StepDays = Annotated[str, Meta(extra_json_schema={"enum": [*STEP_DAYS]})]
EXPORT_FORMATS = ("csv", "json")
ExportFormat = Annotated[str, Meta(extra_json_schema={"enum": [*EXPORT_FORMATS]})]
TimeOffId = Annotated[
    str,
    Meta(description="Names time off; opaque.", examples=["20261122T120000000000Z-1f0c9ae27b35"]),
]
ClosureId = Annotated[
    str, Meta(description="Names a closure; opaque.", examples=["20261122T120000Z-1f0c9ae27b35"])
]
PlanState = Literal["proposed", "running", "stopped", "done"]
Cursor = Annotated[str | None, Meta(description="Leads to the next page; null on the last page.")]
Status = Annotated[
    Literal["free", "busy-tentative", "busy", "busy-unavailable"],
    Meta(description="FHIR R4 Slot.status: free, held, booked, or closed."),
]
Key = Annotated[
    str, pattern(KEY_PATTERN, "Chosen by the client: 1 to 64 letters, digits, . _ ~ or -", "h-71")
]
BoxValue = Annotated[
    str,
    pattern(
        "[0-9]{8}T[0-9]{4}Z(-[1-9][0-9]{0,2})?",
        "A slot as in the form: its start, and the minutes to its end.",
        "20261123T0900Z-30",
    ),
]
_DATE_AND = "[0-9]{4}-[0-9]{2}-[0-9]{2}/"
WeekBoxValue = Annotated[
    str,
    pattern(
        f"{_DATE_AND}[0-9]{{8}}T[0-9]{{4}}Z(-[1-9][0-9]{{0,2}})?",
        "A slot as in the form of a week: its date, its start, and the minutes to its end.",
        "2026-11-23/20261123T0900Z-30",
    ),
]
WeekVersion = Annotated[
    str, pattern(f"{_DATE_AND}[0-9]{{1,9}}", "A date and its version.", "2026-11-23/3")
]
_DOCTOR_AND = "[A-Za-z0-9_-]{1,64}/"
DoctorBoxValue = Annotated[
    str,
    pattern(
        f"{_DOCTOR_AND}[0-9]{{8}}T[0-9]{{4}}Z-[1-9][0-9]{{0,2}}",
        "A slot as in the form of a practice day: the doctor, its start, the minutes to its end.",
        "dr-lee/20261123T0900Z-30",
    ),
]
DoctorVersion = Annotated[
    str, pattern(f"{_DOCTOR_AND}[0-9]{{1,9}}", "A doctor and the version of the day.", "dr-lee/3")
]
PatientReference = Annotated[
    str,
    pattern(
        KEY_PATTERN,
        "Your own opaque reference: 1 to 64 letters, digits, . _ ~ or -. Send no patient data.",
        "ref-5521",
    ),
]
Reason = Annotated[
    str,
    Meta(
        description="For the audit log: 1 to 200 characters. Write no patient data.",
        examples=["The clinic is closed"],
        extra_json_schema={"minLength": 1, "maxLength": MAX_REASON_LENGTH},
    ),
]
_DelegateNames = Annotated[
    list[Annotated[str, short_text("A user name.", "sam")]], Meta(max_length=MAX_DELEGATES)
]
Delegates = Annotated[
    _DelegateNames | None,
    Meta(description="Who may manage the doctor's schedule; unchanged if missing."),
]

# Only in URLs and headers.
ClientId = Annotated[str, Meta(min_length=1, max_length=MAX_QUERY_LENGTH, examples=["site-a"])]
DoctorIds = Annotated[list[DoctorId], Meta(extra_json_schema={"maxItems": 20})]
Flag = Annotated[Literal["true", "false"], Meta(examples=["true"])]
SearchText = Annotated[str, Meta(max_length=MAX_QUERY_LENGTH)]
CursorParam = Annotated[str, Meta(description="`next` of the previous page.")]
Limit = Annotated[
    int,
    Meta(
        extra_json_schema={
            "minimum": PAGE_SIZE_RANGE[0],
            "maximum": PAGE_SIZE_RANGE[1],
            "default": DEFAULT_PAGE_SIZE,
        }
    ),
]
MaxOffers = Annotated[
    int,
    Meta(
        extra_json_schema={
            "minimum": PAGE_SIZE_RANGE[0],
            "maximum": PAGE_SIZE_RANGE[1],
            "default": DEFAULT_OFFERS,
        }
    ),
]
ETags = Annotated[str, Meta(description="One or more, or `*` (RFC 9110, section 13.1).")]
FileName = Annotated[str, Meta(examples=["slots.css"])]
PersonName = Annotated[str, Meta(min_length=1, examples=["sam"])]
