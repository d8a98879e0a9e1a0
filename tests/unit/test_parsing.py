"""Parsing of saves: any input becomes a request or a 4xx error."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest
from chalice.app import Request
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.errors import RequestRejectedError
from chalicelib.web.api.parsing import parse_save_json
from chalicelib.web.http.errors import HttpError
from chalicelib.web.pages.day_form import DayForm, parse_save_form
from tests.support.factories import MONDAY

if TYPE_CHECKING:
    from chalicelib.use_cases.manage_slots import SaveRequest


def make_request(body: bytes, headers: dict[str, str] | None = None) -> Request:
    return Request(
        {
            "requestContext": {"httpMethod": "POST", "resourcePath": "/slots", "path": "/slots"},
            "headers": {"content-type": "application/json", **(headers or {})},
            "pathParameters": None,
            "stageVariables": None,
            "multiValueQueryStringParameters": None,
            "body": body,
        }
    )


def parse_json(body: bytes, headers: dict[str, str] | None = None) -> SaveRequest | None:
    try:
        return parse_save_json(make_request(body, headers))
    except (RequestRejectedError, HttpError):
        return None


def parse_form(body: bytes) -> DayForm | None:
    try:
        return parse_save_form(make_request(body))
    except (RequestRejectedError, HttpError):
        return None


any_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
)
almost_valid = st.fixed_dictionaries(
    {},
    optional={
        "doctor_id": st.just("dr-lee") | any_json,
        "date": st.just("2026-11-23") | any_json,
        "slots": st.lists(
            st.fixed_dictionaries(
                {}, optional={"start": st.just("09:00") | any_json, "status": any_json}
            )
            | any_json
        )
        | any_json,
    },
)
slot_starts = st.sampled_from(["20261123T0900Z", "20261123T0930Z-30"]) | st.text(max_size=17)


@given(st.binary(max_size=200))
def test_any_bytes_are_parsed_or_rejected(body: bytes) -> None:
    parse_json(body)
    parse_form(body)


@given(any_json | almost_valid)
def test_any_json_is_parsed_or_rejected(sent: Any) -> None:  # noqa: ANN401  JSON
    parse_json(json.dumps(sent).encode())


@given(st.text(max_size=40), st.text(max_size=80))
def test_any_headers_are_parsed_or_rejected(if_match: str, key: str) -> None:
    body = json.dumps({"doctor_id": "dr-lee", "date": "2026-11-23", "slots": []}).encode()

    parse_json(body, {"if-match": if_match, "idempotency-key": key})


@given(st.lists(slot_starts), st.lists(slot_starts), st.lists(slot_starts), st.text(max_size=9))
def test_any_form_is_parsed_or_rejected(
    shown: list[str], offered: list[str], ticked: list[str], version: str
) -> None:
    fields = {"doctor_id": ["dr-lee"], "date": ["2026-11-23"], "request_id": ["x"]}
    all_fields = {
        **fields,
        "version": [version],
        "shown": shown,
        "offered": offered,
        "ticked": ticked,
    }

    form = parse_form(encode_form(all_fields))

    if form is not None:
        assert form.state.checked <= form.state.editable
        assert form.request.date == MONDAY


def encode_form(fields: dict[str, list[str]]) -> bytes:
    return urlencode(fields, doseq=True, errors="surrogatepass").encode()


def test_if_match_versions_match_etags() -> None:
    body = json.dumps({"doctor_id": "dr-lee", "date": "2026-11-23", "slots": []}).encode()

    request = parse_json(body, {"if-match": 'W/"3.ab", "14.cd"'})

    assert request is not None
    assert request.expected_versions == frozenset({3, 14})


def test_requests_without_key_get_unique_keys() -> None:
    body = json.dumps({"doctor_id": "dr-lee", "date": "2026-11-23", "slots": []}).encode()

    first, second = parse_json(body), parse_json(body)

    assert first is not None
    assert second is not None
    assert first.request_id != second.request_id


@pytest.mark.parametrize("value", ["00010101T0000Z", "99991231T2359Z", "20101230T2359Z"])
@pytest.mark.parametrize("name", ["shown", "offered", "ticked"])
def test_slot_outside_calendar_limits_is_rejected(name: str, value: str) -> None:
    form = f"doctor_id=dr-lee&date=2026-11-23&version=0&request_id=a&{name}={value}"
    offered = "&offered=20261123T0900Z"

    assert parse_form(f"{form}{offered}".encode()) is None
    assert parse_form(form.replace(value, "20261123T0900Z").encode() + offered.encode())
