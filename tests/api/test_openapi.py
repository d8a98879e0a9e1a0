"""The OpenAPI document as it is served, and whether responses match its examples."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import TYPE_CHECKING

from chalicelib.domain.permissions import Permission
from tests.support.factories import MONDAY, to_instant
from tests.support.html import parse
from tests.support.matching_examples import assert_matches_example
from tools.openapi import booking_examples, examples
from tools.openapi.document import ROUTES, build_document

if TYPE_CHECKING:
    from tests.api.conftest import SignIn
    from tests.support.app_client import AppClient, AppResponse

FIRST_SLOT_PATH = "/slots/dr-lee~20261123T0900Z"
SECOND_SLOT_PATH = "/slots/dr-lee~20261123T0930Z"


def test_document_lists_exactly_the_routes(client: AppClient) -> None:
    from app import app  # noqa: PLC0415  it reads the environment when it is imported

    routes = {
        (path, method): entry.view_function.__name__
        for path, methods in app.routes.items()
        for method, entry in methods.items()
        if method not in {"HEAD", "OPTIONS"}  # described once, for all paths
    }
    documented = {
        (path, method.upper()): operation["operationId"]
        for path, methods in build_document()["paths"].items()
        for method, operation in methods.items()
    }

    assert documented == routes


def test_document_requires_auth_where_routes_do(client: AppClient) -> None:
    permissions = {route.view.__name__: route.permission for route in ROUTES}
    operations = {
        operation["operationId"]: operation
        for methods in build_document()["paths"].values()
        for operation in methods.values()
    }

    assert operations.keys() == permissions.keys()
    for name, operation in operations.items():
        assert bool(operation["security"]) is (permissions[name] is not Permission.PUBLIC)


def test_document_has_etag(client: AppClient) -> None:
    document = client.get("/openapi.json")

    assert (document.status, document.headers["Content-Type"]) == (200, "application/json")
    assert document.json == build_document()
    again = client.get("/openapi.json", If_None_Match=document.headers["ETag"])
    assert (again.status, again.text) == (304, "")


def test_document_names_stage_prefix(client: AppClient) -> None:
    assert json.loads(get_below_stage("/openapi.json"))["servers"] == [{"url": "/api"}]


def test_reference_links_are_relative(client: AppClient) -> None:
    page = parse(get_below_stage("/docs"))

    links = [link["href"] for link in page.select("[href]")] + [i["src"] for i in page("img")]
    linked = {str(link) for link in links if not str(link).startswith("#")}
    assert linked >= {"openapi.json", "static/reference.css", "static/favicon.svg"}
    for link in linked:
        assert client.get(f"/{link}").status == 200


def get_below_stage(path: str) -> str:
    """Return the body of a request that API Gateway passes to Lambda, with the stage's prefix."""
    from app import app  # noqa: PLC0415  it reads the environment when it is imported

    event = {
        "requestContext": {
            "httpMethod": "GET",
            "resourcePath": path,
            "path": f"/api{path}",
            "identity": {},
        },
        "headers": {},
        "pathParameters": None,
        "stageVariables": None,
        "multiValueQueryStringParameters": None,
        "body": None,
        "isBase64Encoded": False,
    }

    return str(app(event, None)["body"])


def test_document_has_readable_page(client: AppClient) -> None:
    page = client.get("/docs")

    assert (page.status, page.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    again = client.get("/docs", If_None_Match=page.headers["ETag"])
    assert (again.status, again.text) == (304, "")
    for methods in build_document()["paths"].values():
        for one in methods.values():
            assert f'<a href="#{one["operationId"]}">' in page.text
    anchors = re.findall(r'id="([^"]+)"', page.text)
    assert len(anchors) == len(set(anchors))
    assert set(re.findall(r'href="#([^"]+)"', page.text)) <= set(anchors)


def test_save_examples_are_real(client: AppClient) -> None:
    assert_matches_example(
        client.post_slots(examples.SAVE, Idempotency_Key="save-71"), 200, examples.SAVED_DAY
    )
    assert_matches_example(client.get(f"/slots?doctor_id=dr-lee&date={MONDAY}"), 200, examples.DAY)
    assert_matches_example(client.post_slots(examples.SAVE), 400, examples.SLOT_EXISTS)
    stale = client.post_slots(examples.SAVE, If_Match='"0.68048e9e729602d2"')
    assert_matches_example(stale, 412, examples.STALE_VERSION)
    another = {**examples.SAVE, "slots": examples.SAVE["slots"][:1]}
    reused = client.post_slots(another, Idempotency_Key="save-71")
    assert_matches_example(reused, 422, examples.IDEMPOTENCY_KEY_REUSED)
    assert client.post_form(examples.FORM).status == 303
    assert client.get_day().free_times == ["09:00", "09:30", "10:00"]
    for path in (f"/slots/history?doctor_id=dr-lee&date={MONDAY}", "/doctors/dr-lee/changes"):
        assert_matches_example(client.get(path), 200, examples.CHANGES)


def test_search_examples_are_real(client: AppClient) -> None:
    client.post_slots(examples.SAVE)

    bookable = client.get("/doctors/dr-lee/slots?from=2026-11-23&to=2026-12-06")
    assert_matches_example(bookable, 200, booking_examples.BOOKABLE_SLOTS)
    backwards = client.get("/availability?specialty=cardiology&from=2026-11-23&to=2026-11-22")
    assert_matches_example(backwards, 400, booking_examples.INVALID_RANGE)
    assert_matches_example(
        client.get("/availability?specialty=cardiology"), 200, booking_examples.AVAILABILITY
    )
    assert_matches_example(client.get("/availability"), 400, booking_examples.MISSING_SPECIALTY)
    assert_matches_example(client.get(FIRST_SLOT_PATH), 200, booking_examples.FREE_SLOT)
    assert_matches_example(
        client.get("/slots/dr-lee~20261123T1600Z"), 404, booking_examples.UNKNOWN_SLOT
    )


def test_hold_examples_are_real(client: AppClient) -> None:
    client.post_slots(examples.SAVE)

    assert_matches_example(
        client.put(f"{FIRST_SLOT_PATH}/hold", booking_examples.HOLD),
        200,
        booking_examples.HELD_SLOT,
    )
    too_short = {**booking_examples.HOLD, "seconds": 3}
    assert_matches_example(
        client.put(f"{FIRST_SLOT_PATH}/hold", too_short), 400, booking_examples.HOLD_TOO_SHORT
    )
    other = {**booking_examples.HOLD, "holder": "visit-72"}
    assert_matches_example(
        client.put(f"{FIRST_SLOT_PATH}/hold", other), 409, booking_examples.HELD_BY_ANOTHER
    )
    released = client.delete(f"{FIRST_SLOT_PATH}/hold?holder=visit-72")
    assert_matches_example(released, 409, booking_examples.HELD_BY_ANOTHER)
    assert_matches_example(
        client.delete(f"{FIRST_SLOT_PATH}/hold"), 400, booking_examples.MISSING_HOLDER
    )


def test_booking_examples_are_real(client: AppClient) -> None:
    client.post_slots(examples.SAVE)

    assert_matches_example(
        client.put(f"{FIRST_SLOT_PATH}/booking", booking_examples.BOOKING),
        201,
        booking_examples.BOOKED_SLOT,
    )
    assert_matches_example(
        client.put(f"{FIRST_SLOT_PATH}/booking", booking_examples.BOOKING),
        200,
        booking_examples.BOOKED_SLOT,
    )
    other = {**booking_examples.BOOKING, "booking_id": "b-1002"}
    assert_matches_example(
        client.put(f"{FIRST_SLOT_PATH}/booking", other), 409, booking_examples.ALREADY_BOOKED
    )
    cancelled = client.delete(f"{FIRST_SLOT_PATH}/booking?booking_id=b-1002")
    assert_matches_example(cancelled, 409, booking_examples.BOOKING_ID_MISMATCH)
    assert_matches_example(
        client.delete(f"{FIRST_SLOT_PATH}/booking"), 400, booking_examples.MISSING_BOOKING_ID
    )
    elsewhere = {**booking_examples.BOOKING, "holder": None}
    assert_matches_example(
        client.put(f"{SECOND_SLOT_PATH}/booking", elsewhere), 409, booking_examples.BOOKED_ELSEWHERE
    )
    assert client.put(f"{SECOND_SLOT_PATH}/booking", booking_examples.MOVE).status == 201


def test_examples_of_booking_site_are_real(sign_in: SignIn) -> None:
    sign_in("admin").post_slots(examples.SAVE)
    site = sign_in("slots/book")

    assert_matches_example(
        site.put(f"{SECOND_SLOT_PATH}/booking", {"booking_id": "b-1003"}),
        400,
        booking_examples.MISSING_PATIENT_REFERENCE,
    )
    site.put(f"{FIRST_SLOT_PATH}/booking", {**booking_examples.BOOKING, "holder": None})
    (booking,) = booking_examples.BOOKINGS["bookings"]
    listed = site.get("/doctors/dr-lee/bookings?from=2026-11-23&to=2026-11-23")
    assert listed.json == {"bookings": [{**booking, "client": "a-booking-site"}]}


def test_override_examples_are_real(client: AppClient) -> None:
    client.post_slots(examples.SAVE)

    def post(act: str, body: object = booking_examples.OVERRIDE) -> AppResponse:
        return client.post(f"{FIRST_SLOT_PATH}/{act}", body)

    assert_matches_example(post("release"), 200, booking_examples.FREE_SLOT)
    assert_matches_example(post("release", {"reason": ""}), 400, booking_examples.INVALID_REASON)
    assert_matches_example(post("disrupt"), 409, booking_examples.NOT_BOOKED)
    client.put(f"{FIRST_SLOT_PATH}/booking", {"booking_id": "b-1"})
    offers = client.get(f"{FIRST_SLOT_PATH}/offers?limit=1")
    assert_matches_example(offers, 200, booking_examples.OFFERS)
    assert_matches_example(
        client.get(f"{FIRST_SLOT_PATH}/offers?limit=0"), 400, examples.INVALID_LIMIT
    )
    assert_matches_example(post("disrupt"), 200, booking_examples.BOOKED_SLOT)
    client.clock.now += timedelta(seconds=1)
    lifted = client.delete(f"{FIRST_SLOT_PATH}/disrupt")
    assert_matches_example(lifted, 200, booking_examples.BOOKED_SLOT)
    assert_matches_example(post("revoke"), 200, booking_examples.FREE_SLOT)
    assert_matches_example(
        client.delete("/doctors/dr-lee/holds"), 400, booking_examples.MISSING_CLIENT
    )
    client.put(f"{SECOND_SLOT_PATH}/booking", {"booking_id": "b-2"})
    client.clock.now = to_instant("09:30")
    begun = client.post(f"{SECOND_SLOT_PATH}/revoke", booking_examples.OVERRIDE)
    assert [entry["code"] for entry in begun.json["errors"]] == ["in_past"]


def test_doctor_examples_are_real(client: AppClient) -> None:
    assert_matches_example(
        client.put("/doctors/dr-lee", examples.SETTINGS), 200, examples.SAVED_DOCTOR
    )
    assert_matches_example(client.get("/doctors/dr-lee"), 200, examples.SAVED_DOCTOR)
    assert_matches_example(client.get("/doctors?specialty=cardiology"), 200, examples.DOCTORS)
    assert_matches_example(client.get("/doctors?limit=0"), 400, examples.INVALID_LIMIT)
    overlapping = client.update_doctor(
        sessions=[{"from": "09:00", "to": "12:00"}, {"from": "11:30", "to": "17:00"}]
    )
    assert_matches_example(overlapping, 400, examples.SESSIONS_OVERLAP)
    moved = client.update_doctor(time_zone="Europe/Paris")
    assert_matches_example(moved, 409, examples.TIME_ZONE_CHANGED)
    assert_matches_example(client.get("/doctors/dr-who"), 404, examples.UNKNOWN_DOCTOR)


def test_error_examples_are_real(client: AppClient) -> None:
    assert_matches_example(client.get("/slots?date=2026-02-30"), 400, examples.INVALID_DATE)
    for path in ("/changes", "/settings"):
        response = client.get(f"{path}?doctor_id=dr+lee")
        assert_matches_example(response, 400, examples.INVALID_DOCTOR_ID)
    assert_matches_example(client.get("/static/nothing.css"), 404, examples.UNKNOWN_FILE)
    assert_matches_example(client.request("PATCH", "/slots"), 405, examples.METHOD_NOT_ALLOWED)
    assert_matches_example(client.post_slots(b" " * 131_073), 413, examples.BODY_TOO_LARGE)
    text = client.request("POST", "/slots", b"free", {"Content-Type": "text/plain"})
    assert_matches_example(text, 415, examples.UNSUPPORTED_MEDIA_TYPE)
