"""Holds cannot starve other clients: their age, their end and their number are limited."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from msgspec import structs

from tests.support import direct_writes
from tests.support.app_client import build_services, rejection_codes
from tests.support.factories import SUNDAY_NOON, to_instant

if TYPE_CHECKING:
    from tests.api.conftest import SignIn
    from tests.support.app_client import AppClient


NINE, TEN = "2026-11-23T09:00:00+00:00", "2026-11-23T10:00:00+00:00"


@pytest.fixture
def limited(site: AppClient, other_site: AppClient) -> tuple[AppClient, AppClient]:
    """Two booking sites that may each hold two slots of a doctor."""
    settings = structs.replace(site.services.settings, max_holds_per_client=2)
    settings = structs.replace(settings, oidc=site.services.auth.settings, local_caller=None)
    site.use_services(build_services(settings, site.clock))
    return site, other_site


def renew(site: AppClient, minutes: int, seconds: int = 1800) -> str:
    """Renew the hold of 09:00 after some time; return its end, as a time of Sunday."""
    site.clock.now += timedelta(minutes=minutes)
    return str(site.hold("09:00", seconds=seconds).json["held_until"][11:19])


def test_renewed_hold_ends_after_thirty_minutes_in_all(site: AppClient) -> None:
    site.hold("09:00", seconds=600)

    assert renew(site, minutes=8, seconds=600) == "12:18:00"
    assert [renew(site, minutes) for minutes in (5, 5, 5)] == ["12:30:00"] * 3
    site.clock.now = SUNDAY_NOON + timedelta(minutes=30)
    assert site.get_slot("09:00").json["status"] == "free"


def test_new_hold_after_the_end_has_its_own_age(site: AppClient) -> None:
    site.hold("09:00", seconds=30)

    assert renew(site, minutes=20) == "12:50:00"
    assert renew(site, minutes=10) == "12:50:00"


def test_hold_of_another_name_has_its_own_age(site: AppClient) -> None:
    site.hold("09:00", "hannah", seconds=1800)
    site.release("09:00", "hannah")
    site.clock.now += timedelta(minutes=20)

    assert site.hold("09:00", "ivan", seconds=1800).json["held_until"][11:19] == "12:50:00"


def test_hold_from_before_ages_were_stored_is_renewed_from_now(site: AppClient) -> None:
    direct_writes.hold_without_owner(to_instant("09:00"), "hannah")

    assert renew(site, minutes=20) == "12:50:00"
    assert renew(site, minutes=20) == "12:50:00"


def test_hold_ends_when_its_slot_starts(site: AppClient) -> None:
    site.clock.now = to_instant("08:58")

    assert site.hold("09:00", seconds=1800).json["held_until"] == NINE


def test_hold_lasts_to_last_bookable_instant_and_can_be_booked(
    site: AppClient, sign_in: SignIn
) -> None:
    sign_in("admin").update_doctor(lead_minutes=61)
    site.clock.now = to_instant("07:58")

    held = site.hold("09:00", seconds=600)

    assert held.json["held_until"] == "2026-11-23T07:59:00+00:00"
    site.clock.now = to_instant("07:59") - timedelta(microseconds=1)
    assert site.book("09:00", holder="hannah").status == 201


def test_hold_can_be_booked_whatever_the_settings_become(site: AppClient, sign_in: SignIn) -> None:
    site.hold("09:00", "hannah", seconds=1800)
    sign_in("admin").update_doctor(lead_minutes=43_200)

    assert rejection_codes(site.book("09:30")) == [("2026-11-23T09:30:00+00:00", "not_bookable")]
    assert rejection_codes(site.book("09:00", holder="ivan")) == [(NINE, "slot_taken")]
    assert site.book("09:00", holder="hannah").status == 201


def test_expired_hold_does_not_help_after_settings_change(site: AppClient, sign_in: SignIn) -> None:
    site.hold("09:00", "hannah", seconds=30)
    sign_in("admin").update_doctor(lead_minutes=43_200)
    site.clock.now += timedelta(seconds=30)

    assert rejection_codes(site.book("09:00", holder="hannah")) == [(NINE, "not_bookable")]


def test_client_holds_limited_number_of_slots(limited: tuple[AppClient, AppClient]) -> None:
    site, other = limited
    site.hold("09:00", "a", seconds=60)
    site.hold("09:30", "b", seconds=90)
    site.clock.now += timedelta(seconds=15, microseconds=1)
    before = site.export()

    refused = site.hold("10:00", "c")

    assert rejection_codes(refused, 429) == [(TEN, "too_many_holds")]
    assert refused.headers["Retry-After"] == "45"
    assert site.export() == before
    assert site.hold("09:30", "b", seconds=90).status == 200  # a renewal is not one more
    assert other.hold("10:00", "c").status == 200


@pytest.mark.parametrize("end", ["release", "book", "expire", "override"])
def test_ended_hold_counts_no_longer(
    limited: tuple[AppClient, AppClient], sign_in: SignIn, end: str
) -> None:
    site, _ = limited
    admin = sign_in("admin")
    site.hold("09:00", "a", seconds=60)
    site.hold("09:30", "b")

    match end:
        case "release":
            site.release("09:00", "a")
        case "book":
            site.book("09:00", "b-1", holder="a")
        case "expire":
            site.clock.now += timedelta(seconds=60)
        case "override":
            assert admin.override("release", "09:00").status == 200

    assert site.hold("10:00", "c").status == 200
    (counted,) = site.find_items("holds")
    assert set(counted["held"]["SS"]) == {"2026-11-23T09:30Z", "2026-11-23T10:00Z"}
    assert "2026-11-23T09:00Z" not in counted


def test_limit_counts_each_doctor_alone(
    limited: tuple[AppClient, AppClient], sign_in: SignIn
) -> None:
    site, _ = limited
    sign_in("admin").save("09:00", doctor_id="dr-twenty")
    site.hold("09:00", "a")
    site.hold("09:30", "b")

    other_doctor = site.put("/slots/dr-twenty~20261123T0900Z/hold", {"holder": "c", "seconds": 60})

    assert other_doctor.status == 200
