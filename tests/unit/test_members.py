"""Malformed members of JSON bodies: all are reported, in our own words."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Meta, Struct

from chalicelib.domain.errors import RequestRejectedError
from chalicelib.web.api import booking_schemas
from chalicelib.web.api.members import check_members
from chalicelib.web.http.request import JSON
from chalicelib.web.routes import ROUTERS

BODY_SCHEMAS = [
    schema
    for router in ROUTERS
    for route in router.routes
    if (schema := route.doc.body.get(JSON)) is not None
]
any_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
)


class Entry(Struct):
    count: Annotated[int, Meta(ge=1)]


class Body(Struct, forbid_unknown_fields=True):
    code: Annotated[str, Meta(pattern="^[a-z]+$")]
    entries: Annotated[list[Entry], Meta(min_length=1, max_length=2)] = []


def reported(value: object, schema: type = Body) -> list[tuple[str, str]]:
    _, violations = check_members(value, schema)
    return [(violation.field, violation.code) for violation in violations]


def test_every_malformed_missing_and_unknown_member_is_reported() -> None:
    body = {"entries": [{"count": "1"}, {}], "coed": "x", "": 1}

    assert reported(body) == [
        ("code", "required"),
        ("entries[0].count", "invalid"),
        ("entries[1].count", "required"),
        ("coed", "unknown_member"),
        ("", "unknown_member"),
    ]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"code": "A"}, "code"),
        ({"code": None}, "code"),
        ({"code": "a", "entries": []}, "entries"),
        ({"code": "a", "entries": [{"count": 1}] * 3}, "entries"),
        ({"code": "a", "entries": {}}, "entries"),
        ({"code": "a", "entries": [1]}, "entries[0]"),
        ({"code": "a", "entries": [{"count": 0}]}, "entries[0].count"),
        ({"code": "a", "entries": [{"count": 1.5}]}, "entries[0].count"),
        ({"code": "a", "entries": [{"count": True}]}, "entries[0].count"),
    ],
)
def test_constraint_of_a_schema_is_checked(body: dict[str, Any], field: str) -> None:
    assert reported(body) == [(field, "invalid")]


@pytest.mark.parametrize("number", [300, 300.0])
def test_whole_number_may_have_a_fraction_of_zero(number: float) -> None:
    decoded, violations = check_members(
        {"holder": "h", "seconds": number}, booking_schemas.HoldRequest
    )

    assert violations == []
    assert (decoded.seconds, type(decoded.seconds)) == (300, int)


@pytest.mark.parametrize("value", [None, [], "x", 1])
def test_body_must_be_an_object(value: object) -> None:
    with pytest.raises(RequestRejectedError, match="expected an object"):
        check_members(value, Body)


@given(st.data())
def test_checked_bodies_are_those_that_msgspec_accepts(data: st.DataObject) -> None:
    schema = data.draw(st.sampled_from(BODY_SCHEMAS))
    names = st.sampled_from(list(msgspec.structs.asdict(placeholder(schema)))) | st.text(max_size=3)
    body = data.draw(st.dictionaries(names, any_json, max_size=6))

    try:
        _, violations = check_members(body, schema)
    except RequestRejectedError:
        violations = None
    is_accepted = violations == []

    assert is_accepted == is_convertible(body, schema)


def placeholder(schema: type) -> Any:  # noqa: ANN401  a struct
    decoded: Any = check_members({}, schema)[0]
    return decoded


def is_convertible(body: object, schema: type) -> bool:
    """Return whether msgspec accepts the body, with whole floats as integers."""
    try:
        msgspec.convert(with_integers(body), schema)
    except msgspec.ValidationError:
        return False
    return True


def with_integers(value: Any) -> Any:  # noqa: ANN401  JSON
    if isinstance(value, dict):
        return {name: with_integers(member) for name, member in value.items()}
    if isinstance(value, list):
        return [with_integers(entry) for entry in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value
