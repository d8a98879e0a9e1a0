"""What the FHIR facade does with formats, errors, conditional requests and callers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.fhir import FHIR_JSON, outcome_of

if TYPE_CHECKING:
    from tests.api.conftest import SignIn
    from tests.support.app_client import AppClient


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
        (f"schedule={','.join(f'dr-{number}' for number in range(51))}", "too-costly"),
    ],
)
def test_invalid_parameters_are_operation_outcomes(
    client: AppClient, query: str, code: str
) -> None:
    assert outcome_of(client.get(f"/fhir/Slot?{query}"), 400) == code


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


def test_methods_other_than_get_are_not_supported(client: AppClient) -> None:
    response = client.post("/fhir/Slot", {})

    assert outcome_of(response, 405) == "not-supported"
    assert "GET" in response.headers["Allow"]


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
