"""``POST /slots`` with malformed JSON, headers or content types."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.factories import MONDAY

if TYPE_CHECKING:
    from tests.support.app_client import AppClient


DATE = MONDAY.isoformat()


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
        (
            {"doctor_id": "dr-lee", "date": DATE, "slots": [{"status": "free"}]},
            "slots[0].start",
            "required",
        ),
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
def test_malformed_body_names_field_and_writes_nothing(
    client: AppClient, sent: object, field: str, code: str
) -> None:
    before = client.export()

    rejected = client.post_slots(sent)

    assert rejected.status == 400
    assert rejected.error_codes == [(field, code)]
    assert rejected.json["detail"]
    assert client.export() == before


def test_every_entry_of_wrong_type_is_reported(client: AppClient) -> None:
    entries = [{"start": 9, "status": "free"}, "10:00", {"start": "11:00"}]

    rejected = client.post_slots({"doctor_id": "dr-lee", "date": DATE, "slots": entries})

    assert rejected.error_codes == [
        ("slots[0].start", "invalid"),
        ("slots[1]", "invalid"),
        ("slots[2].status", "required"),
    ]


def test_unknown_doctor_is_not_found(client: AppClient) -> None:
    assert client.save("09:00", doctor_id="dr-who").status == 404
    assert client.get_day("dr-who").status == 404


def test_body_of_one_megabyte_is_too_large(client: AppClient) -> None:
    rejected = client.post_slots(b'{"doctor_id": "' + b"x" * 1_000_000 + b'"}')

    assert rejected.status == 413
    assert rejected.json["status"] == 413


@pytest.mark.parametrize("content_type", ["text/plain", "application/xml", "multipart/form-data"])
def test_unsupported_content_type_is_rejected(client: AppClient, content_type: str) -> None:
    rejected = client.request("POST", "/slots", b"x", {"Content-Type": content_type})

    assert rejected.status == 415
    assert rejected.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("header", ["1", "x", "", ",", '*, "1.x"', '"1.x" "2.x"', '"a b"', "W/1.x"])
def test_if_match_without_entity_tags_is_malformed(client: AppClient, header: str) -> None:
    assert client.save("10:00", If_Match=header).error_codes == [("If-Match", "invalid")]


@pytest.mark.parametrize("etag", ['"1"', '"abc"', '"9999999999.x"', '"", "7.x"', 'W/"7.x",'])
def test_if_match_with_another_entity_tag_is_stale(client: AppClient, etag: str) -> None:
    client.save("09:00")

    stale = client.save("10:00", If_Match=etag)

    assert (stale.status, stale.json["version"]) == (412, 1)


@pytest.mark.parametrize(
    "etags", ['"1.x"', '"1.x",', ', "1.x"', '"a,b", "1.x"', '"",\t"1.x" ', 'W/"1.x"', "*", " * "]
)
def test_if_match_with_the_current_version_is_accepted(client: AppClient, etags: str) -> None:
    client.save("09:00")

    assert client.save("10:00", If_Match=etags).status == 200


@pytest.mark.parametrize("key", ["", "a b", "x" * 65, "é", "a/b"])
def test_key_with_unsafe_characters_is_malformed(client: AppClient, key: str) -> None:
    assert client.save("09:00", Idempotency_Key=key).error_codes == [("Idempotency-Key", "invalid")]
