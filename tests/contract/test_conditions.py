"""Each condition of a write, met by somebody who read before somebody else wrote."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from chalicelib.domain.day import Change
from chalicelib.domain.errors import DayChanged
from chalicelib.domain.saved import Saved
from chalicelib.storage.days import Days
from chalicelib.use_cases.manage_slots import ManageSlots, SaveRequest
from tests import behind
from tests.builders import LONDON, MONDAY, SUNDAY_NOON, a_doctor, a_slot, at, tick

if TYPE_CHECKING:
    from datetime import date

    from chalicelib.domain.day import Day
    from chalicelib.domain.doctor import Doctor
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


class TornDays(Days):
    """The first read finds the day as a save left it, but not yet that save's change."""

    def __init__(self) -> None:
        self.reads = 0

    def load(
        self, doctor_id: str, on: date, request_id: str | None = None
    ) -> tuple[Doctor, Day, Saved | None]:
        doctor, day, saved = super().load(doctor_id, on, request_id)
        self.reads += 1
        return doctor, day, None if self.reads == 1 else saved


def test_a_request_sent_twice_at_once_is_not_refused_for_what_it_did_itself(site: Site) -> None:
    site.save("09:00", Idempotency_Key="twice")
    slots = ManageSlots(TornDays(), lambda _id: LONDON, site.clock, lambda _attempt: None)
    request = SaveRequest(
        doctor_id="dr-lee", date=MONDAY, asked=(tick("09:00"),), request_id="twice"
    )

    again = slots.save(site.services.local_caller, request)

    assert (again.version, again.day.version) == (1, 1)
