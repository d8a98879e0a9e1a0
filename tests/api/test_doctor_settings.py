"""Creating doctors and changing their settings."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ReadTimeoutError

from chalicelib import bootstrap
from chalicelib.domain.errors import DoctorModifiedError
from chalicelib.web.api.fields import WEEKDAYS
from tests.support.app_client import is_unavailable
from tests.support.dynamodb_responses import TRANSACT_WRITE, TRANSACTION_CONFLICT

if TYPE_CHECKING:
    from tests.support.app_client import AppClient


NEW_DOCTOR: dict[str, Any] = {
    "name": "Dr Nora New",
    "specialty": "surgery",
    "location": "Leeds",
    "time_zone": "Europe/London",
    "slot_minutes": 20,
    "sessions": [{"from": "09:00", "to": "12:00"}],
}


def test_new_doctor_gets_default_settings(client: AppClient) -> None:
    created = client.put("/doctors/dr-new", {"doctor_id": "dr-new", **NEW_DOCTOR})

    assert created.status == 201
    assert created.json == {
        "doctor_id": "dr-new", **NEW_DOCTOR, "lead_minutes": 0, "window_days": 365, "active": True,
        "delegates": [],
        "sessions": [{"days_of_week": list(WEEKDAYS), "from": "09:00", "to": "12:00"}],
    }  # fmt: skip
    assert client.get("/doctors/dr-new").json == created.json
    assert client.save("09:20", doctor_id="dr-new").status == 200


def test_settings_are_replaced_and_omitted_delegates_kept(
    client: AppClient,
) -> None:
    client.put("/doctors/dr-new", {**NEW_DOCTOR, "delegates": ["sam", "alex"], "lead_minutes": 60})

    changed = client.put("/doctors/dr-new", {**NEW_DOCTOR, "name": "Dr N. New"})

    assert (changed.status, changed.json["name"]) == (200, "Dr N. New")
    assert (changed.json["delegates"], changed.json["lead_minutes"]) == (["alex", "sam"], 0)
    assert client.put("/doctors/dr-new", {**NEW_DOCTOR, "delegates": []}).json["delegates"] == []


def test_sessions_are_returned_in_time_order(client: AppClient) -> None:
    sessions = [{"from": "13:00", "to": "24:00"}, {"from": "00:00", "to": "01:00"}]

    created = client.put("/doctors/dr-new", {**NEW_DOCTOR, "sessions": sessions})

    assert [session["from"] for session in created.json["sessions"]] == ["00:00", "13:00"]


def test_time_zone_cannot_be_changed(client: AppClient) -> None:
    client.put("/doctors/dr-new", NEW_DOCTOR)

    rejected = client.put("/doctors/dr-new", {**NEW_DOCTOR, "time_zone": "Europe/Paris"})

    assert (rejected.status, rejected.error_codes) == (409, [("time_zone", "invalid")])
    assert client.get("/doctors/dr-new").json["time_zone"] == "Europe/London"


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"time_zone": "Europe/Londn"}, "time_zone"),
        ({"time_zone": "../etc/passwd"}, "time_zone"),
        ({"time_zone": ""}, "time_zone"),
        ({"time_zone": "Factory"}, "time_zone"),
        ({"name": "Dr\nNew"}, "name"),
        ({"location": "Leeds\x00"}, "location"),
        ({"slot_minutes": 4, "sessions": [{"from": "09:00", "to": "09:04"}]}, "slot_minutes"),
        ({"slot_minutes": 241, "sessions": [{"from": "00:00", "to": "04:01"}]}, "slot_minutes"),
        ({"slot_minutes": 0}, "slot_minutes"),
        ({"slot_minutes": -20}, "slot_minutes"),
        ({"lead_minutes": -1}, "lead_minutes"),
        ({"lead_minutes": 43_201}, "lead_minutes"),
        ({"window_days": 0}, "window_days"),
        ({"window_days": 731}, "window_days"),
        ({"sessions": []}, "sessions"),
        ({"sessions": [{"from": "12:00", "to": "09:00"}]}, "sessions"),
        ({"sessions": [{"from": "09:00", "to": "09:00"}]}, "sessions"),
        ({"sessions": [{"from": "09:00", "to": "09:30"}]}, "sessions"),
        ({"sessions": [{"from": "09:00", "to": "24:20"}]}, "sessions[0].to"),
        ({"sessions": [{"from": "9:00", "to": "10:00"}]}, "sessions[0].from"),
        ({"sessions": [{"from": "09:00", "to": "10:00"},
                       {"from": "09:40", "to": "11:00"}]}, "sessions"),
        ({"slot_minutes": 5, "sessions": [{"from": "00:00", "to": "08:05"}]}, "sessions"),
        ({"name": " "}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"specialty": ""}, "specialty"),
        ({"location": ""}, "location"),
        ({"name": 7}, "name"),
        ({"doctor_id": "dr-other"}, "doctor_id"),
        ({"delegates": [""]}, "delegates"),
        ({"delegates": "sam"}, "delegates"),
        ({"slot_minutes": "20"}, "slot_minutes"),
        ({"slot_minutes": 10**30}, "slot_minutes"),
    ],
)  # fmt: skip
def test_invalid_settings_are_rejected_by_field(
    client: AppClient, changed: dict[str, Any], field: str
) -> None:
    rejected = client.put("/doctors/dr-new", {**NEW_DOCTOR, **changed})

    assert (rejected.status, rejected.error_codes) == (400, [(field, "invalid")]), rejected.text
    assert client.get("/doctors/dr-new").status == 404


def test_all_settings_violations_are_reported_at_once(client: AppClient) -> None:
    wrong = {"time_zone": "x", "lead_minutes": -1, "window_days": 0, "name": "", "sessions": []}

    rejected = client.put("/doctors/dr-new", {**NEW_DOCTOR, **wrong})

    assert sorted(field for field, _ in rejected.error_codes) == sorted(wrong)


@pytest.mark.parametrize("name", ["name", "specialty", "sessions"])
def test_missing_settings_are_listed(client: AppClient, name: str) -> None:
    sent = {key: value for key, value in NEW_DOCTOR.items() if key != name}

    assert client.put("/doctors/dr-new", sent).error_codes == [(name, "required")]


def test_invalid_doctor_id_is_rejected(client: AppClient) -> None:
    rejected = client.put("/doctors/dr.new", NEW_DOCTOR)

    assert (rejected.status, rejected.error_codes) == (400, [("doctor_id", "invalid")])


WHOLE_DAY = {"slot_minutes": 15, "sessions": [{"from": "00:00", "to": "24:00"}]}


def test_grid_is_limited_to_96_slots(client: AppClient) -> None:
    settings = {**NEW_DOCTOR, **WHOLE_DAY, "time_zone": "Asia/Kolkata"}

    assert client.put("/doctors/dr-new", settings).status == 201
    assert len(client.get_day("dr-new").json["slots"]) == 96


def test_grid_is_limited_to_92_slots_where_clocks_change(client: AppClient) -> None:
    shorter = {"slot_minutes": 15, "sessions": [{"from": "00:00", "to": "23:00"}]}

    rejected = client.put("/doctors/dr-new", {**NEW_DOCTOR, **WHOLE_DAY})

    assert (rejected.status, rejected.error_codes) == (400, [("sessions", "invalid")])
    assert "at most 92 slots" in rejected.json["detail"]
    assert client.put("/doctors/dr-new", {**NEW_DOCTOR, **shorter}).status == 201
    autumn = client.get_day("dr-new", "2027-10-31").json["slots"]
    everything = [{"start": slot["start"], "status": "free"} for slot in autumn]
    saved = client.post_slots({"doctor_id": "dr-new", "date": "2027-10-31", "slots": everything})
    assert (len(autumn), saved.status) == (96, 200)


def test_stored_grid_of_96_slots_works_where_clocks_change(client: AppClient) -> None:
    autumn = client.get_day("dr-quarter", "2027-10-31").json["slots"]
    changes = [{"start": slot["start"], "status": "free"} for slot in autumn]
    day = {"doctor_id": "dr-quarter", "date": "2027-10-31"}

    assert client.update_doctor("dr-quarter", lead_minutes=60).status == 200
    rejected = client.post_slots({**day, "slots": changes})
    saves = [client.post_slots({**day, "slots": part}) for part in (changes[:96], changes[96:])]

    assert (len(changes), rejected.error_codes) == (100, [("slots", "too_many")])
    assert "in two saves" in rejected.json["detail"]
    assert [save.status for save in saves] == [200, 200]
    assert len(saves[1].free_times) == 100


def test_longest_names_fit_the_keys(client: AppClient) -> None:
    long = {"specialty": "\U0001f600" * 100, "location": "#" * 100}

    assert client.put(f"/doctors/{'x' * 64}", {**NEW_DOCTOR, **long}).status == 201
    assert client.save("09:00", doctor_id="x" * 64).status == 200


def test_new_settings_apply_at_once_in_same_process(
    client: AppClient,
) -> None:
    client.save("09:00", "09:30")
    assert client.hold("09:00").status == 200

    client.update_doctor(slot_minutes=60, lead_minutes=43_200)

    assert (
        len(client.get_day().json["slots"]) == 8
    )  # two stored slots, and six of an hour on the grid
    assert client.save("10:00").json["slots"][2]["end"] == "2026-11-23T11:00:00+00:00"
    assert client.list_available() == []
    assert client.hold("09:30").error_codes == [("2026-11-23T09:30:00+00:00", "not_bookable")]


def test_new_settings_apply_elsewhere_within_ten_seconds(client: AppClient) -> None:
    client.save("09:00")
    assert client.list_available() == ["09:00"]
    original = client.services
    other_process = bootstrap.build_services(
        original.settings, now=client.clock, pause=lambda _attempt: None
    )
    bootstrap.set_services(other_process)
    client.update_doctor(lead_minutes=43_200)

    bootstrap.set_services(original)
    client.clock.now += timedelta(seconds=10)

    assert client.hold("09:00").error_codes == [("2026-11-23T09:00:00+00:00", "not_bookable")]


def test_concurrent_updates_keep_the_earlier_change(
    client: AppClient,
) -> None:
    changed = {**NEW_DOCTOR, "delegates": ["sam"]}
    client.put("/doctors/dr-new", NEW_DOCTOR)
    pending = [lambda: client.put("/doctors/dr-new", changed)]

    def overtake(**_: object) -> None:
        if pending:
            # Entries of one instant would conflict in the audit log.
            client.clock.now += timedelta(seconds=1)
            pending.pop()()

    with client.before_call(TRANSACT_WRITE, overtake):
        assert client.put("/doctors/dr-new", {**NEW_DOCTOR, "name": "Dr N. New"}).status == 200

    now = client.get("/doctors/dr-new").json
    assert (now["name"], now["delegates"]) == ("Dr N. New", ["sam"])


def test_delegates_of_stale_settings_are_not_saved(client: AppClient) -> None:
    client.put("/doctors/dr-new", {**NEW_DOCTOR, "delegates": ["alex"]})
    stale = client.services.doctors.get("dr-new")
    client.put("/doctors/dr-new", {**NEW_DOCTOR, "delegates": ["sam"]})
    before = client.export()

    with pytest.raises(DoctorModifiedError):
        client.services.doctors.save(replace(stale, delegates=frozenset({"kim"})), stale)

    assert client.export() == before


def test_settings_keep_attributes_of_a_later_release(client: AppClient) -> None:
    client.put("/doctors/dr-new", NEW_DOCTOR)
    client.set_attribute("DOCTOR#dr-new", "PROFILE", "fhir_id", {"S": "dr.new"})

    client.put("/doctors/dr-new", {**NEW_DOCTOR, "delegates": ["sam"]})

    stored = client.get_item("DOCTOR#dr-new", "PROFILE")
    assert (stored["fhir_id"], stored["delegates"]) == ({"S": "dr.new"}, {"L": [{"S": "sam"}]})


def test_settings_with_lost_response_are_stored_and_confirmed(client: AppClient) -> None:
    with client.drop_responses(TRANSACT_WRITE, count=1):
        created = client.put("/doctors/dr-new", NEW_DOCTOR)

    assert created.status == 201
    assert client.get("/doctors/dr-new").json["name"] == "Dr Nora New"


def test_unstorable_settings_return_503(client: AppClient) -> None:
    timeouts = [ReadTimeoutError(endpoint_url="http://dynamodb")] * 99

    with client.inject_responses(TRANSACT_WRITE, *timeouts):
        rejected = client.put("/doctors/dr-new", NEW_DOCTOR)

    assert is_unavailable(rejected)


def test_slot_of_old_length_is_booked_and_closed_as_stored(
    client: AppClient,
) -> None:
    client.save("09:00", "09:30")
    client.update_doctor(slot_minutes=60)

    assert client.book("09:00").status == 201
    assert client.save(closed=("09:30",)).status == 200
    assert [slot["start"][11:16] for slot in client.get_day().json["slots"][:2]] == [
        "09:00",
        "10:00",
    ]


def test_settings_conflicting_with_transaction_are_retried(
    client: AppClient,
) -> None:
    with client.inject_responses(TRANSACT_WRITE, TRANSACTION_CONFLICT):
        assert client.put("/doctors/dr-new", NEW_DOCTOR).status == 201
    with client.inject_responses(TRANSACT_WRITE, *[TRANSACTION_CONFLICT] * 99):
        assert client.put("/doctors/dr-new", NEW_DOCTOR).status == 503
