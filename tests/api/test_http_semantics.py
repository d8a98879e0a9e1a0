"""HEAD, content types, encoded paths, and the order of authorization and validation."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING

import pytest

from app import app
from tests.support.all_routes import CALLERS, open_slot, send_request
from tests.support.app_client import slot_path
from tests.support.factories import MONDAY
from tests.support.plans import MORNING, PLANS, make_series, series_json

if TYPE_CHECKING:
    from tests.support.app_client import AppClient
    from tests.support.fake_oidc_provider import FakeOidcProvider


GET_PATHS = [path for path, methods in app.routes.items() if "GET" in methods]
# A test of their own makes what these are about.
OTHER_TESTS = (
    "sign-in",
    "account",
    "{series_id}",
    "{plan_id}",
    "{closure_id}",
    "{webhook_id}",
    "{file}",
    "/fhir/",
)
HOLD = json.dumps({"holder": "h", "seconds": 60}).encode()
HOLD_PATH = f"{slot_path('09:00')}/hold"


@pytest.mark.parametrize(
    "path", [path for path in GET_PATHS if not any(part in path for part in OTHER_TESTS)]
)
@pytest.mark.parametrize("accept", ["application/json", "text/html"])
def test_head_has_status_and_headers_of_get(client: AppClient, path: str, accept: str) -> None:
    open_slot(client)

    get, head = (
        send_request(client, f"{method} {path}", Accept=accept) for method in ("GET", "HEAD")
    )

    assert head.status == get.status < 400
    assert head.headers == get.headers


def test_head_of_created_resource_has_status_and_headers_of_get(client: AppClient) -> None:
    plan = make_series(client, series_json({"mon": MORNING}, last=MONDAY))
    series_path = f"/doctors/dr-lee/series/{plan['series_id']}"
    fields = {"from": str(MONDAY), "to": str(MONDAY), "name": "Inventory"}
    closure = client.post("/closures", fields).json
    endpoint = {"url": "https://example.org/hook", "events": ["slots.changed"]}
    webhook = client.post("/webhooks", endpoint).json

    for path in (
        series_path,
        f"{PLANS}/{plan['plan_id']}",
        f"/closures/{closure['closure_id']}",
        f"/webhooks/{webhook['webhook_id']}",
        f"/webhooks/{webhook['webhook_id']}/deliveries",
        "/fhir/metadata",
        "/fhir/$bulk-publish",
        "/fhir/bulk-publish/Schedule.ndjson",
        "/fhir/Slot",
        "/fhir/Schedule/dr-lee",
    ):
        get, head = (client.request(method, path) for method in ("GET", "HEAD"))
        assert (head.status, head.headers) == (200, get.headers)


def test_method_that_a_path_does_not_have_names_head(client: AppClient) -> None:
    rejected = client.request("DELETE", "/doctors")

    assert (rejected.status, rejected.headers["Allow"]) == (405, "GET, HEAD, OPTIONS")


def test_head_without_a_session_leads_a_browser_to_sign_in(authenticated_client: AppClient) -> None:
    head = authenticated_client.request("HEAD", "/slots", headers={"Accept": "text/html"})

    assert (head.status, head.headers["Location"]) == (303, "/sign-in?to=%2Fslots")


def test_content_type_does_not_matter_without_content(client: AppClient) -> None:
    client.save("09:00")
    text = {"Content-Type": "text/plain", "Content-Encoding": "gzip"}

    for path in ("/doctors", "/health", f"/slots?date={MONDAY}"):
        assert client.request("GET", path, headers=text).status == 200
    cancelled = f"{slot_path('09:00')}/booking?booking_id=x"
    assert client.request("DELETE", cancelled, headers=text).status == 204


@pytest.mark.parametrize(
    "content_type",
    ["application/json", "Application/JSON", "application/json; charset=utf-8",
     " application/json ;charset=utf-8 "],
)  # fmt: skip
def test_media_type_is_compared_without_parameters(client: AppClient, content_type: str) -> None:
    client.save("09:00")

    assert client.request("PUT", HOLD_PATH, HOLD, {"Content-Type": content_type}).status == 200


@pytest.mark.parametrize(
    "content_type",
    ["text/plain; application/json", "text/plain, application/json", "*/*", "application/jsonx",
     "application/x-www-form-urlencoded", ""],
)  # fmt: skip
def test_other_media_types_are_unsupported(client: AppClient, content_type: str) -> None:
    client.save("09:00")

    rejected = client.request("PUT", HOLD_PATH, HOLD, {"Content-Type": content_type})

    assert (rejected.status, rejected.headers["Accept"]) == (415, "application/json")
    assert client.request("PUT", HOLD_PATH, HOLD).status == 415
    assert client.get_slot("09:00").json["status"] == "free"


def test_form_needs_its_exact_media_type(client: AppClient) -> None:
    form = b"doctor_id=dr-lee"

    for content_type in ("application/x-www-form-urlencodedx", "text/plain"):
        rejected = client.request("POST", "/slots", form, {"Content-Type": content_type})
        assert rejected.status == 415


def test_compressed_content_is_unsupported(client: AppClient) -> None:
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}

    rejected = client.request("PUT", HOLD_PATH, gzip.compress(HOLD), headers)

    assert (rejected.status, rejected.headers["Accept-Encoding"]) == (415, "identity")


def test_blanks_around_header_values_are_ignored(client: AppClient) -> None:
    first = client.save("09:00", Idempotency_Key="k-1")
    again = client.save("09:00", Idempotency_Key=" k-1\t", If_Match=' "0.x" , ')

    assert (first.status, again.status, again.json["version"]) == (200, 200, 1)


@pytest.mark.parametrize("path", ["/doctors/dr%2Dlee", "/doctors/%64r-lee"])
def test_percent_encoded_id_names_the_same_doctor(client: AppClient, path: str) -> None:
    assert client.get(path).json["doctor_id"] == "dr-lee"


def test_percent_encoded_slot_id_names_the_same_slot(client: AppClient) -> None:
    client.save("09:00")

    assert client.get(slot_path("09:00").replace("~", "%7E")).status == 200
    assert (
        client.put(HOLD_PATH.replace("~", "%7e").replace("T", "%54"), json.loads(HOLD)).status
        == 200
    )


@pytest.mark.parametrize(
    "path",
    ["/doctors/dr-lee%2Fslots", "/slots/x%2Fhold", "/static/..%2Fapp.py", "/static/%2e%2e%2fapp.py",
     "/doctors/dr-lee%3Bv=1", "/doctors/dr-lee%00", "/doctors/dr-lee%FF", "/doctors/dr-lee%zz",
     "/doctors/dr%252Dlee"],
)  # fmt: skip
def test_encoded_path_leads_nowhere_else(client: AppClient, path: str) -> None:
    assert client.get(path).status == 404


def test_integers_may_have_a_fraction_of_zero(client: AppClient) -> None:
    client.save("09:00")

    assert client.put(HOLD_PATH, b'{"holder": "h", "seconds": 300.0}').status == 200
    assert client.put(HOLD_PATH, b'{"holder": "h", "seconds": 3e2}').status == 200
    assert client.put(HOLD_PATH, b'{"holder": "h", "seconds": 300.5}').error_codes == [
        ("seconds", "invalid")
    ]
    assert client.update_doctor(lead_minutes=60.0).json["lead_minutes"] == 60


@pytest.mark.parametrize(
    ("path", "body", "expected"),
    [
        (HOLD_PATH, {"holder": "a b", "seconds": "x"}, {"holder", "seconds"}),
        (HOLD_PATH, {}, {"holder", "seconds"}),
        (HOLD_PATH.replace("hold", "booking"),
         {"booking_id": 1, "patient_reference": [], "holder": "a b", "moves": "x"},
         {"booking_id", "patient_reference", "holder", "moves"}),
        ("/doctors/dr-lee",
         {"name": 7, "specialty": "\u200b", "location": "x", "time_zone": "x", "slot_minutes": "5",
          "sessions": [{"from": "9:00"}], "lead_minutes": -1, "window_days": True},
         {"name", "specialty", "time_zone", "slot_minutes", "sessions[0].to", "lead_minutes",
          "window_days"}),
    ],
)  # fmt: skip
def test_every_malformed_member_is_named(
    client: AppClient, path: str, body: dict[str, object], expected: set[str]
) -> None:
    rejected = client.put(path, body)

    assert rejected.status == 400
    assert {field for field, _ in rejected.error_codes} == expected
    assert "`" not in rejected.text  # a validator's wording


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/availability?from=x&to=y&limit=0", ["specialty", "from", "to", "limit"]),
        ("/doctors?location=leeds&limit=0", ["specialty", "limit"]),
        ("/doctors/dr-lee/slots?from=x&to=y", ["from", "to"]),
        ("/doctors/dr-lee/bookings?from=x&to=y&disrupted=z", ["from", "to", "disrupted"]),
        ("/doctors/dr-lee/changes?date=x&from=y&to=z&kind=k&limit=0",
         ["date", "from", "to", "kind", "limit"]),
    ],
)  # fmt: skip
def test_every_malformed_query_parameter_is_named(
    client: AppClient, path: str, expected: list[str]
) -> None:
    rejected = client.get(path)

    assert rejected.status == 400
    assert [field for field, _ in rejected.error_codes] == expected


def test_every_malformed_part_of_a_save_is_named(client: AppClient) -> None:
    body = {"doctor_id": "dr lee", "date": "2026-02-30", "slots": [{"start": 9}, 7]}

    rejected = client.post_slots(body, If_Match="x", Idempotency_Key="a b")

    assert [field for field, _ in rejected.error_codes] == [
        "slots[0].start", "slots[0].status", "slots[1]", "doctor_id", "date", "Idempotency-Key",
        "If-Match",
    ]  # fmt: skip


def test_list_of_errors_has_a_maximum(client: AppClient) -> None:
    slots = ",".join(["1"] * 32_000)
    body = f'{{"doctor_id": "dr-lee", "date": "{MONDAY}", "slots": [{slots}]}}'.encode()

    rejected = client.post_slots(body)

    assert rejected.status == 400
    assert (len(rejected.json["errors"]), rejected.json["errors_total"]) == (100, 32_000)
    assert len(rejected.text) < 20_000
    assert "errors_total" not in client.post_slots(b"{}").json


@pytest.mark.parametrize(
    ("caller", "route", "path", "content_type"),
    [
        ("slots/read", "POST", "/slots", "application/json"),
        ("slots/read", "POST", "/slots", "text/plain"),
        ("slots/read", "PUT", HOLD_PATH, "application/json"),
        ("slots/book", "POST", "/slots", "application/x-www-form-urlencoded"),
        ("slots/book", "PUT", "/doctors/dr-lee", "application/json"),
        ("slots/book", "PUT", "/doctors/x.y", "application/json"),
        ("named", "PUT", "/doctors/dr-lee", "application/json"),
        ("other", "PUT", "/doctors/dr-lee", "application/json"),
        ("slots/book", "GET", "/slots?doctor_id=x.y", ""),
        ("slots/book", "GET", "/slots?date=x", ""),
        ("slots/book", "GET", "/slots/history?doctor_id=dr-lee", ""),
    ],
)
def test_caller_who_never_may_does_not_learn_what_is_wrong(
    authenticated_client: AppClient,
    oidc_provider: FakeOidcProvider,
    caller: str,
    route: str,
    path: str,
    content_type: str,
) -> None:
    token = oidc_provider.access_token(CALLERS[caller] or {})
    headers = {"Authorization": f"Bearer {token}", "Content-Type": content_type}
    content = b'{"slots": [' + b"1," * 32_000 + b"1]}" if content_type else b""

    rejected = authenticated_client.request(route, path, content, headers)

    assert (rejected.status, rejected.json["errors"]) == (403, [])
