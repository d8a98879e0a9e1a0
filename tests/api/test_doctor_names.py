"""Names, time zones and unknown members in a doctor's settings."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.support.all_routes import user_claims
from tests.support.factories import DOCTOR_SETTINGS, make_doctor, make_grid

if TYPE_CHECKING:
    from tests.support.app_client import AppClient
    from tests.support.fake_oidc_provider import FakeOidcProvider


def test_blanks_around_names_are_dropped(client: AppClient) -> None:
    blank = {
        "name": " Dr New \u3000",
        "specialty": "cardiology ",
        "location": "\u00a0Leeds",
        "delegates": ["sam "],
    }

    created = client.put("/doctors/dr-new", {**DOCTOR_SETTINGS, **blank})

    assert created.status == 201
    assert [created.json[name] for name in blank] == ["Dr New", "cardiology", "Leeds", ["sam"]]
    found = client.get("/doctors?specialty=cardiology&location=Leeds").json["doctors"]
    assert [doctor["doctor_id"] for doctor in found] == ["dr-new"]


@pytest.mark.parametrize("name", ["name", "specialty", "location", "delegates"])
@pytest.mark.parametrize("text", ["\u200b", "Dr \u202eeeL", "Leeds\u2028", " \u00a0 ", "Dr Lee\n"])
def test_names_that_people_cannot_read_are_rejected(
    client: AppClient, name: str, text: str
) -> None:
    value = [text] if name == "delegates" else text

    rejected = client.put("/doctors/dr-new", {**DOCTOR_SETTINGS, name: value})

    assert (rejected.status, rejected.error_codes) == (400, [(name, "invalid")])


def test_unknown_members_are_named(client: AppClient) -> None:
    sessions = [{"from": "09:00", "to": "12:00", "day": "mon"}]
    misspelt = {"lead_minute": 60, "sessions": sessions, "Name": "x"}

    rejected = client.put("/doctors/dr-lee", {**DOCTOR_SETTINGS, **misspelt})

    assert rejected.status == 400
    assert sorted(rejected.error_codes) == [
        ("Name", "unknown_member"),
        ("lead_minute", "unknown_member"),
        ("sessions[0].day", "unknown_member"),
    ]


def test_alias_of_a_time_zone_is_stored_as_its_canonical_name(client: AppClient) -> None:
    alias = {**DOCTOR_SETTINGS, "time_zone": "Asia/Calcutta"}

    created, again = (client.put("/doctors/dr-new", alias) for _ in range(2))
    canonical = client.put("/doctors/dr-new", {**DOCTOR_SETTINGS, "time_zone": "Asia/Kolkata"})

    assert [created.status, again.status, canonical.status] == [201, 200, 200]
    assert {each.json["time_zone"] for each in (created, again, canonical)} == {"Asia/Kolkata"}


def test_doctor_stored_with_an_alias_and_blanks_can_be_changed(
    authenticated_client: AppClient, oidc_provider: FakeOidcProvider
) -> None:
    """A former release stored names and zones as they were sent."""
    doctor = make_doctor("dr-old", make_grid(("09:00", "12:00"), zone="Asia/Calcutta"))
    stored = replace(doctor, name="Dr Old ", specialty=" surgery", location="Leeds ")
    assert authenticated_client.services.doctors.add(stored)
    bearer = {
        "Authorization": f"Bearer {oidc_provider.access_token(user_claims('dr-old', 'doctor'))}"
    }
    settings = authenticated_client.get("/doctors/dr-old", **bearer).json

    changed = authenticated_client.put("/doctors/dr-old", settings | {"lead_minutes": 5}, **bearer)

    assert (changed.status, changed.json["lead_minutes"]) == (200, 5)
    assert (changed.json["name"], changed.json["time_zone"]) == ("Dr Old", "Asia/Kolkata")
