"""Each condition of a write, met by somebody who read before somebody else wrote."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from chalicelib.domain.day import Change
from chalicelib.domain.errors import DayChanged
from chalicelib.domain.saved import Saved
from chalicelib.storage.days import Days
from tests import behind
from tests.builders import MONDAY, SUNDAY_NOON, a_doctor, a_slot, at

if TYPE_CHECKING:
    from chalicelib.domain.day import Day
    from chalicelib.domain.slot import Slot
    from tests.site import Site

DAYS = Days()


def read() -> Day:
    _, day, _ = DAYS.load("dr-lee", MONDAY)
    return day


def write(
    day: Day, *, opens: tuple[Slot, ...] = (), withdraws: tuple[Slot, ...] = (), request: str = "x"
) -> Day:
    saved = Saved(
        request_id=request,
        fingerprint="f",
        version=day.version + 1,
        at=SUNDAY_NOON,
        by="dr-lee",
        client="test",
        change=Change(opens=opens, withdraws=withdraws),
    )
    return DAYS.save(day, saved, now=SUNDAY_NOON)


@pytest.mark.usefixtures("site")
def test_of_two_first_saves_of_a_day_one_stands() -> None:
    one, other = read(), read()
    write(one, opens=(a_slot("09:00"),), request="one")

    with pytest.raises(DayChanged):
        write(other, opens=(a_slot("09:15"),), request="other")

    assert list(read().slots) == [at("09:00")]


@pytest.mark.usefixtures("site")
def test_of_two_saves_on_the_same_version_one_stands() -> None:
    write(read(), opens=(a_slot("09:00"),), request="before")
    one, other = read(), read()
    write(one, opens=(a_slot("10:00"),), request="one")

    with pytest.raises(DayChanged):
        write(other, opens=(a_slot("10:15"),), request="other")

    assert (read().version, sorted(read().slots)) == (2, [at("09:00"), at("10:00")])


@pytest.mark.usefixtures("site")
def test_a_request_is_carried_out_once_even_on_the_day_that_it_made() -> None:
    write(read(), opens=(a_slot("09:00"),), request="twice")

    with pytest.raises(DayChanged):
        write(read(), opens=(a_slot("10:00"),), request="twice")

    assert read().version == 1


@pytest.mark.usefixtures("site")
def test_a_slot_that_is_there_is_named_when_it_cannot_be_put() -> None:
    day = write(read(), opens=(a_slot("09:00"),), request="before")
    without = replace(day, slots={})

    with pytest.raises(DayChanged) as changed:
        write(without, opens=(a_slot("09:00"), a_slot("10:00")), request="again")

    assert changed.value.exist == (a_slot("09:00"),)


@pytest.mark.usefixtures("site")
def test_a_slot_booked_since_it_was_read_is_named_when_it_cannot_be_withdrawn() -> None:
    write(read(), opens=(a_slot("09:00"), a_slot("10:00")), request="before")
    day = read()
    behind.book(at("10:00"))

    with pytest.raises(DayChanged) as changed:
        write(day, withdraws=(a_slot("09:00"), a_slot("10:00")), request="late")

    assert changed.value.stay == (a_slot("10:00"),)
    assert len(read().slots) == 2


def test_a_doctor_who_is_known_is_left_as_she_is(site: Site) -> None:
    namesake = replace(a_doctor("dr-lee"), name="Somebody Else")

    assert not site.services.doctors.add(namesake)
    assert site.get("/doctors/dr-lee").json["name"] == "Dr Mina Lee"
