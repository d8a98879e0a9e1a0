"""Parse the form of a doctor's settings; each error is a sentence beside its field."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec import Struct

from chalicelib.domain.doctor import (
    LEAD_MINUTES_RANGE,
    SLOT_MINUTES_RANGE,
    WINDOW_DAYS_RANGE,
    DoctorSettings,
)
from chalicelib.domain.errors import RequestRejectedError
from chalicelib.domain.grid import ClinicSession
from chalicelib.domain.names import MAX_NAME_LENGTH, is_valid_name, trim_name
from chalicelib.web.api.fields import WEEKDAYS
from chalicelib.web.pages.doctor_form import HOURS, IDENTITY
from chalicelib.web.pages.field_errors import errors_by_field
from chalicelib.web.pages.hours_text import parse_time
from chalicelib.web.pages.setting_words import setting_labels
from chalicelib.web.texts import _

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chalicelib.web.pages.doctor_form import DoctorForm, HoursRow

_NUMBER = re.compile(r"\d{1,9}", re.ASCII)


class ParsedDoctorForm(Struct, frozen=True, kw_only=True):
    """``settings`` is None if there are ``errors``: sentences by the ids of the fields.

    The ids are the names of the fields; ``from_1`` is the first row of the hours, ``sessions`` all
    of them.
    """

    settings: DoctorSettings | None
    errors: Mapping[str, str]


def parse_doctor_form(form: DoctorForm, doctor_id: str) -> ParsedDoctorForm:
    """Parse the form for the doctor of that id, who need not exist."""
    errors: dict[str, str] = {}
    settings = DoctorSettings(
        doctor_id=doctor_id,
        name=_name(form, "name", errors),
        specialty=_name(form, "specialty", errors),
        location=_name(form, "location", errors),
        time_zone=form.time_zone.strip(),
        slot_minutes=_number(form, "slot_minutes", errors),
        lead_minutes=_number(form, "lead_minutes", errors),
        window_days=_number(form, "window_days", errors),
        sessions=_sessions(form, errors),
        delegates=_delegates(form, errors),
    )
    try:
        settings.to_doctor()
    except RequestRejectedError as error:
        for field, sentence in errors_by_field(error).items():
            errors.setdefault(field, sentence)
    if any(field.startswith("from_") for field in errors):
        errors.pop(HOURS, None)  # what is said of all rows follows from one of them
    return ParsedDoctorForm(settings=None if errors else settings, errors=_in_order(errors, form))


def _in_order(errors: Mapping[str, str], form: DoctorForm) -> dict[str, str]:
    """Return the errors in the order of their fields on the page."""
    rows = [f"from_{number}" for number in range(1, len(form.rows) + 1)]
    order = [*IDENTITY, "time_zone", HOURS, *rows, "slot_minutes", "lead_minutes", "window_days"]
    last = len(order)
    position = {field: number for number, field in enumerate(order)}
    return dict(sorted(errors.items(), key=lambda each: position.get(each[0], last)))


def _name(form: DoctorForm, field: str, errors: dict[str, str]) -> str:
    text = trim_name(getattr(form, field))
    if not text:
        errors[field] = _missing()[field]
    elif not is_valid_name(text):
        errors[field] = _(
            "%(field)s must have at most %(limit)s characters, all of them visible",
            field=setting_labels()[field],
            limit=MAX_NAME_LENGTH,
        )
    return text


def _missing() -> dict[str, str]:
    return {
        "name": _("Enter a name"),
        "specialty": _("Enter a specialty"),
        "location": _("Enter a location"),
    }


def _number(form: DoctorForm, field: str, errors: dict[str, str]) -> int:
    """Return the number; the least one if the text is none, so that other fields are checked."""
    text = getattr(form, field).strip()
    least, most = _RANGES[field]
    number = int(text) if _NUMBER.fullmatch(text) else None
    if number is None or not least <= number <= most:
        errors[field] = _(
            "%(field)s must be a whole number from %(least)s to %(most)s",
            field=setting_labels()[field],
            least=least,
            most=most,
        )
        return least
    return number


_RANGES = {
    "slot_minutes": SLOT_MINUTES_RANGE,
    "lead_minutes": LEAD_MINUTES_RANGE,
    "window_days": WINDOW_DAYS_RANGE,
}


def _delegates(form: DoctorForm, errors: dict[str, str]) -> frozenset[str]:
    names = frozenset(filter(None, map(trim_name, form.delegates.split("\n"))))
    if wrong := [name for name in sorted(names) if not is_valid_name(name)]:
        errors["delegates"] = _(
            "%(name)s is not a sign-in name: enter one name a line, of at most %(limit)s "
            "visible characters",
            name=wrong[0][:MAX_NAME_LENGTH],
            limit=MAX_NAME_LENGTH,
        )
    return names


def _sessions(form: DoctorForm, errors: dict[str, str]) -> tuple[ClinicSession, ...]:
    sessions: list[ClinicSession] = []
    for number, row in enumerate(form.rows, start=1):
        if row.is_empty:
            continue
        session = _session(row)
        if isinstance(session, str):
            errors[f"from_{number}"] = session
        else:
            sessions.append(session)
    return tuple(sessions)


def _session(row: HoursRow) -> ClinicSession | str:
    """The session of a row, or what is wrong with it."""
    if not row.days:
        return _("Choose at least one weekday, or remove these hours")
    start, end = parse_time(row.start), parse_time(row.end)
    if start is None or end is None:
        return _("Enter a start and an end time, such as 09:00")
    if end <= start:
        return _("The hours must end after they start")
    return ClinicSession(
        start=start, end=end, weekdays=frozenset(map(WEEKDAYS.index, sorted(row.days)))
    )
