"""The form of a week: the forms of its dates in one, each box with its date."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from msgspec import Struct

from chalicelib.web.api.validators import invalid_field, parse_date, valid_doctor_id, valid_key
from chalicelib.web.pages.day_form import (
    DayForm,
    build_day_form,
    decode_fields,
    parse_version,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from chalice.app import Request

_BOXES = ("shown", "offered", "ticked")


class WeekForm(Struct, frozen=True, kw_only=True):
    """The submitted form of a week; ``date`` is the date that the user chose."""

    doctor_id: str
    date: date
    request_id: str
    days: tuple[DayForm, ...]

    @property
    def edited(self) -> tuple[DayForm, ...]:
        """The dates that have changes."""
        return tuple(day for day in self.days if day.request.changes)


def parse_week_form(request: Request) -> WeekForm:
    """``POST /slots/week`` from the page. Raises ``RequestRejectedError``, ``HttpError``."""
    fields = decode_fields(request)
    doctor_id = valid_doctor_id(fields["doctor_id"][-1])
    request_id = valid_key("request_id", fields["request_id"][-1])
    chosen = parse_date(fields["date"][-1])
    versions = _parse_versions(fields["version"], chosen)
    boxes = _split_by_date(fields, versions)
    days = [
        build_day_form(doctor_id, on, request_id, version, boxes.get(on, {}))
        for on, version in sorted(versions.items())
    ]
    return WeekForm(
        doctor_id=doctor_id,
        date=chosen,
        request_id=request_id,
        days=tuple(days),
    )


def _parse_versions(values: list[str], chosen: date) -> dict[date, int]:
    versions: dict[date, int] = {}
    for value in values:
        text, _, version = value.partition("/")
        versions[parse_date(text, "version")] = parse_version(version)
    if any(on.isocalendar()[:2] != chosen.isocalendar()[:2] for on in versions):
        raise invalid_field("version", "dates of one week")
    return versions


def _split_by_date(
    fields: Mapping[str, list[str]], versions: Mapping[date, int]
) -> Mapping[date, Mapping[str, list[str]]]:
    """Return the fields of the form of each date, without the dates in their values."""
    by_text = {on.isoformat(): on for on in versions}
    split: dict[date, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for name in _BOXES:
        for value in fields.get(name, ()):
            text, _, box = value.partition("/")
            if text not in by_text:
                raise invalid_field(name, "the value of a box")
            split[by_text[text]][name].append(box)
    return split
