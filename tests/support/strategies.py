"""Hypothesis strategies for requests: almost valid ones, and ones with random parts."""

from __future__ import annotations

import json
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from hypothesis import strategies as st

from tests.support.app_client import FORM, make_slot_id
from tests.support.factories import DOCTOR_SETTINGS

JSON = "application/json"


@dataclass(frozen=True)
class RawRequest:
    """A request before it is sent to the app."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes = b""


_text = st.text(max_size=30)
# The characters that API Gateway passes in a header.
_header = st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=40)
_bytes = st.binary(max_size=60)
_valid_values = st.sampled_from(
    [
        *("2026-11-23T09:00:00+00:00", "2026-11-23T09:00Z", "20261123T0900Z", "09:00", "24:00"),
        *("dr-lee", "dr-okafor", "dr-night", make_slot_id("09:00"), "dr-lee~20261123T0900"),
        *("2026-11-23", "2026-10-25", "9999-12-31", "0001-01-01"),
        *(
            "cardiology",
            "London",
            "free",
            "busy-unavailable",
            "1",
            "0",
            "-1",
            "9" * 30,
            "1e5",
            "NaN",
        ),
        *("~", "#", "%", "..", "", "\ud7ff", "\x00", "ZHItbGVl"),
    ]
)


@st.composite
def _mutated(draw: st.DrawFn) -> str:
    """Draw a valid value with a part of it replaced."""
    valid = draw(_valid_values)
    index = draw(st.integers(0, len(valid)))
    return valid[:index] + draw(st.text(max_size=3)) + valid[index + draw(st.integers(0, 2)) :]


values = _valid_values | _mutated() | _text
_any_json = st.recursive(
    values | st.none() | st.booleans() | st.integers() | st.floats(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(values, inner, max_size=3),
    max_leaves=6,
)


@st.composite
def _almost_valid(draw: st.DrawFn, valid: dict[str, object]) -> dict[str, object]:
    """Draw an object like ``valid``, with some members changed or missing."""
    names = sorted(valid)
    changed = draw(st.dictionaries(st.sampled_from(names), _any_json, max_size=2))
    missing = draw(st.none() | st.sampled_from(names))
    return {name: value for name, value in (valid | changed).items() if name != missing}


_slot_changes = st.lists(
    _almost_valid({"start": "09:00", "status": "free"}) | _any_json, max_size=3
)
_day: dict[str, object] = {
    "doctor_id": "dr-lee",
    "date": "2026-11-23",
    "slots": [
        {"start": "09:30", "status": "free"},
        {"start": "10:00", "status": "busy-unavailable"},
    ],
}
_hold: dict[str, object] = {"holder": "hannah", "seconds": 60}
_booking: dict[str, object] = {
    "booking_id": "b-1",
    "patient_reference": "r",
    "holder": "hannah",
    "moves": make_slot_id("09:30"),
}
_doctor: dict[str, object] = {
    **DOCTOR_SETTINGS,
    "doctor_id": "dr-lee",
    "lead_minutes": 0,
    "window_days": 365,
    "delegates": ["sam"],
}
_bodies: dict[str, st.SearchStrategy[dict[str, object]]] = {
    "/slots": st.builds(
        lambda day, slots: {**day, "slots": slots}, _almost_valid(_day), _slot_changes
    )
    | _almost_valid(_day),
    "/slots/{}/hold": _almost_valid(_hold),
    "/slots/{}/booking": _almost_valid(_booking),
    "/doctors/{}": _almost_valid(_doctor),
}
_etags = st.builds('"{}.{}"'.format, st.integers(), _header) | _header | st.just("*")
_headers = st.fixed_dictionaries(
    {},
    optional={
        "If-Match": _etags,
        "If-None-Match": _etags,
        "Idempotency-Key": values.filter(str.isascii) | _header,
        "Accept": st.sampled_from(["text/html", JSON, "*/*;q=x"]) | _header,
        "HX-Request": _header,
        "Host": st.sampled_from(["127.0.0.1:8000", "[::1]", "x:y", "["]) | _header,
        "Cookie": _header | st.builds("session={}; a={}".format, _header, _header),
        "X-Forwarded-Proto": _header,
    },
)
_valid_queries = st.sampled_from(
    [
        {"doctor_id": "dr-lee", "date": "2026-11-23"},
        {"from": "2026-11-23", "to": "2026-11-24"},
        {"specialty": "cardiology", "limit": "2"},
        {"holder": "hannah", "booking_id": "b-1"},
    ]
)
_random_queries = st.dictionaries(
    st.sampled_from(
        [
            *("doctor_id", "date", "from", "to", "limit", "cursor", "specialty", "location"),
            *("holder", "booking_id", "part", "code", "state", "error", "next", "version"),
        ]
    ),
    values,
    max_size=4,
)
_queries = (
    st.builds(lambda valid, random: valid | random, _valid_queries, _random_queries)
    | _random_queries
)
_GETS = [
    *("/slots", "/slots/history", "/slots/{}", "/doctors", "/doctors/{}", "/doctors/{}/slots"),
    *("/availability", "/static/{}", "/sign-in", "/sign-in/callback", "/signed-in", "/docs", "/"),
]


@st.composite
def random_requests(draw: st.DrawFn) -> RawRequest:
    """Draw a request of any route, with random or valid values in every part of it."""
    request_type = draw(st.sampled_from(["GET", "GET", "DELETE", "JSON", "JSON", "form"]))
    headers = draw(_headers)
    query = urlencode(draw(_queries))
    if request_type == "form":
        path, body = (
            draw(st.sampled_from(["/slots", "/slots", "/slots", "/sign-out"])),
            draw(_forms()),
        )
        return RawRequest("POST", path, {**headers, "Content-Type": FORM}, body)
    if request_type == "JSON":
        route, bodies = draw(st.sampled_from(sorted(_bodies.items(), key=lambda item: item[0])))
        raw = json.dumps(draw(bodies)).encode() if draw(st.integers(0, 9)) else draw(_bytes)
        method = "POST" if route == "/slots" else "PUT"
        return RawRequest(
            method, _format_route(draw, route), {**headers, "Content-Type": JSON}, raw
        )
    routes = _GETS if request_type == "GET" else ["/slots/{}/hold", "/slots/{}/booking"]
    return RawRequest(
        request_type, f"{_format_route(draw, draw(st.sampled_from(routes)))}?{query}", headers
    )


def _format_route(draw: st.DrawFn, route: str) -> str:
    valid = "dr-lee" if route.startswith("/doctors") else make_slot_id("09:00")
    name = valid if draw(st.booleans()) else draw(values)
    return route.format(quote(name, safe="~") or "x")


@st.composite
def _forms(draw: st.DrawFn) -> bytes:
    if not draw(st.integers(0, 9)):
        return draw(_bytes)
    boxes = ["20261123T0900Z", "20261123T0930Z-30", "20261123T1000Z-20"]
    slots = st.lists(st.sampled_from(boxes) | values, max_size=3)
    valid = {"doctor_id": "dr-lee", "date": "2026-11-23", "version": "0", "request_id": "f"}
    fields: dict[str, object] = {
        name: value if draw(st.integers(0, 4)) else draw(values) for name, value in valid.items()
    }
    fields |= {name: draw(slots) for name in ("shown", "offered", "ticked")}
    return urlencode(fields, doseq=True).encode()
