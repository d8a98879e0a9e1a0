"""Requests that are nearly right, or wrong in any way: what no description of the API tells of."""

from __future__ import annotations

import json
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from hypothesis import strategies as st

from tests.support.app_client import FORM, make_slot_id

JSON = "application/json"


@dataclass(frozen=True)
class RawRequest:
    """A request as it goes to the app."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes = b""


_text = st.text(max_size=30)
# What a header can bring through a gateway.
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
    """Something that is known, with a piece of it replaced."""
    known = draw(_valid_values)
    place = draw(st.integers(0, len(known)))
    return known[:place] + draw(st.text(max_size=3)) + known[place + draw(st.integers(0, 2)) :]


values = _valid_values | _mutated() | _text
_any_json = st.recursive(
    values | st.none() | st.booleans() | st.integers() | st.floats(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(values, inner, max_size=3),
    max_leaves=6,
)


@st.composite
def _almost_valid(draw: st.DrawFn, valid: dict[str, object]) -> dict[str, object]:
    """These members, of which a few have another value or are not there."""
    names = sorted(valid)
    odd = draw(st.dictionaries(st.sampled_from(names), _any_json, max_size=2))
    missing = draw(st.none() | st.sampled_from(names))
    return {name: value for name, value in (valid | odd).items() if name != missing}


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
    "doctor_id": "dr-lee",
    "name": "Dr Mina Lee",
    "specialty": "cardiology",
    "location": "London",
    "time_zone": "Europe/London",
    "slot_minutes": 30,
    "sessions": [{"from": "09:00", "to": "12:00"}],
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
    st.builds(lambda usual, odd: usual | odd, _valid_queries, _random_queries) | _random_queries
)
_GETS = [
    *("/slots", "/slots/history", "/slots/{}", "/doctors", "/doctors/{}", "/doctors/{}/slots"),
    *("/availability", "/static/{}", "/sign-in", "/sign-in/callback", "/signed-in", "/docs", "/"),
]


@st.composite
def random_requests(draw: st.DrawFn) -> RawRequest:
    """Any of the app's routes, with anything in every place where something may stand."""
    kind = draw(st.sampled_from(["GET", "GET", "DELETE", "JSON", "JSON", "form"]))
    headers = draw(_headers)
    query = urlencode(draw(_queries))
    if kind == "form":
        path, body = (
            draw(st.sampled_from(["/slots", "/slots", "/slots", "/sign-out"])),
            draw(_forms()),
        )
        return RawRequest("POST", path, {**headers, "Content-Type": FORM}, body)
    if kind == "JSON":
        route, bodies = draw(st.sampled_from(sorted(_bodies.items(), key=lambda each: each[0])))
        raw = json.dumps(draw(bodies)).encode() if draw(st.integers(0, 9)) else draw(_bytes)
        method = "POST" if route == "/slots" else "PUT"
        return RawRequest(
            method, _format_route(draw, route), {**headers, "Content-Type": JSON}, raw
        )
    routes = _GETS if kind == "GET" else ["/slots/{}/hold", "/slots/{}/booking"]
    return RawRequest(
        kind, f"{_format_route(draw, draw(st.sampled_from(routes)))}?{query}", headers
    )


def _format_route(draw: st.DrawFn, route: str) -> str:
    usual = "dr-lee" if route.startswith("/doctors") else make_slot_id("09:00")
    name = usual if draw(st.booleans()) else draw(values)
    return route.format(quote(name, safe="~") or "x")


@st.composite
def _forms(draw: st.DrawFn) -> bytes:
    if not draw(st.integers(0, 9)):
        return draw(_bytes)
    boxes = st.lists(st.sampled_from(["20261123T0900Z", "20261123T0930Z"]) | values, max_size=3)
    usual = {"doctor_id": "dr-lee", "date": "2026-11-23", "version": "0", "request_id": "f"}
    fields: dict[str, object] = {
        name: value if draw(st.integers(0, 4)) else draw(values) for name, value in usual.items()
    }
    fields |= {name: draw(boxes) for name in ("shown", "offered", "ticked")}
    return urlencode(fields, doseq=True).encode()
