"""Each condition of a write, met by somebody who read before somebody else wrote."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from chalicelib.domain.caller import Caller, Role
from chalicelib.domain.claims import Hold
from chalicelib.domain.day import Change, Day
from chalicelib.domain.errors import DayChanged, NotAllowed, SlotDiffers
from chalicelib.domain.saved import Saved
from chalicelib.domain.slot import SlotStatus
from chalicelib.storage import table
from chalicelib.storage.bookings import BookingRepository
from chalicelib.storage.days import DayRepository
from chalicelib.storage.recent_doctors import DoctorCache
from chalicelib.storage.search_index import AvailabilityIndex
from chalicelib.use_cases.manage_slots import ManageSlots, SaveRequest
from tests import behind
from tests.builders import MONDAY, SUNDAY_NOON, a_doctor, a_slot, at, tick

if TYPE_CHECKING:
    from datetime import date

    from chalicelib.domain.doctor import Doctor
    from chalicelib.domain.slot import Slot
    from tests.site import Site

pytestmark = pytest.mark.both_stores

DAYS = DayRepository()
DR_LEE = a_doctor()


def read() -> Day:
    _, day, _ = DAYS.get_with_change("dr-lee", MONDAY)
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
        role=Role.DOCTOR,
        client="test",
        change=Change(opens=opens, withdraws=withdraws),
    )
    return DAYS.save(DR_LEE, day, saved, now=SUNDAY_NOON)


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
        write(
            day,
            opens=(a_slot("11:00"),),
            withdraws=(a_slot("09:00"), a_slot("10:00")),
            request="late",
        )

    assert (changed.value.stay, changed.value.exist) == ((a_slot("10:00"),), ())
    assert len(read().slots) == 2


@pytest.mark.usefixtures("site")
def test_a_hold_that_ran_out_and_was_taken_anew_keeps_its_slot() -> None:
    write(read(), opens=(a_slot("09:00"),), request="before")
    behind.hold(at("09:00"), until=SUNDAY_NOON)
    lapsed = read()
    behind.hold(at("09:00"), until=SUNDAY_NOON + timedelta(minutes=5))

    with pytest.raises(DayChanged):
        write(lapsed, withdraws=(a_slot("09:00"),), request="late")


@pytest.mark.usefixtures("site")
def test_a_booking_that_began_as_a_hold_does_not_run_out_with_it() -> None:
    write(read(), opens=(a_slot("09:00"),), request="before")
    behind.hold(at("09:00"), until=SUNDAY_NOON)
    lapsed = read()
    behind.book(at("09:00"), held_until=SUNDAY_NOON)

    with pytest.raises(DayChanged):
        write(lapsed, withdraws=(a_slot("09:00"),), request="late")


@pytest.mark.usefixtures("site")
def test_a_booking_that_keeps_the_trace_of_a_hold_is_not_sold_again_when_that_runs_out() -> None:
    write(read(), opens=(a_slot("09:00"),), request="before")
    behind.book(at("09:00"), held_until=SUNDAY_NOON)
    hold = Hold(holder="ivan", until=SUNDAY_NOON + timedelta(minutes=5))

    with pytest.raises(SlotDiffers) as differs:
        BookingRepository().hold(DR_LEE, a_slot("09:00"), hold, now=SUNDAY_NOON)

    assert differs.value.found is not None
    assert differs.value.found.slot.status is SlotStatus.BOOKED


def test_a_booking_that_keeps_the_trace_of_a_hold_is_not_released_with_it(site: Site) -> None:
    site.save("09:00")
    site.hold("09:00", "hannah")
    behind.book(at("09:00"))

    assert site.release("09:00", "hannah").status == 204
    assert site.slot("09:00").json["status"] == "busy"


def test_a_hold_that_keeps_the_trace_of_a_booking_is_not_cancelled_with_it(site: Site) -> None:
    site.save("09:00")
    site.book("09:00", "b-1")
    behind.hold(at("09:00"), until=SUNDAY_NOON + timedelta(minutes=5))

    assert site.cancel("09:00", "b-1").status == 204
    assert site.slot("09:00").json["status"] == "busy-tentative"


@pytest.mark.usefixtures("site")
def test_all_slots_that_are_in_the_way_of_a_save_are_named() -> None:
    slots = (a_slot("09:00"), a_slot("10:00"), a_slot("11:00"))
    write(read(), opens=slots, request="before")
    day = read()
    behind.book(at("09:00"))
    behind.book(at("11:00"))

    with pytest.raises(DayChanged) as changed:
        write(day, withdraws=slots, request="late")

    assert changed.value.stay == (a_slot("09:00"), a_slot("11:00"))


def test_a_day_that_is_not_there_is_not_made_by_placing_it(site: Site) -> None:
    before = site.export()

    with pytest.raises(DayChanged):
        AvailabilityIndex().reindex(site.services.doctors.get("dr-lee"), [MONDAY])

    assert site.export() == before


@pytest.mark.usefixtures("site")
def test_a_save_leaves_what_patients_do_to_other_slots_meanwhile() -> None:
    write(read(), opens=(a_slot("09:00"), a_slot("10:00")), request="before")
    day = read()
    behind.book(at("10:00"))

    write(day, opens=(a_slot("11:00"),), withdraws=(a_slot("09:00"),), request="after")

    assert read().slots == {
        at("10:00"): a_slot("10:00", status=SlotStatus.BOOKED),
        at("11:00"): a_slot("11:00"),
    }
    assert (read().version, read().revision) == (2, 3)


@pytest.mark.usefixtures("site")
def test_what_a_save_is_decided_on_is_read_consistently() -> None:
    asked: list[bool] = []

    def listen(params: dict[str, bytes], **_: object) -> None:
        (tables,) = json.loads(params["body"])["RequestItems"].values()
        asked.append(tables["ConsistentRead"])

    events = table.connection().client.meta.events
    events.register("before-call.dynamodb.BatchGetItem", listen)
    read()
    events.unregister("before-call.dynamodb.BatchGetItem", listen)

    assert asked == [True]


@pytest.mark.parametrize(
    "stranger",
    [
        Caller(name="x", client="x", roles=frozenset({Role.DOCTOR}), doctor_id="dr-okafor"),
        Caller(name="x", client="x", roles=frozenset({Role.DELEGATE})),
        Caller(name="x", client="x", roles=frozenset({Role.BOOKING_SITE})),
        Caller(name="sam", client="x", roles=frozenset()),
    ],
)
def test_whom_a_doctor_has_not_named_may_neither_look_nor_save(
    site: Site, stranger: Caller
) -> None:
    slots = site.services.manage_slots
    request = SaveRequest(doctor_id="dr-lee", date=MONDAY, asked=(tick("09:00"),), request_id="x")

    with pytest.raises(NotAllowed):
        slots.look_at(stranger, "dr-lee", MONDAY)
    with pytest.raises(NotAllowed):
        slots.save(stranger, request)

    assert read().slots == {}


@pytest.mark.parametrize(
    "friend",
    [
        Caller(name="x", client="x", roles=frozenset({Role.DOCTOR}), doctor_id="dr-lee"),
        Caller(name="sam", client="x", roles=frozenset({Role.DELEGATE})),
        Caller(name="x", client="x", roles=frozenset({Role.ADMIN})),
    ],
)
def test_the_doctor_herself_her_delegate_and_an_admin_may_save_and_are_named(
    site: Site, friend: Caller
) -> None:
    request = SaveRequest(doctor_id="dr-lee", date=MONDAY, asked=(tick("09:00"),), request_id="x")

    site.services.manage_slots.save(friend, request)

    (change,) = (item for item in site.export() if item["type"]["S"] == "change")
    assert (change["by"]["S"], change["client"]["S"]) == (friend.name, "x")


def test_a_doctor_who_is_known_is_left_as_she_is(site: Site) -> None:
    namesake = replace(a_doctor("dr-lee"), name="Somebody Else")

    assert not site.services.doctors.add(namesake)
    assert site.get("/doctors/dr-lee").json["name"] == "Dr Mina Lee"


class TornDays(DayRepository):
    """The first read finds a save half way: its change but not its day, or the other way round."""

    def __init__(self, missing: str) -> None:
        self.missing = missing

    def load(
        self, doctor_id: str, on: date, request_id: str | None = None
    ) -> tuple[Doctor, Day, Saved | None]:
        doctor, day, saved = super().get_with_change(doctor_id, on, request_id)
        missing, self.missing = self.missing, ""
        if missing == "day":
            return doctor, Day(doctor_id=doctor_id, date=on), saved
        return doctor, day, None if missing == "change" else saved


@pytest.mark.parametrize("if_versions", [None, frozenset({0})])
@pytest.mark.parametrize("missing", ["day", "change"])
def test_a_request_sent_twice_at_once_is_not_refused_for_what_it_did_itself(
    site: Site, missing: str, if_versions: frozenset[int] | None
) -> None:
    site.save("09:00", Idempotency_Key="twice")
    recent = DoctorCache(site.services.doctors, site.clock)
    slots = ManageSlots(TornDays(missing), recent, site.clock, lambda _attempt: None)
    request = SaveRequest(
        doctor_id="dr-lee",
        date=MONDAY,
        asked=(tick("09:00"),),
        request_id="twice",
        if_versions=if_versions,
    )

    again = slots.save(site.caller, request)

    assert (again.version, again.day.version) == (1, 1)
