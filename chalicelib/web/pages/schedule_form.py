"""The forms of a week and of a practice day: the forms of several days in one."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from msgspec import Struct

from chalicelib.web.api.practice_parsing import parse_doctor_ids
from chalicelib.web.api.validators import invalid_field, parse_date, valid_doctor_id, valid_key
from chalicelib.web.pages.day_form import (
    DayForm,
    build_day_form,
    decode_fields,
    parse_version,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import date

    from chalice.app import Request

_BOXES = ("shown", "offered", "ticked")


class DaysForm(Struct, frozen=True, kw_only=True):
    """The submitted form of several days; ``date`` is the date that the user chose."""

    date: date
    days: tuple[DayForm, ...]

    @property
    def edited(self) -> tuple[DayForm, ...]:
        """The days that have changes."""
        return tuple(day for day in self.days if day.request.changes)


class WeekForm(DaysForm, frozen=True, kw_only=True):
    """The submitted form of a week."""

    doctor_id: str


def parse_week_form(request: Request) -> WeekForm:
    """``POST /slots/week`` from the page. Raises ``RequestRejectedError``, ``HttpError``."""
    fields = decode_fields(request)
    doctor_id = valid_doctor_id(fields["doctor_id"][-1])
    request_id = valid_key("request_id", fields["request_id"][-1])
    chosen = parse_date(fields["date"][-1])
    versions = _parse_versions(fields["version"], chosen)
    boxes = _split_by_key(fields, {on.isoformat() for on in versions})
    days = [
        build_day_form(doctor_id, on, request_id, version, boxes.get(on.isoformat(), {}))
        for on, version in sorted(versions.items())
    ]
    return WeekForm(doctor_id=doctor_id, date=chosen, days=tuple(days))


def parse_practice_form(request: Request) -> DaysForm:
    """``POST /practice`` from the page. Raises ``RequestRejectedError``, ``HttpError``."""
    fields = decode_fields(request, ("date", "version", "request_id"))
    request_id = valid_key("request_id", fields["request_id"][-1])
    chosen = parse_date(fields["date"][-1])
    versions = dict(_split_version(value) for value in fields["version"])
    doctor_ids = parse_doctor_ids(list(versions), "version")
    boxes = _split_by_key(fields, versions.keys())
    days = [
        build_day_form(doctor_id, chosen, request_id, versions[doctor_id], boxes.get(doctor_id, {}))
        for doctor_id in doctor_ids
    ]
    return DaysForm(date=chosen, days=tuple(days))


def _split_version(value: str) -> tuple[str, int]:
    key, _, version = value.partition("/")
    return key, parse_version(version)


def _parse_versions(values: list[str], chosen: date) -> dict[date, int]:
    versions: dict[date, int] = {}
    for text, version in map(_split_version, values):
        versions[parse_date(text, "version")] = version
    if any(on.isocalendar()[:2] != chosen.isocalendar()[:2] for on in versions):
        raise invalid_field("version", "dates of one week")
    return versions


def _split_by_key(
    fields: Mapping[str, list[str]], keys: Collection[str]
) -> Mapping[str, Mapping[str, list[str]]]:
    """Return the fields of the form of each day, without its key in their values."""
    split: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for name in _BOXES:
        for value in fields.get(name, ()):
            key, _, box = value.partition("/")
            if key not in keys:
                raise invalid_field(name, "the value of a box")
            split[key][name].append(box)
    return split
