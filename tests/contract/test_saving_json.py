"""``POST /slots`` as JSON, and the day that it leaves."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from tests.builders import MONDAY, to_instant

if TYPE_CHECKING:
    from tests.site import AppClient, AppResponse

pytestmark = pytest.mark.both_stores

NINE = "2026-11-23T09:00:00+00:00"
DATE = MONDAY.isoformat()


def test_ticked_boxes_are_free_on_the_next_read(site: AppClient) -> None:
    saved = site.save("09:00", "09:30", "16:30")

    assert saved.status == 200
    assert saved.json["message"] == "Slots saved successfully"
    assert saved.json["version"] == 1
    assert saved.free_times == ["09:00", "09:30", "16:30"]
    assert site.get_day().free_times == saved.free_times


def test_a_save_stores_one_item_for_each_slot_one_day_and_one_change(site: AppClient) -> None:
    site.save("09:00", "09:30", "10:00", "10:30")

    assert site.item_types() == {"day": 1, "slot": 4, "change": 1}


def test_unticked_boxes_are_gone_and_the_others_stay(site: AppClient) -> None:
    site.save("09:00", "09:30")

    saved = site.save("10:00", withdrawn=("09:00",))

    assert saved.free_times == ["09:30", "10:00"]
    assert saved.json["version"] == 2
    assert site.item_types()["slot"] == 2


def test_the_answer_is_the_day_as_a_read_gives_it(site: AppClient) -> None:
    saved = site.save("09:00")
    read = site.get_day()

    answer = dict(saved.json)
    assert answer.pop("message") == "Slots saved successfully"
    assert answer == read.json
    assert saved.headers["ETag"] == read.headers["ETag"]


def test_a_slot_has_an_id_that_stays_and_times_with_the_doctors_offset(site: AppClient) -> None:
    site.save("09:00", date="2027-06-01")

    slot = next(slot for slot in site.get_day(date="2027-06-01").json["slots"])

    assert slot == {
        "slot_id": "dr-lee~20270601T0800Z",
        "start": "2027-06-01T09:00:00+01:00",
        "end": "2027-06-01T09:30:00+01:00",
        "status": "free",
    }


def test_a_slot_that_exists_refuses_the_whole_save_and_says_so(site: AppClient) -> None:
    site.save("09:00")
    before = site.export()

    refused = site.save("09:00", "10:00")

    assert refused.status == 400
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert refused.json == {
        "type": "about:blank",
        "title": "Bad Request",
        "status": 400,
        "detail": "Slot already exists: 09:00-09:30",
        "errors": [
            {"start": NINE, "code": "slot_exists", "detail": "Slot already exists: 09:00-09:30"}
        ],
    }
    assert site.export() == before


def test_a_box_across_a_stored_slot_of_another_length_names_what_it_conflicts_with(
    site: AppClient,
) -> None:
    site.save("09:00", "09:20", doctor_id="dr-twenty")
    site.set_slot_minutes("dr-twenty", minutes=30)

    refused = site.save("09:30", doctor_id="dr-twenty")

    assert refused.error_codes == [("2026-11-23T09:30:00+00:00", "overlaps")]
    assert refused.json["errors"][0]["conflicts_with"] == {
        "start": "2026-11-23T09:20:00+00:00",
        "end": "2026-11-23T09:40:00+00:00",
    }
    boxes = {slot["start"][11:16]: slot for slot in site.get_day("dr-twenty").json["slots"]}
    assert boxes["09:30"]["status"] == "busy-unavailable"
    assert boxes["09:30"]["conflicts_with"] == refused.json["errors"][0]["conflicts_with"]
    assert "conflicts_with" not in boxes["10:00"]


@pytest.mark.parametrize("take", ["book", "hold"])
def test_a_slot_that_a_patient_has_can_be_neither_ticked_nor_unticked(
    site: AppClient, take: str
) -> None:
    site.save("09:00", "09:30")
    getattr(site, take)("09:00")
    before = site.export()

    assert site.save(withdrawn=("09:00", "09:30")).error_codes == [(NINE, "slot_taken")]
    assert site.save("09:00").error_codes == [(NINE, "slot_exists")]
    assert site.export() == before


def test_a_hold_that_has_run_out_can_be_withdrawn(site: AppClient) -> None:
    site.save("09:00", "09:30")
    site.hold("09:00", seconds=60)
    site.clock.now += timedelta(seconds=60)

    assert site.get_day().free_times == ["09:00", "09:30"]
    assert site.save(withdrawn=("09:00",)).free_times == ["09:30"]


def test_every_fault_of_a_request_is_told_at_once_and_nothing_is_stored(site: AppClient) -> None:
    site.save("09:00")
    site.clock.now = to_instant("09:40")
    before = site.export()

    refused = site.post_slots(
        {
            "doctor_id": "dr-lee",
            "date": DATE,
            "slots": [
                {"start": "09:00", "status": "free"},
                {"start": "09:30", "status": "free"},
                {"start": "12:00", "status": "free"},
                {"start": "24:30", "status": "free"},
                {"start": "10:00", "status": "open"},
                {"start": "10:30", "status": "free"},
                {"start": f"{DATE}T10:30:00Z", "status": "free"},
                {"start": "11:00", "status": "busy-unavailable"},
                {"start": "2026-11-24T09:00:00Z", "status": "free"},
                {"start": "11:30", "status": "free"},
            ],
        }
    )

    assert refused.status == 400
    assert refused.error_codes == [
        (NINE, "slot_exists"),
        (f"{DATE}T09:30:00+00:00", "in_past"),
        (f"{DATE}T12:00:00+00:00", "not_on_grid"),
        ("24:30", "invalid"),
        (f"{DATE}T10:00:00+00:00", "invalid"),
        (f"{DATE}T10:30:00+00:00", "repeated"),
        (f"{DATE}T11:00:00+00:00", "slot_not_found"),
        ("2026-11-24T09:00:00+00:00", "not_on_grid"),
    ]
    assert site.export() == before


def test_96_slots_are_saved_at_once_and_97_are_too_many(site: AppClient) -> None:
    all_day = [f"{minute // 60:02}:{minute % 60:02}" for minute in range(0, 24 * 60, 15)]

    assert site.save(*all_day, "00:05", doctor_id="dr-quarter").error_codes == [
        ("slots", "too_many")
    ]
    assert len(site.save(*all_day, doctor_id="dr-quarter").free_times) == 96
    assert site.save(withdrawn=tuple(all_day), doctor_id="dr-quarter").free_times == []
    assert site.item_types() == {"day": 1, "slot": 0, "change": 2}


def test_an_empty_list_is_nothing_to_save(site: AppClient) -> None:
    assert site.save().error_codes == [("slots", "nothing_to_save")]


def test_a_skipped_hour_does_not_exist_and_a_repeated_one_needs_its_offset(site: AppClient) -> None:
    def save(start: str, date: str) -> AppResponse:
        return site.save(start, date=date, doctor_id="dr-night")

    assert save("01:30", "2027-03-28").error_codes == [("01:30", "nonexistent_time")]
    assert save("01:30", "2027-10-31").error_codes == [("01:30", "ambiguous_time")]
    saved = save("2027-10-31T01:30:00+00:00", "2027-10-31")
    assert [slot["start"] for slot in saved.json["slots"] if slot["status"] == "free"] == [
        "2027-10-31T01:30:00+00:00"
    ]


@pytest.mark.parametrize(
    ("sent", "field", "code"),
    [
        (b"{", "body", "invalid"),
        (b"", "body", "invalid"),
        (b"\xff\xfe", "body", "invalid"),
        (b"[]", "body", "invalid"),
        (b"null", "body", "invalid"),
        (b"[" * 50_000, "body", "invalid"),
        (b'{"doctor_id": "caf\xe9"}', "body", "invalid"),
        ({"date": DATE, "slots": []}, "doctor_id", "required"),
        ({"doctor_id": "dr-lee", "slots": []}, "date", "required"),
        ({"doctor_id": "dr-lee", "date": DATE}, "slots", "required"),
        ({"doctor_id": "dr-lee", "date": DATE, "slots": {}}, "slots", "invalid"),
        ({"doctor_id": "dr-lee", "date": DATE, "slots": ["09:00"]}, "slots[0]", "invalid"),
        ({"doctor_id": "dr-lee", "date": DATE, "slots": [{}]}, "slots[0].start", "required"),
        (
            {"doctor_id": "dr-lee", "date": DATE, "slots": [{"start": 9, "status": "free"}]},
            "slots[0].start",
            "invalid",
        ),
        ({"doctor_id": 7, "date": DATE, "slots": []}, "doctor_id", "invalid"),
        ({"doctor_id": "dr lee\n", "date": DATE, "slots": []}, "doctor_id", "invalid"),
        ({"doctor_id": "dr-lee", "date": "2026-02-30", "slots": []}, "date", "invalid"),
        ({"doctor_id": "dr-lee", "date": "23.11.2026", "slots": []}, "date", "invalid"),
        ({"doctor_id": "dr-lee", "date": "2010-12-31", "slots": []}, "date", "invalid"),
        ({"doctor_id": "dr-lee", "date": "9999-12-31", "slots": []}, "date", "invalid"),
        ({"doctor_id": "dr-lee", "date": "20261123", "slots": []}, "date", "invalid"),
    ],
)
def test_a_malformed_body_is_told_by_its_field_and_stores_nothing(
    site: AppClient, sent: object, field: str, code: str
) -> None:
    before = site.export()

    refused = site.post_slots(sent)

    assert refused.status == 400
    assert refused.error_codes == [(field, code)]
    assert refused.json["detail"]
    assert site.export() == before


def test_every_entry_of_a_wrong_type_is_told(site: AppClient) -> None:
    entries = [{"start": 9, "status": "free"}, "10:00", {"start": "11:00"}]

    refused = site.post_slots({"doctor_id": "dr-lee", "date": DATE, "slots": entries})

    assert refused.error_codes == [
        ("slots[0].start", "invalid"),
        ("slots[1]", "invalid"),
        ("slots[2].status", "required"),
    ]


def test_an_unknown_doctor_is_not_found(site: AppClient) -> None:
    assert site.save("09:00", doctor_id="dr-who").status == 404
    assert site.get_day("dr-who").status == 404


def test_a_megabyte_is_too_large(site: AppClient) -> None:
    refused = site.post_slots(b'{"doctor_id": "' + b"x" * 1_000_000 + b'"}')

    assert refused.status == 413
    assert refused.json["status"] == 413


@pytest.mark.parametrize("content_type", ["text/plain", "application/xml", "multipart/form-data"])
def test_another_kind_of_body_is_not_understood(site: AppClient, content_type: str) -> None:
    refused = site.request("POST", "/slots", b"x", {"Content-Type": content_type})

    assert refused.status == 415
    assert refused.headers["Content-Type"] == "application/problem+json"


def test_if_match_refuses_a_save_on_a_day_that_the_client_has_not_seen(site: AppClient) -> None:
    seen = site.get_day().headers["ETag"]
    site.save("09:00")
    before = site.export()

    stale = site.save("10:00", If_Match=seen)

    assert (stale.status, stale.json["version"]) == (412, 1)
    assert site.export() == before
    assert site.save("10:00", If_Match=site.get_day().headers["ETag"]).status == 200


@pytest.mark.parametrize("etag", ["*", '"1.other"', 'W/"1.x"', '"7.x", "1.y"'])
def test_if_match_compares_the_version_alone_and_a_star_is_any(site: AppClient, etag: str) -> None:
    site.save("09:00")

    assert site.save("10:00", If_Match=etag).status == 200


def test_a_booking_in_between_does_not_fail_a_save_with_if_match(site: AppClient) -> None:
    seen = site.save("09:00").headers["ETag"]
    site.book("09:00")

    assert site.save("10:00", If_Match=seen).status == 200


@pytest.mark.parametrize("etag", ["1", '"1"', "x", '"", "1.x"'])
def test_an_if_match_that_is_none_of_our_etags_is_malformed(site: AppClient, etag: str) -> None:
    assert site.save("10:00", If_Match=etag).error_codes == [("If-Match", "invalid")]


def test_the_same_key_and_body_again_has_one_effect_and_the_first_answers_version(
    site: AppClient,
) -> None:
    first = site.save("09:00", Idempotency_Key="once")
    site.save("10:00")
    before = site.export()

    again = site.save("09:00", Idempotency_Key="once", If_Match='"0.x"')

    assert again.status == 200
    assert again.json["version"] == first.json["version"] == 1
    assert again.free_times == ["09:00", "10:00"]
    assert site.export() == before


def test_the_same_key_with_another_body_is_refused(site: AppClient) -> None:
    site.save("09:00", Idempotency_Key="once")

    assert site.save("09:30", Idempotency_Key="once").status == 422
    assert site.save("09:00", withdrawn=("09:30",), Idempotency_Key="once").status == 422


def test_a_key_belongs_to_one_doctor_and_date(site: AppClient) -> None:
    site.save("09:00", Idempotency_Key="once")

    assert site.save("09:00", Idempotency_Key="once", date="2026-11-24").status == 200
    assert site.save("09:00", Idempotency_Key="once", doctor_id="dr-twenty").status == 200


def test_a_refused_save_leaves_its_key_free(site: AppClient) -> None:
    site.save("09:00")
    site.save("09:00", Idempotency_Key="once")

    assert site.save("09:30", Idempotency_Key="once").status == 200


@pytest.mark.parametrize("key", ["", "a b", "x" * 65, "é", "a/b"])
def test_a_key_that_is_not_url_safe_is_malformed(site: AppClient, key: str) -> None:
    assert site.save("09:00", Idempotency_Key=key).error_codes == [("Idempotency-Key", "invalid")]


@pytest.mark.parametrize("slots", [1, 96])
def test_a_save_is_one_read_and_one_transaction_however_many_slots_it_changes(
    site: AppClient, slots: int
) -> None:
    quarters = [f"{minute // 60:02}:{minute % 60:02}" for minute in range(0, 24 * 60, 15)]

    with site.record_calls() as calls:
        assert site.save(*quarters[:slots], doctor_id="dr-quarter").status == 200

    assert calls == ["BatchGetItem", "TransactWriteItems"]


def test_a_day_is_one_read_besides_her_zone_which_is_remembered(site: AppClient) -> None:
    with site.record_calls() as first:
        site.get("/slots?doctor_id=dr-lee")
    with site.record_calls() as second:
        site.get("/slots?doctor_id=dr-lee")
    with site.record_calls() as dated:
        site.get_day()

    assert dated == ["BatchGetItem"]
    assert first == ["GetItem", "BatchGetItem"]
    assert second == ["BatchGetItem"]
