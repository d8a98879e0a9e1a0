"""The practice day in JSON: one date of several doctors, read in batches and saved one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.dynamodb_responses import TRANSACT_WRITE
from tests.support.factories import MONDAY
from tests.support.practice_requests import add_doctors, doctor_ids, get_practice

if TYPE_CHECKING:
    from tests.api.conftest import SignIn
    from tests.support.app_client import AppClient, AppResponse

BATCH, QUERY = "BatchGetItem", "Query"
COLLEAGUES = ["dr-lee", "dr-twenty"]


def post_practice(
    client: AppClient, starts: dict[str, list[str]], status: str = "free", **headers: str
) -> AppResponse:
    """Open (or close) slots of doctors on Monday."""
    sent = [
        {"doctor_id": each, "slots": [{"start": start, "status": status} for start in some]}
        for each, some in starts.items()
    ]
    return client.post("/practice", {"date": str(MONDAY), "doctors": sent}, **headers)


def statuses(response: AppResponse) -> list[tuple[str, int]]:
    return [(doctor["doctor_id"], doctor["status"]) for doctor in response.json["doctors"]]


def test_new_doctor_is_there_at_once(client: AppClient) -> None:
    assert get_practice(client, specialty="new").json["doctors"] == []

    add_doctors(client, 1, specialty="new")

    assert doctor_ids(get_practice(client, specialty="new")) == ["dr-no-000"]


def test_doctors_have_the_slots_of_their_days(client: AppClient) -> None:
    client.save("09:00")

    practice = get_practice(client, COLLEAGUES).json

    assert (practice["date"], practice["next"]) == (str(MONDAY), None)
    for doctor in practice["doctors"]:
        same = client.get_day(doctor["doctor_id"]).json
        assert (doctor["version"], doctor["slots"]) == (same["version"], same["slots"])
        assert (doctor["time_zone"], doctor["time_off"]) == (same["time_zone"], [])
    assert sorted(doctor_ids(get_practice(client, COLLEAGUES))) == COLLEAGUES


def test_doctors_are_ordered_by_name(client: AppClient) -> None:
    names = [doctor["name"] for doctor in get_practice(client).json["doctors"]]

    assert len(names) > 2
    assert names == sorted(names, key=str.casefold)


def test_date_defaults_to_today_where_the_first_doctor_is(client: AppClient) -> None:
    assert client.get("/practice").json["date"] == "2026-11-22"
    assert client.get("/practice?doctor_id=dr-lee").json["date"] == "2026-11-22"


def test_unchanged_practice_is_not_sent_again(client: AppClient) -> None:
    tag = get_practice(client).headers["ETag"]
    query = f"/practice?date={MONDAY}"

    assert client.get(query, If_None_Match=tag).status == 304
    client.save("09:00")
    assert client.get(query, If_None_Match=tag).status == 200


def test_delegate_sees_the_doctors_who_name_them(sign_in: SignIn) -> None:
    sam = sign_in("named")

    assert doctor_ids(get_practice(sam)) == ["dr-lee"]
    assert get_practice(sam, ["dr-twenty"]).status == 403
    assert get_practice(sam, ["dr-who"]).status == 404
    assert doctor_ids(get_practice(sign_in("unnamed"))) == []


def test_doctor_sees_their_own_day(sign_in: SignIn) -> None:
    assert doctor_ids(get_practice(sign_in("own"))) == ["dr-lee"]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("date=2026-13-01", "date"),
        ("doctor_id=a/b", "doctor_id"),
        (f"specialty={'s' * 129}", "specialty"),
        ("cursor=never", "cursor"),
        ("&".join(f"doctor_id=d{number}" for number in range(21)), "doctor_id"),
    ],
)
def test_invalid_search_is_rejected(client: AppClient, query: str, field: str) -> None:
    response = client.get(f"/practice?{query}")

    assert response.status == 400
    assert [name for name, _code in response.error_codes] == [field]


def test_dates_of_doctors_are_saved(client: AppClient) -> None:
    saved = post_practice(client, {"dr-twenty": ["09:00"], "dr-lee": ["09:00", "09:30"]})

    assert (saved.status, saved.json["date"]) == (200, str(MONDAY))
    assert statuses(saved) == [("dr-twenty", 200), ("dr-lee", 200)]
    assert saved.json["doctors"][1]["slots"] == client.get_day().json["slots"]
    assert client.get_day("dr-twenty").free_times == ["09:00"]


def test_doctors_are_read_in_one_call_and_saved_in_one_each(client: AppClient) -> None:
    with client.record_calls() as calls:
        post_practice(client, {"dr-lee": ["09:00"], "dr-twenty": ["09:00"]})

    assert calls == [BATCH, TRANSACT_WRITE, TRANSACT_WRITE]


def test_rejected_doctor_leaves_the_others_saved(client: AppClient) -> None:
    client.save("09:00")

    saved = post_practice(client, {"dr-lee": ["09:00", "10:00"], "dr-twenty": ["09:00"]})

    assert (saved.status, statuses(saved)) == (207, [("dr-lee", 400), ("dr-twenty", 200)])
    (error,) = saved.json["doctors"][0]["errors"]
    assert error["code"] == "slot_exists"
    assert "09:00" in saved.json["doctors"][0]["detail"]
    assert client.get_day().free_times == ["09:00"]


def test_save_of_no_doctor_is_a_problem(client: AppClient) -> None:
    client.save("09:00")

    rejected = post_practice(client, {"dr-lee": ["09:00"]})

    assert (rejected.status, statuses(rejected)) == (400, [("dr-lee", 400)])
    assert rejected.headers["Content-Type"] == "application/problem+json"
    assert rejected.json["errors"][0]["code"] == "slot_exists"


def test_repeated_save_tries_only_what_was_not_saved(client: AppClient) -> None:
    client.save("09:00")
    starts = {"dr-lee": ["09:00"], "dr-twenty": ["09:00"]}
    first = post_practice(client, starts, Idempotency_Key="once")
    client.save(closed=("09:00",))

    again = post_practice(client, starts, Idempotency_Key="once")

    assert (first.status, again.status) == (207, 200)
    assert [doctor["version"] for doctor in again.json["doctors"]] == [3, 1]
    other = post_practice(client, {"dr-twenty": ["09:20"]}, Idempotency_Key="once")
    assert other.status == 422


def test_unmanaged_doctor_keeps_all_unsaved(sign_in: SignIn) -> None:
    sam = sign_in("named")

    denied = post_practice(sam, {"dr-lee": ["09:00"], "dr-twenty": ["09:00"]})

    assert denied.status == 403
    assert sam.get_day().free_times == []


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"date": str(MONDAY), "doctors": []}, ("doctors", "nothing_to_save")),
        ({"date": "soon", "doctors": [{"doctor_id": "d", "slots": []}]}, ("date", "invalid")),
        (
            {"date": str(MONDAY), "doctors": [{"doctor_id": "d", "slots": []}] * 2},
            ("doctors", "invalid"),
        ),
        (
            {
                "date": str(MONDAY),
                "doctors": [{"doctor_id": f"d{n}", "slots": []} for n in range(21)],
            },
            ("doctors", "too_many"),
        ),
        (
            {
                "date": str(MONDAY),
                "doctors": [{"doctor_id": each, "slots": []} for each in ("d", "a b")],
            },
            ("doctors[1].doctor_id", "invalid"),
        ),
    ],
)
def test_invalid_save_is_rejected(
    client: AppClient, body: dict[str, object], code: tuple[str, str]
) -> None:
    rejected = client.post("/practice", body)

    assert (rejected.status, rejected.error_codes) == (400, [code])
