"""The form of a doctor's settings: what it sends is what it shows, and each error has a field."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING

import msgspec
import pytest
from msgspec import structs

from chalicelib.domain.errors import RequestRejectedError
from chalicelib.domain.grid import ClinicSession, Grid
from chalicelib.web.api.fields import WEEKDAYS
from chalicelib.web.pages.doctor_form import TEXT_FIELDS, DoctorForm, HoursRow
from chalicelib.web.pages.doctor_form_parsing import parse_doctor_form
from tests.support.factories import LONDON, make_doctor

if TYPE_CHECKING:
    from chalicelib.domain.doctor import Doctor

HOUR = timedelta(hours=1)
FORM = DoctorForm.of_doctor(make_doctor())


def fields_of(form: DoctorForm) -> dict[str, list[str]]:
    """The fields as a browser sends them."""
    fields = {name: [getattr(form, name).replace("\n", "\r\n")] for name in TEXT_FIELDS}
    fields |= {
        "version": [str(form.version)],
        "initial": [msgspec.json.encode(form.initial).decode()],
    }
    for number, row in enumerate(form.rows, start=1):
        fields[f"from_{number}"], fields[f"to_{number}"] = [row.start], [row.end]
        if row.days:
            fields[f"days_{number}"] = sorted(row.days)
    return fields


def random_doctor(random: Random) -> Doctor:
    days = random.sample(range(7), random.randint(1, 7))
    sessions = tuple(
        ClinicSession(start=first * HOUR, end=(first + 2) * HOUR, weekdays=frozenset(days))
        for first in sorted(random.sample(range(0, 24, 2), random.randint(1, 4)))
    )
    return replace(
        make_doctor(),
        grid=Grid(sessions=sessions, slot_length=HOUR / random.choice((1, 2, 3)), zone=LONDON),
        lead_time=timedelta(minutes=random.randint(0, 43_200)),
        booking_window=timedelta(days=random.randint(1, 730)),
        delegates=frozenset(random.sample(["sam", "kim lee", "o'hara", "Ö"], random.randint(0, 4))),
        version=random.randint(1, 99),
    )


def errors_of(**texts: object) -> dict[str, str]:
    parsed = parse_doctor_form(structs.replace(FORM, **texts), "dr-lee")
    assert parsed.settings is None
    return dict(parsed.errors)


def rows(*hours: tuple[str, str, str]) -> tuple[HoursRow, ...]:
    return tuple(
        HoursRow(days=frozenset(filter(None, days.split())), start=start, end=end)
        for days, start, end in hours
    )


@pytest.mark.parametrize("seed", range(20))
def test_form_without_edits_keeps_the_settings(seed: int) -> None:
    doctor = random_doctor(Random(seed))
    form = DoctorForm.of_fields(fields_of(DoctorForm.of_doctor(doctor)))

    settings = parse_doctor_form(form, doctor.doctor_id).settings

    assert settings
    assert replace(settings.to_doctor(), version=doctor.version) == doctor
    assert form == DoctorForm.of_doctor(doctor)
    assert not form.touched()


def test_rebased_form_keeps_edits_and_follows_changed_settings() -> None:
    edited = structs.replace(FORM, lead_minutes="9x", delegates="kim")
    stored = replace(make_doctor(), booking_window=timedelta(days=30), version=8)

    rebased = edited.rebased(replace(stored, lead_time=HOUR))

    assert edited.touched() == rebased.touched() == {"lead_minutes", "delegates"}
    assert (rebased.lead_minutes, rebased.delegates) == ("9x", "kim")
    assert (rebased.window_days, rebased.version) == ("30", 8)
    assert rebased.initial["lead_minutes"] == "60"


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("slot_minutes", "4"),
        ("slot_minutes", "241"),
        ("slot_minutes", "half an hour"),
        ("slot_minutes", "٣٠"),
        ("lead_minutes", "43201"),
        ("lead_minutes", "-1"),
        ("window_days", "0"),
        ("window_days", "731"),
        ("window_days", ""),
        ("name", " "),
        ("specialty", "\u202e"),
        ("location", "x" * 101),
        ("delegates", "sam\n\u200b"),
        ("time_zone", "Europe/Atlantis"),
    ],
)
def test_each_value_that_is_wrong_has_its_error(field: str, text: str) -> None:
    assert errors_of(**{field: text}).keys() == {field}


@pytest.mark.parametrize(
    ("sent", "fields"),
    [
        (rows(("", "09:00", "12:00")), {"from_1"}),
        (rows(("mon", "09:00", "12:00"), ("mon", "9 am", "")), {"from_2"}),
        (rows(("mon", "12:00", "12:00")), {"from_1"}),
        (rows(("", "", "")), {"sessions"}),
        (rows(("mon tue", "09:00", "12:00"), ("tue wed", "11:30", "13:00")), {"sessions"}),
        (rows(("mon", "09:00", "12:10")), {"sessions"}),
    ],
)
def test_hours_that_are_wrong_have_their_error(
    sent: tuple[HoursRow, ...], fields: set[str]
) -> None:
    assert errors_of(rows=sent).keys() == fields


def test_day_of_too_many_slots_is_an_error_of_the_hours() -> None:
    sent = rows((" ".join(WEEKDAYS), "00:00", "24:00"))
    assert "96" in errors_of(rows=sent, slot_minutes="5")["sessions"]


def test_rows_are_added_and_removed_and_one_stays() -> None:
    form = structs.replace(FORM, rows=rows(("mon", "9", "12"), ("tue", "9", "12")))
    assert form.with_row().rows == (*form.rows, HoursRow())
    assert form.without_row(1).rows == form.rows[1:]
    assert form.without_row(1).without_row(1).rows == (HoursRow(),)


@pytest.mark.parametrize(
    ("field", "text"), [("days_1", "lundi"), ("version", "x"), ("initial", "[]")]
)
def test_fields_that_no_page_sends_are_rejected(field: str, text: str) -> None:
    with pytest.raises(RequestRejectedError):
        DoctorForm.of_fields({**fields_of(FORM), field: [text]})
