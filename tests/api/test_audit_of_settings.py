"""What a change of a doctor's settings adds to the audit log."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import replace

from chalicelib.domain.doctor import Doctor
from chalicelib.domain.settings_changes import changed_settings
from tests.support.app_client import build_services
from tests.support.factories import MONDAY, make_doctor
from tests.support.fake_oidc_provider import PAGE_CLIENT_ID

if TYPE_CHECKING:
    from tests.support.app_client import AppClient
    from tests.support.fake_oidc_provider import FakeOidcProvider


def settings_changes(
    client: AppClient, doctor_id: str = "dr-lee", **headers: str
) -> list[dict[str, Any]]:
    """Return the recorded changes of the settings, the oldest first."""
    feed = client.get(f"/doctors/{doctor_id}/changes?kind=settings", **headers).json["changes"]
    return [
        {
            setting["name"]: (setting["before"], setting["after"])
            for setting in change.get("settings", [])
        }
        for change in reversed(feed)
    ]


def test_change_is_recorded_with_old_and_new_values(client: AppClient) -> None:
    client.update_doctor(lead_minutes=60, delegates=["kim", "sam"])

    assert settings_changes(client) == [
        {"lead_minutes": (0, 60), "delegates": (["sam"], ["kim", "sam"])}
    ]


def test_author_of_settings_is_recorded(client: AppClient) -> None:
    client.update_doctor(lead_minutes=60)

    (change,) = client.get("/doctors/dr-lee/changes").json["changes"]

    assert change["by"] == {"name": "Dr Mina Lee", "role": "doctor"}
    assert (change["date"], change["opened"], change["at"]) == (
        None,
        [],
        "2026-11-22T12:00:00+00:00",
    )


def test_new_doctor_is_recorded_with_every_setting(client: AppClient) -> None:
    settings = client.get("/doctors/dr-lee").json

    client.put("/doctors/dr-new", settings | {"doctor_id": "dr-new"})

    (created,) = settings_changes(client, "dr-new")
    assert created["name"] == (None, "Dr Mina Lee")
    assert created["delegates"] == (None, ["sam"])
    assert created["time_zone"] == (None, "Europe/London")


def test_unchanged_settings_are_not_recorded(client: AppClient) -> None:
    assert client.update_doctor().status == 200

    assert settings_changes(client) == []


def test_rejected_settings_are_not_recorded(client: AppClient) -> None:
    assert client.update_doctor(time_zone="Europe/Paris").status == 409

    assert settings_changes(client) == []


def test_reindex_after_relocation_is_not_recorded(client: AppClient) -> None:
    client.save("09:00", date=MONDAY.isoformat())

    client.update_doctor(location="Leeds")

    assert settings_changes(client) == [{"location": ("London", "Leeds")}]


def test_replacing_all_delegates_fits_one_transaction(client: AppClient) -> None:
    first, second = ([f"{prefix}-{n:02}" for n in range(48)] for prefix in ("a", "b"))
    client.update_doctor(delegates=first)

    assert client.update_doctor(delegates=second).status == 200

    assert settings_changes(client)[-1] == {"delegates": (first, second)}


@pytest.mark.parametrize("group", ["delegate", "doctor", "admin"])
def test_delegates_do_not_see_changes_of_delegates(
    client: AppClient, oidc_provider: FakeOidcProvider, group: str
) -> None:
    client.update_doctor(lead_minutes=60, delegates=["kim", "sam"])
    client.update_doctor(delegates=["sam"])
    name = {"delegate": "sam", "doctor": "dr-lee", "admin": "alex"}[group]
    claims = {"username": name, "cognito:groups": [group], "client_id": PAGE_CLIENT_ID}
    token = f"Bearer {oidc_provider.access_token(claims)}"
    settings = replace(client.services.settings, local_caller=None, oidc=oidc_provider.settings())
    client.use_services(build_services(settings, client.clock))

    changes = settings_changes(client, Authorization=token)

    lead = {"lead_minutes": (0, 60)}
    added, removed = (["sam"], ["kim", "sam"]), (["kim", "sam"], ["sam"])
    assert changes == (
        [lead, {}]
        if group == "delegate"
        else [{**lead, "delegates": added}, {"delegates": removed}]
    )


def test_every_setting_of_a_doctor_is_compared() -> None:
    internal = {"doctor_id", "fhir_id", "version", "reindex_pending"}
    # A grid has the sessions, the slot length and the time zone.
    parts = {"grid": {"sessions", "slot_minutes", "time_zone"}}
    renamed = {"lead_time": "lead_minutes", "booking_window": "window_days", "is_active": "active"}
    expected: set[str] = set()
    for name in {field.name for field in fields(Doctor)} - internal:
        expected |= parts.get(name, {renamed.get(name, name)})

    assert changed_settings(None, make_doctor()).keys() == expected
