"""The OpenAPI document has nothing that generators of clients misunderstand."""

from __future__ import annotations

from tools.openapi.portable import make_portable, move_to_future


def test_empty_defaults_are_left_out() -> None:
    schema = {
        "holder": {"type": ["string", "null"], "default": None},
        "slots": {"type": "array", "default": []},
        "seconds": {"type": "integer", "default": 0},
    }

    assert make_portable(schema) == {
        "holder": {"type": ["string", "null"]},
        "slots": {"type": "array"},
        "seconds": {"type": "integer", "default": 0},
    }


def test_enumerations_get_their_type() -> None:
    assert make_portable([{"enum": ["free"]}, {"enum": ["stop", None]}]) == [
        {"enum": ["free"], "type": "string"},
        {"enum": ["stop", None], "type": ["string", "null"]},
    ]


def test_examples_are_left_as_they_are() -> None:
    example = {
        "example": {"default": None},
        "examples": [{"enum": ["a"]}],
        "value": {"default": []},
    }

    assert make_portable(example) == example


def test_dates_move_to_a_year_with_the_same_weekdays() -> None:
    example = {"from": "2026-11-23", "slots": ["dr-lee~20261123T0900Z"], "month": "2026-11"}

    assert move_to_future(example) == {
        "from": "2037-11-23",
        "slots": ["dr-lee~20371123T0900Z"],
        "month": "2037-11",
    }
    assert move_to_future(["date,start\r\n2027-03-05,09:00", 2026, "RFC 2026", None]) == [
        "date,start\r\n2038-03-05,09:00",
        2026,
        "RFC 2026",
        None,
    ]
