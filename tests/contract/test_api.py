"""Doctors, health, static files, and the one shape of every error."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import EndpointConnectionError

from tests.builders import MONDAY

if TYPE_CHECKING:
    from tests.site import AppClient


def test_the_root_leads_to_the_page(site: AppClient) -> None:
    root = site.get("/")

    assert (root.status, root.headers["Location"]) == (303, "/slots")


def test_health_is_ok_while_the_table_answers_and_503_otherwise(site: AppClient) -> None:
    assert site.get("/health").json == {"status": "ok"}

    with site.inject_responses("*", *(EndpointConnectionError(endpoint_url="x") for _ in range(9))):
        ill = site.get("/health")
    assert (ill.status, ill.headers["Retry-After"]) == (503, "1")
    assert ill.json["status"] == 503


def test_a_doctor_is_told_with_her_settings(site: AppClient) -> None:
    assert site.get("/doctors/dr-okafor").json == {
        "doctor_id": "dr-okafor",
        "name": "Dr Chidi Okafor",
        "specialty": "dermatology",
        "location": "New York",
        "time_zone": "America/New_York",
        "slot_minutes": 20,
        "sessions": [{"from": "08:00", "to": "12:00"}],
        "lead_minutes": 0,
        "window_days": 365,
        "delegates": [],
    }


@pytest.mark.parametrize("doctor_id", ["dr-who", "dr.who", "x" * 3000])
def test_a_doctor_who_is_not_there_is_not_found(site: AppClient, doctor_id: str) -> None:
    assert site.get(f"/doctors/{doctor_id}").status == 404


def doctor_ids(client: AppClient, query: str = "") -> list[str]:
    return [doctor["doctor_id"] for doctor in client.get(f"/doctors{query}").json["doctors"]]


def test_doctors_are_found_by_specialty_and_location(site: AppClient) -> None:
    assert len(doctor_ids(site)) == 6
    assert doctor_ids(site, "?specialty=dermatology") == ["dr-okafor"]
    assert doctor_ids(site, "?specialty=cardiology&location=London")[0] == "dr-lee"
    assert doctor_ids(site, "?specialty=cardiology&location=New%20York") == []
    assert doctor_ids(site, "?location=New%20York") == ["dr-okafor"]
    assert doctor_ids(site, "?specialty=cardio") == []


def test_doctors_come_page_by_page_each_of_them_once(site: AppClient) -> None:
    seen, query = [], "?limit=2"
    while query:
        page = site.get(f"/doctors{query}").json
        seen += [doctor["doctor_id"] for doctor in page["doctors"]]
        query = page["next"] and f"?limit=2&cursor={page['next']}"

    assert seen == doctor_ids(site)
    assert len(set(seen)) == 6


@pytest.mark.parametrize(
    "query",
    ["cursor=x", "cursor=YQ", "cursor=%ff", "limit=0", "limit=101", "limit=two", "limit=1e1",
     f"specialty={'x' * 129}"],
)  # fmt: skip
def test_a_malformed_search_is_refused(site: AppClient, query: str) -> None:
    refused = site.get(f"/doctors?{query}")

    assert refused.status == 400
    assert refused.error_codes == [(query.partition("=")[0], "invalid")]


def test_a_search_for_what_is_too_long_for_a_key_finds_nobody(site: AppClient) -> None:
    long = "%F0%9F%98%80" * 128

    assert doctor_ids(site, f"?specialty={long}&location={long}") == []
    assert doctor_ids(site, f"?specialty={long}") == []


def test_a_cursor_of_another_search_is_refused(site: AppClient) -> None:
    cursor = site.get("/doctors?limit=1").json["next"]

    assert site.get(f"/doctors?specialty=dermatology&cursor={cursor}").status == 400


def test_a_day_that_has_not_changed_is_not_sent_again(site: AppClient) -> None:
    site.save("09:00")
    etag = site.get_day().headers["ETag"]
    path = f"/slots?doctor_id=dr-lee&date={MONDAY}"

    same = site.get(path, If_None_Match=f'"x", {etag}')
    assert (same.status, same.text, same.headers["ETag"]) == (304, "", etag)

    site.book("09:00")
    assert site.get(path, If_None_Match=etag).status == 200


def test_every_answer_about_a_day_says_what_it_varies_by(site: AppClient) -> None:
    answers = [
        site.get_day(),
        site.save("09:00"),
        site.save("09:00"),
        site.get(f"/slots?date={MONDAY}", If_None_Match="*"),
        site.get("/slots?date=x"),
        site.get("/slots?date=x", Accept="text/html"),
    ]

    assert {answer.headers["Vary"] for answer in answers} == {"Accept, HX-Request"}
    assert [answer.status for answer in answers] == [200, 200, 400, 304, 400, 400]


def test_a_hold_that_runs_out_changes_the_etag(site: AppClient) -> None:
    site.save("09:00")
    site.hold("09:00")
    held = site.get_day().headers["ETag"]
    site.clock.now = site.clock.now.replace(hour=13)

    assert site.get_day().headers["ETag"] != held


@pytest.mark.parametrize(
    ("query", "field"),
    [("date=2026-13-01", "date"), ("date=monday", "date"), ("doctor_id=a/b", "doctor_id")],
)
def test_a_malformed_query_is_refused(site: AppClient, query: str, field: str) -> None:
    assert site.get(f"/slots?{query}").error_codes == [(field, "invalid")]


def test_a_wrong_method_says_which_are_allowed(site: AppClient) -> None:
    wrong = site.request("DELETE", "/slots")

    assert wrong.status == 405
    assert wrong.headers["Allow"] == "GET, POST"
    assert wrong.headers["Content-Type"] == "application/problem+json"
    assert wrong.json["title"] == "Method Not Allowed"


def test_every_static_file_of_the_page_is_served_for_good_under_its_hashed_name(
    site: AppClient,
) -> None:
    page = site.get("/slots", Accept="text/html")

    links = set(re.findall(r'(?:href|src)="(/static/[^"]+)"', page.text))

    assert len(links) == 5
    for link in links:
        file = site.get(link)
        assert file.status == 200
        assert "immutable" in file.headers["Cache-Control"]
        assert site.get(link, If_None_Match=file.headers["ETag"]).status == 304


def test_a_static_file_under_its_plain_name_is_asked_about_each_time(site: AppClient) -> None:
    file = site.get("/static/slots.css")

    assert (file.status, file.headers["Cache-Control"]) == (200, "no-cache")
    assert file.headers["Content-Type"] == "text/css; charset=utf-8"


@pytest.mark.parametrize(
    "name",
    ["nothing.css", "..", "vendored.json", "slots.0123456789abcdef.css", "%2e%2e", ".css",
     "x" * 300, "x" * 300 + ".css"],
)  # fmt: skip
def test_what_is_no_static_file_is_not_found(site: AppClient, name: str) -> None:
    assert site.get(f"/static/{name}").status == 404
