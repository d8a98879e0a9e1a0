"""What the FHIR facade does with formats, errors, conditional requests and callers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.app_client import FORM
from tests.support.fhir import FHIR_JSON, follow, get_fhir, link, outcome_of, resources_of

if TYPE_CHECKING:
    from tests.api.conftest import SignIn
    from tests.support.app_client import AppClient, AppResponse


def post_search(client: AppClient, path: str, form: str) -> AppResponse:
    return client.request("POST", f"/fhir/{path}", form.encode(), {"Content-Type": FORM})


def test_unknown_parameters_are_errors_for_strict_clients(client: AppClient) -> None:
    path = "/fhir/Slot?schedule=dr-lee&color=red&_sort=-start"
    response = client.get(path, Prefer="handling=strict")

    assert outcome_of(response, 400) == "not-supported"
    assert [issue["expression"] for issue in response.json["issue"]] == [
        ["http.color"],
        ["http._sort"],
    ]
    assert client.get(path, Prefer="handling=lenient").status == 200


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("start=yesterday", "invalid"),
        ("start=ne2026-11-23", "invalid"),
        ("start=ge2026-02-30", "invalid"),
        ("start=ge0001-01-01", "invalid"),
        ("start=2026-11-23,2026-11-24", "invalid"),
        ("status=open", "invalid"),
        ("_count=0", "invalid"),
        ("_count=many", "invalid"),
        ("_after=here", "invalid"),
        ("status:not=free", "not-supported"),
        ("schedule:Schedule.actor=Practitioner/dr-lee", "not-supported"),
        ("start:missing=true", "not-supported"),
        (f"schedule={','.join(f'dr-{number}' for number in range(51))}", "too-costly"),
    ],
)
def test_invalid_parameters_are_operation_outcomes(
    client: AppClient, query: str, code: str
) -> None:
    assert outcome_of(client.get(f"/fhir/Slot?{query}"), 400) == code


def test_modifiers_of_result_parameters_are_ignored(client: AppClient) -> None:
    """They don't change which resources are found."""
    bundle = get_fhir(client, "Slot?_include:iterate=Slot:schedule&color:exact=red")

    assert str(link(bundle, "self")).endswith("/fhir/Slot")


@pytest.mark.parametrize(
    "path",
    [
        "Slot/dr-lee.20261123T0900Z",
        "Slot/dr-lee",
        "Slot/dr-who.20261123T0900Z",
        "Slot/dr_lee.20261123T0900Z",
        "Schedule/dr-who",
        "Schedule/dr%20lee",
        "Location/nowhere",
        "Patient",
        "Patient/1",
        "$export",
    ],
)
def test_unknown_resources_are_not_found(client: AppClient, path: str) -> None:
    assert outcome_of(client.get(f"/fhir/{path}"), 404) == "not-found"


def test_error_of_an_unknown_type_names_the_type(client: AppClient) -> None:
    (issue,) = client.get("/fhir/Patient").json["issue"]

    assert issue["details"]["text"] == "Patient is not a resource type here"


def test_other_formats_are_not_acceptable(client: AppClient) -> None:
    for wanted in ("*/*", "application/json", "text/html, */*;q=0.8", FHIR_JSON, "application/*"):
        assert client.get("/fhir/Slot", Accept=wanted).status == 200
    for wanted in ("json", "application/fhir+json", "application/fhir%2Bjson;charset=utf-8"):
        response = client.get(f"/fhir/Slot?_format={wanted}", Accept="application/xml")
        assert response.status == 200
    xml = client.get("/fhir/Slot", Accept="application/fhir+xml")
    assert outcome_of(xml, 406) == "not-supported"
    assert client.get("/fhir/metadata?_format=xml").status == 406


@pytest.mark.usefixtures("open_slots")
def test_search_by_post_finds_what_the_same_search_by_get_finds(client: AppClient) -> None:
    by_get = client.get("/fhir/Slot?schedule=dr-lee&status=free,busy&_count=2&_sort=start")

    for query, form in (
        ("", "schedule=dr-lee&status=free%2Cbusy&_count=2&_sort=start"),
        ("?schedule=dr-lee", "status=free,busy&_count=2&_sort=start"),
        ("?schedule=dr-lee&status=free,busy&_count=2&_sort=start", ""),
    ):
        by_post = post_search(client, f"Slot/_search{query}", form)
        assert by_post.status == 200
        assert by_post.headers["Content-Type"] == FHIR_JSON
        assert resources_of(by_post.json) == resources_of(by_get.json)
        self_link, next_link = link(by_post.json, "self"), link(by_post.json, "next")
        assert resources_of(follow(client, str(self_link))) == resources_of(by_get.json)
        assert next_link == link(by_get.json, "next")


@pytest.mark.usefixtures("open_slots")
def test_repeated_parameters_of_url_and_form_all_count(client: AppClient) -> None:
    found = post_search(
        client, "Slot/_search?start=ge2026-11-23T09:30", "start=lt2026-11-23T10:00&start="
    )

    assert [slot["start"][11:16] for slot in resources_of(found.json)] == ["09:30"]


def test_search_by_post_rejects_what_it_cannot_read(client: AppClient) -> None:
    assert outcome_of(post_search(client, "Slot/_search", "status=open"), 400) == "invalid"
    assert outcome_of(post_search(client, "Slot/_search", "name=%ff"), 400) == "invalid"
    assert outcome_of(post_search(client, "Slot/_search", "_format=xml"), 406) == "not-supported"
    assert outcome_of(post_search(client, "Patient/_search", ""), 404) == "not-found"
    assert outcome_of(client.post("/fhir/Slot/_search", {}), 415) == "not-supported"
    assert outcome_of(client.get("/fhir/Slot/_search"), 404) == "not-found"


def test_search_by_post_is_never_304(client: AppClient) -> None:
    response = client.request(
        "POST", "/fhir/Slot/_search", headers={"Content-Type": FORM, "If-None-Match": "*"}
    )

    assert response.status == 200
    assert "ETag" not in response.headers


def test_methods_that_write_are_not_supported(client: AppClient) -> None:
    response = client.post("/fhir/Slot", {})

    assert outcome_of(response, 405) == "not-supported"
    assert "GET" in response.headers["Allow"]
    posted = client.request("POST", "/fhir/Slot/dr-lee.20261123T0900Z")
    assert outcome_of(posted, 404) == "not-found"


def test_browser_without_session_gets_an_outcome(sign_in: SignIn) -> None:
    client = sign_in("admin")
    client.headers.clear()

    response = client.get("/fhir/Slot", Accept="text/html")

    assert outcome_of(response, 401) == "login"
    assert response.headers["WWW-Authenticate"] == "Bearer"


def test_every_signed_in_caller_may_read(sign_in: SignIn) -> None:
    for caller in ("own", "other", "named", "unnamed", "slots/read", "slots/book", "admin"):
        client = sign_in(caller)
        for path in ("metadata", "Slot", "Schedule/dr-lee"):
            assert client.get(f"/fhir/{path}").status == 200


@pytest.mark.usefixtures("open_slots")
def test_unchanged_search_is_304_until_a_slot_changes(client: AppClient) -> None:
    path = "/fhir/Slot?schedule=dr-lee"
    etag = client.get(path).headers["ETag"]

    assert client.get(path, If_None_Match=etag).status == 304
    client.book("09:00", "b-1")
    assert client.get(path, If_None_Match=etag).status == 200
