"""Making doctors known, and changing how they offer their time."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ReadTimeoutError

from chalicelib import bootstrap
from chalicelib.domain.errors import DoctorModifiedError
from tests.dynamodb_answers import dynamodb_response

if TYPE_CHECKING:
    from tests.site import AppClient

pytestmark = pytest.mark.both_stores

NEW_DOCTOR: dict[str, Any] = {
    "name": "Dr Nora New",
    "specialty": "surgery",
    "location": "Leeds",
    "time_zone": "Europe/London",
    "slot_minutes": 20,
    "sessions": [{"from": "09:00", "to": "12:00"}],
}


def test_a_doctor_is_made_known_with_what_is_usual_for_the_rest(site: AppClient) -> None:
    made = site.put("/doctors/dr-new", {"doctor_id": "dr-new", **NEW_DOCTOR})

    assert made.status == 201
    assert made.json == {
        "doctor_id": "dr-new", **NEW_DOCTOR, "lead_minutes": 0, "window_days": 365, "delegates": [],
    }  # fmt: skip
    assert site.get("/doctors/dr-new").json == made.json
    assert site.save("09:20", doctor_id="dr-new").status == 200


def test_a_doctors_settings_are_replaced_and_her_delegates_left_unless_named(
    site: AppClient,
) -> None:
    site.put("/doctors/dr-new", {**NEW_DOCTOR, "delegates": ["sam", "alex"], "lead_minutes": 60})

    changed = site.put("/doctors/dr-new", {**NEW_DOCTOR, "name": "Dr N. New"})

    assert (changed.status, changed.json["name"]) == (200, "Dr N. New")
    assert (changed.json["delegates"], changed.json["lead_minutes"]) == (["alex", "sam"], 0)
    assert site.put("/doctors/dr-new", {**NEW_DOCTOR, "delegates": []}).json["delegates"] == []


def test_sessions_are_told_in_time_order(site: AppClient) -> None:
    sessions = [{"from": "13:00", "to": "24:00"}, {"from": "00:00", "to": "01:00"}]

    made = site.put("/doctors/dr-new", {**NEW_DOCTOR, "sessions": sessions})

    assert made.json["sessions"] == sessions[::-1]


def test_a_doctors_time_zone_is_set_once(site: AppClient) -> None:
    site.put("/doctors/dr-new", NEW_DOCTOR)

    refused = site.put("/doctors/dr-new", {**NEW_DOCTOR, "time_zone": "Europe/Paris"})

    assert (refused.status, refused.error_codes) == (409, [("time_zone", "invalid")])
    assert site.get("/doctors/dr-new").json["time_zone"] == "Europe/London"


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
def test_settings_that_cannot_be_are_refused_by_their_field(
    site: AppClient, changed: dict[str, Any], field: str
) -> None:
    refused = site.put("/doctors/dr-new", {**NEW_DOCTOR, **changed})

    assert (refused.status, refused.error_codes) == (400, [(field, "invalid")]), refused.text
    assert site.get("/doctors/dr-new").status == 404


def test_everything_that_stands_against_settings_is_told_at_once(site: AppClient) -> None:
    wrong = {"time_zone": "x", "lead_minutes": -1, "window_days": 0, "name": "", "sessions": []}

    refused = site.put("/doctors/dr-new", {**NEW_DOCTOR, **wrong})

    assert sorted(field for field, _ in refused.error_codes) == sorted(wrong)


@pytest.mark.parametrize("name", ["name", "specialty", "sessions"])
def test_settings_that_are_missing_are_named(site: AppClient, name: str) -> None:
    sent = {key: value for key, value in NEW_DOCTOR.items() if key != name}

    assert site.put("/doctors/dr-new", sent).error_codes == [(name, "required")]


def test_what_no_doctor_can_be_called_is_refused(site: AppClient) -> None:
    refused = site.put("/doctors/dr.new", NEW_DOCTOR)

    assert (refused.status, refused.error_codes) == (400, [("doctor_id", "invalid")])


def test_a_grid_of_96_boxes_is_the_most(site: AppClient) -> None:
    whole_day = {"slot_minutes": 15, "sessions": [{"from": "00:00", "to": "24:00"}]}

    assert site.put("/doctors/dr-new", {**NEW_DOCTOR, **whole_day}).status == 201
    assert len(site.get_day("dr-new").json["slots"]) == 96


def test_names_of_the_longest_kind_fit_the_keys(site: AppClient) -> None:
    long = {"specialty": "\U0001f600" * 100, "location": "#" * 100}

    assert site.put(f"/doctors/{'x' * 64}", {**NEW_DOCTOR, **long}).status == 201
    assert site.save("09:00", doctor_id="x" * 64).status == 200


def test_new_settings_hold_at_once_for_the_page_for_saves_and_for_bookings_here(
    site: AppClient,
) -> None:
    site.save("09:00", "09:30")
    assert site.hold("09:00").status == 200

    site.update_doctor(slot_minutes=60, lead_minutes=43_200)

    assert len(site.get_day().json["slots"]) == 8  # two stored, six boxes of an hour
    assert site.save("10:00").json["slots"][2]["end"] == "2026-11-23T11:00:00+00:00"
    assert site.list_available() == []
    assert site.book("09:30").error_codes == [("2026-11-23T09:30:00+00:00", "not_bookable")]


def test_elsewhere_new_settings_hold_for_bookings_within_ten_seconds(site: AppClient) -> None:
    site.save("09:00")
    assert site.list_available() == ["09:00"]
    here = site.services
    elsewhere = bootstrap.build_services(here.settings, now=site.clock, pause=lambda _attempt: None)
    bootstrap.set_services(elsewhere)
    site.update_doctor(lead_minutes=43_200)

    bootstrap.set_services(here)
    site.clock.now += timedelta(seconds=10)

    assert site.book("09:00").error_codes == [("2026-11-23T09:00:00+00:00", "not_bookable")]


def test_of_two_who_change_a_doctor_at_once_the_later_keeps_what_the_earlier_did(
    site: AppClient,
) -> None:
    changed = {**NEW_DOCTOR, "delegates": ["sam"]}
    site.put("/doctors/dr-new", NEW_DOCTOR)
    left = [lambda: site.put("/doctors/dr-new", changed)]

    def overtake(**_: object) -> None:
        if left:
            left.pop()()

    with site.before_call("PutItem", overtake):
        assert site.put("/doctors/dr-new", {**NEW_DOCTOR, "name": "Dr N. New"}).status == 200

    now = site.get("/doctors/dr-new").json
    assert (now["name"], now["delegates"]) == ("Dr N. New", ["sam"])


def test_delegates_that_were_decided_on_settings_of_before_undo_nothing(site: AppClient) -> None:
    site.put("/doctors/dr-new", {**NEW_DOCTOR, "delegates": ["alex"]})
    left_out = site.services.doctors.get("dr-new")
    site.put("/doctors/dr-new", {**NEW_DOCTOR, "delegates": ["sam"]})
    before = site.export()

    with pytest.raises(DoctorModifiedError):
        site.services.doctors.save(replace(left_out, delegates=frozenset({"kim"})), left_out)

    assert site.export() == before


def test_settings_whose_answer_was_lost_are_stored_and_confirmed(site: AppClient) -> None:
    with site.drop_responses("PutItem", count=1):
        made = site.put("/doctors/dr-new", NEW_DOCTOR)

    assert made.status == 201
    assert site.get("/doctors/dr-new").json["name"] == "Dr Nora New"


def test_settings_that_cannot_be_stored_now_are_503(site: AppClient) -> None:
    silence = [ReadTimeoutError(endpoint_url="http://dynamodb")] * 99

    with site.inject_responses("PutItem", *silence):
        refused = site.put("/doctors/dr-new", NEW_DOCTOR)

    assert (refused.status, refused.headers["Retry-After"]) == (503, "1")


def test_a_slot_of_the_old_length_is_booked_and_withdrawn_under_the_new_one(
    site: AppClient,
) -> None:
    site.save("09:00", "09:30")
    site.update_doctor(slot_minutes=60)

    assert site.book("09:00").status == 201
    assert site.save(withdrawn=("09:30",)).status == 200
    assert [slot["start"][11:16] for slot in site.get_day().json["slots"][:2]] == ["09:00", "10:00"]


def test_settings_of_a_doctor_at_whom_a_transaction_is_at_work_are_tried_again(
    site: AppClient,
) -> None:
    conflict = dynamodb_response("TransactionConflictException")

    with site.inject_responses("PutItem", conflict):
        assert site.put("/doctors/dr-new", NEW_DOCTOR).status == 201
    with site.inject_responses("PutItem", *[conflict] * 99):
        assert site.put("/doctors/dr-new", NEW_DOCTOR).status == 503
