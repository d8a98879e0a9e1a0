"""Doctors, health, static files and error responses."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import EndpointConnectionError

from tests.support.app_client import is_unavailable
from tests.support.dynamodb_responses import dynamodb_response
from tests.support.factories import MONDAY

if TYPE_CHECKING:
    from tests.support.app_client import AppClient


def test_root_redirects_to_page(client: AppClient) -> None:
    root = client.get("/")

    assert (root.status, root.headers["Location"]) == (303, "/slots")


def test_health_is_200_when_table_responds_else_503(client: AppClient) -> None:
    assert client.get("/health").json == {"status": "ok"}

    client.clock.now += timedelta(seconds=1)
    with client.inject_responses(
        "*", *(EndpointConnectionError(endpoint_url="x") for _ in range(9))
    ):
        unhealthy = client.get("/health")
    assert is_unavailable(unhealthy)
    assert unhealthy.json["status"] == 503


@pytest.mark.parametrize(
    "code", ["AccessDeniedException", "ValidationException", "UnrecognizedClientException"]
)
def test_health_is_503_whatever_error_dynamodb_returns(client: AppClient, code: str) -> None:
    with client.inject_responses("GetItem", dynamodb_response(code)):
        assert is_unavailable(client.get("/health"))


def test_health_reads_table_once_a_second(client: AppClient) -> None:
    with client.record_calls() as calls:
        for _ in range(5):
            client.get("/health")
        client.clock.now += timedelta(seconds=1)
        client.get("/health")

    assert calls == ["GetItem"] * 2


def test_doctors_of_location_need_a_specialty(client: AppClient) -> None:
    rejected = client.get("/doctors?location=London")

    assert (rejected.status, rejected.error_codes) == (400, [("specialty", "required")])


def test_doctor_includes_settings(client: AppClient) -> None:
    assert client.get("/doctors/dr-okafor").json == {
        "doctor_id": "dr-okafor",
        "name": "Dr Chidi Okafor",
        "specialty": "dermatology",
        "location": "New York",
        "time_zone": "America/New_York",
        "slot_minutes": 20,
        "sessions": [
            {
                "days_of_week": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"],
                "from": "08:00",
                "to": "12:00",
            }
        ],
        "lead_minutes": 0,
        "window_days": 365,
        "active": True,
        "delegates": [],
    }


@pytest.mark.parametrize("doctor_id", ["dr-who", "dr.who", "x" * 3000])
def test_unknown_doctor_is_not_found(client: AppClient, doctor_id: str) -> None:
    assert client.get(f"/doctors/{doctor_id}").status == 404


def doctor_ids(client: AppClient, query: str = "") -> list[str]:
    return [doctor["doctor_id"] for doctor in client.get(f"/doctors{query}").json["doctors"]]


def test_doctors_filter_by_specialty_and_location(client: AppClient) -> None:
    assert len(doctor_ids(client)) == 6
    assert doctor_ids(client, "?specialty=dermatology") == ["dr-okafor"]
    assert doctor_ids(client, "?specialty=cardiology&location=London")[0] == "dr-lee"
    assert doctor_ids(client, "?specialty=cardiology&location=New%20York") == []
    assert doctor_ids(client, "?specialty=dermatology&location=New%20York") == ["dr-okafor"]
    assert doctor_ids(client, "?specialty=cardio") == []


def test_doctors_pages_list_each_doctor_once(client: AppClient) -> None:
    listed, query = [], "?limit=2"
    while query:
        page = client.get(f"/doctors{query}").json
        listed += [doctor["doctor_id"] for doctor in page["doctors"]]
        query = page["next"] and f"?limit=2&cursor={page['next']}"

    assert listed == doctor_ids(client)
    assert len(set(listed)) == 6


@pytest.mark.parametrize(
    "query",
    ["cursor=x", "cursor=YQ", "cursor=%ff", "limit=0", "limit=101", "limit=two", "limit=1e1",
     f"specialty={'x' * 129}"],
)  # fmt: skip
def test_malformed_search_is_rejected(client: AppClient, query: str) -> None:
    rejected = client.get(f"/doctors?{query}")

    assert rejected.status == 400
    assert rejected.error_codes == [(query.partition("=")[0], "invalid")]


def test_search_text_too_long_for_key_finds_no_doctors(client: AppClient) -> None:
    long = "%F0%9F%98%80" * 128

    assert doctor_ids(client, f"?specialty={long}&location={long}") == []
    assert doctor_ids(client, f"?specialty={long}") == []


def test_cursor_of_another_search_is_rejected(client: AppClient) -> None:
    cursor = client.get("/doctors?limit=1").json["next"]

    assert client.get(f"/doctors?specialty=dermatology&cursor={cursor}").status == 400


@pytest.mark.parametrize(
    "path",
    [
        "/doctors?",
        "/doctors?specialty=cardiology&location=London&",
        "/availability?specialty=cardiology&",
    ],
)
def test_cursor_of_a_specialty_is_rejected_by_every_other_search(
    client: AppClient, path: str
) -> None:
    """Its position would be valid in each of these: they list the same doctors, and others."""
    cursor = client.get("/doctors?specialty=cardiology&limit=1").json["next"]

    rejected = client.get(f"{path}cursor={cursor}")

    assert cursor
    assert (rejected.status, rejected.error_codes) == (400, [("cursor", "invalid")])


def test_unchanged_day_returns_304(client: AppClient) -> None:
    client.save("09:00")
    etag = client.get_day().headers["ETag"]
    path = f"/slots?doctor_id=dr-lee&date={MONDAY}"

    same = client.get(path, If_None_Match=f'"x", {etag}')
    assert (same.status, same.text, same.headers["ETag"]) == (304, "", etag)

    client.book("09:00")
    assert client.get(path, If_None_Match=etag).status == 200


def test_every_day_response_has_vary_header(client: AppClient) -> None:
    responses = [
        client.get_day(),
        client.save("09:00"),
        client.save("09:00"),
        client.get(f"/slots?date={MONDAY}", If_None_Match="*"),
        client.get("/slots?date=x"),
        client.get("/slots?date=x", Accept="text/html"),
    ]

    assert {response.headers["Vary"] for response in responses} == {"Accept, HX-Request"}
    assert [response.status for response in responses] == [200, 200, 400, 304, 400, 400]


def test_expired_hold_changes_etag(client: AppClient) -> None:
    client.save("09:00")
    client.hold("09:00")
    held = client.get_day().headers["ETag"]
    client.clock.now = client.clock.now.replace(hour=13)

    assert client.get_day().headers["ETag"] != held


@pytest.mark.parametrize(
    ("query", "field"),
    [("date=2026-13-01", "date"), ("date=monday", "date"), ("doctor_id=a/b", "doctor_id")],
)
def test_malformed_query_is_rejected(client: AppClient, query: str, field: str) -> None:
    assert client.get(f"/slots?{query}").error_codes == [(field, "invalid")]


def test_wrong_method_returns_allow_header(client: AppClient) -> None:
    wrong = client.request("DELETE", "/slots")

    assert wrong.status == 405
    assert wrong.headers["Allow"] == "GET, HEAD, OPTIONS, POST"
    assert wrong.headers["Content-Type"] == "application/problem+json"
    assert wrong.json["title"] == "Method Not Allowed"


def test_fingerprinted_static_files_are_cached_forever(
    client: AppClient,
) -> None:
    page = client.get("/slots", Accept="text/html")

    links = set(re.findall(r'(?:href|src)="(/static/[^"]+)"', page.text))

    assert len(links) == 4
    for link in links:
        file = client.get(link)
        assert file.status == 200
        assert "immutable" in file.headers["Cache-Control"]
        assert client.get(link, If_None_Match=file.headers["ETag"]).status == 304


def test_static_file_with_original_name_is_revalidated(client: AppClient) -> None:
    file = client.get("/static/slots.css")

    assert (file.status, file.headers["Cache-Control"]) == (200, "no-cache")
    assert file.headers["Content-Type"] == "text/css; charset=utf-8"


@pytest.mark.parametrize(
    "name",
    ["nothing.css", "..", "vendored.json", "slots.0123456789abcdef.css", "%2e%2e", ".css",
     "x" * 300, "x" * 300 + ".css"],
)  # fmt: skip
def test_unknown_static_file_is_not_found(client: AppClient, name: str) -> None:
    assert client.get(f"/static/{name}").status == 404
