"""The form of a doctor's settings: its values as they were typed, and what they were before."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Self

import msgspec
from msgspec import Struct, structs

from chalicelib.domain.local_time import format_time_of_day
from chalicelib.web.api.fields import WEEKDAYS
from chalicelib.web.api.validators import invalid_field

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from chalicelib.domain.doctor import Doctor
    from chalicelib.domain.grid import ClinicSession

_MINUTE = timedelta(minutes=1)
MAX_ROWS = 7 * 96
"""As many as a doctor can have sessions."""
TEXT_FIELDS = (
    "name",
    "specialty",
    "location",
    "time_zone",
    "slot_minutes",
    "lead_minutes",
    "window_days",
    "delegates",
)
"""The fields with one text each, by the names of the settings in JSON."""
IDENTITY = ("name", "specialty", "location")
"""Those of them that only an admin can change."""
HOURS = "sessions"


class HoursRow(Struct, frozen=True, kw_only=True):
    """Hours of some weekdays; ``days`` are codes such as ``mon``."""

    days: frozenset[str] = frozenset()
    start: str = ""
    end: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether the row has neither a weekday nor a time."""
        return not (self.days or self.start or self.end)


class DoctorForm(Struct, frozen=True, kw_only=True):
    """The texts of the fields, and the rows of the hours.

    ``delegates`` has one name a line. ``version`` is that of the settings that the form was made
    of, and ``initial`` has what its fields had then: see ``values``.
    """

    name: str = ""
    specialty: str = ""
    location: str = ""
    time_zone: str = ""
    slot_minutes: str = "30"
    lead_minutes: str = "0"
    window_days: str = "365"
    delegates: str = ""
    rows: tuple[HoursRow, ...] = (HoursRow(),)
    version: int = 0
    initial: Mapping[str, str] = {}

    @classmethod
    def of_doctor(cls, doctor: Doctor) -> Self:
        """The form of stored settings, without edits."""
        form = cls(
            name=doctor.name,
            specialty=doctor.specialty,
            location=doctor.location,
            time_zone=doctor.zone.key,
            slot_minutes=str(doctor.grid.slot_length // _MINUTE),
            lead_minutes=str(doctor.lead_time // _MINUTE),
            window_days=str(doctor.booking_window.days),
            delegates="\n".join(sorted(doctor.delegates)),
            rows=tuple(map(_row, doctor.grid.sessions)),
            version=doctor.version,
        )
        return structs.replace(form, initial=form.values())

    @classmethod
    def of_fields(cls, fields: Mapping[str, Sequence[str]]) -> Self:
        """The form as it was sent. Raises ``RequestRejectedError`` for fields that no page has."""
        texts = {name: _text(fields[name][-1]) for name in TEXT_FIELDS if name in fields}
        return cls(
            **texts,
            rows=_rows(fields),
            version=_version(fields.get("version", ["0"])[-1]),
            initial=_initial(fields.get("initial", ["{}"])[-1]),
        )

    def values(self) -> dict[str, str]:
        """Each setting as a text, by its name in JSON, to compare with another form's."""
        texts = {name: getattr(self, name).strip() for name in TEXT_FIELDS}
        return {**texts, HOURS: "\n".join(map(_describe_row, self.rows)).strip()}

    def touched(self) -> frozenset[str]:
        """The names of the settings whose fields were edited."""
        values = self.values()
        return frozenset(name for name, text in self.initial.items() if values.get(name) != text)

    def rebased(self, doctor: Doctor) -> Self:
        """The same form on other stored settings: fields that were not edited follow them."""
        stored, touched = type(self).of_doctor(doctor), self.touched()
        kept = {name: getattr(self, name) for name in TEXT_FIELDS if name in touched}
        rows = self.rows if HOURS in touched else stored.rows
        return structs.replace(stored, **kept, rows=rows)

    def with_row(self) -> Self:
        """The form with one more row."""
        return structs.replace(self, rows=(*self.rows, HoursRow())[:MAX_ROWS])

    def without_row(self, number: int) -> Self:
        """The form without the row of that number, counted from 1; one row stays."""
        rows = (*self.rows[: number - 1], *self.rows[number:])
        return structs.replace(self, rows=rows or (HoursRow(),))


def _row(session: ClinicSession) -> HoursRow:
    return HoursRow(
        days=frozenset(WEEKDAYS[day] for day in session.weekdays),
        start=format_time_of_day(session.start),
        end=format_time_of_day(session.end),
    )


def _describe_row(row: HoursRow) -> str:
    days = ",".join(code for code in WEEKDAYS if code in row.days)
    return f"{days} {row.start} {row.end}".strip()


def _text(sent: str) -> str:
    """The text as it was typed; a browser sends CRLF for the end of a line."""
    return sent.replace("\r\n", "\n")


def _rows(fields: Mapping[str, Sequence[str]]) -> tuple[HoursRow, ...]:
    """The rows 1, 2 and so on, up to the first that was not sent."""
    rows: list[HoursRow] = []
    while f"from_{len(rows) + 1}" in fields and len(rows) < MAX_ROWS:
        number = len(rows) + 1
        days = frozenset(fields.get(f"days_{number}", ()))
        if not days <= set(WEEKDAYS):
            raise invalid_field(f"days_{number}", "the code of a weekday")
        start, end = (fields.get(f"{side}_{number}", [""])[-1].strip() for side in ("from", "to"))
        rows.append(HoursRow(days=days, start=start, end=end))
    return tuple(rows) or (HoursRow(),)


def _version(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 9):  # noqa: PLR2004  no version has more digits
        raise invalid_field("version", "the version of the settings as they were rendered")
    return int(text)


def _initial(text: str) -> dict[str, str]:
    try:
        return msgspec.json.decode(text, type=dict[str, str])
    except msgspec.DecodeError:
        raise invalid_field("initial", "the values of the form as it was rendered") from None
