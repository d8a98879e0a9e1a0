"""What CloudWatch makes metrics of, by the rules that AWS has published for it.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema_rs import Draft202012Validator

from chalicelib.web.observability import metrics
from tests.builders import SUNDAY_NOON

SIZES = [
    prefix + size for size in ("Bytes", "Bits") for prefix in ("", "Kilo", "Mega", "Giga", "Tera")
]
UNITS = ["Seconds", "Microseconds", "Milliseconds", "Percent", "None"] + [
    f"{unit.capitalize()}{per}" for unit in (*SIZES, "Count") for per in ("", "/Second")
]
EMF_SCHEMA = Draft202012Validator(
    {
        "type": "object",
        "required": ["_aws"],
        "properties": {
            "_aws": {
                "type": "object",
                "required": ["Timestamp", "CloudWatchMetrics"],
                "additionalProperties": False,
                "properties": {
                    "Timestamp": {"type": "integer"},
                    "CloudWatchMetrics": {"type": "array", "items": {"$ref": "#/$defs/directive"}},
                },
            }
        },
        "$defs": {
            "name": {"type": "string", "minLength": 1, "maxLength": 1024},
            "directive": {
                "type": "object",
                "required": ["Namespace", "Dimensions", "Metrics"],
                "additionalProperties": False,
                "properties": {
                    "Namespace": {"$ref": "#/$defs/name"},
                    "Dimensions": {
                        "type": "array",
                        "minItems": 1,
                        "items": {
                            "type": "array",
                            "maxItems": 30,
                            "items": {"type": "string", "minLength": 1, "maxLength": 250},
                        },
                    },
                    "Metrics": {
                        "type": "array",
                        "minItems": 1,
                        "maxItems": 100,
                        "items": {
                            "type": "object",
                            "required": ["Name"],
                            "additionalProperties": False,
                            "properties": {
                                "Name": {"$ref": "#/$defs/name"},
                                "Unit": {"enum": UNITS},
                            },
                        },
                    },
                },
            },
        },
    }
)


def parse_metrics(line: dict[str, Any]) -> dict[tuple[str, ...], float]:
    """What CloudWatch would make of it: each metric by its name and the values it goes by."""
    EMF_SCHEMA.validate(line)
    found = {}
    for directive in line["_aws"]["CloudWatchMetrics"]:
        assert directive["Namespace"] == "MediLinkSlots"
        for names in directive["Dimensions"]:
            values = [line[name] for name in names]
            assert all(isinstance(value, str) and 0 < len(value) <= 1024 for value in values)
            for metric in directive["Metrics"]:
                value = line[metric["Name"]]
                assert isinstance(value, int | float)
                assert metric["Unit"] == (
                    "Milliseconds" if metric["Name"] == "Latency" else "Count"
                )
                found[(metric["Name"], *values)] = value
    return found


def make_document(code: str | None = None, **counts: int) -> dict[str, Any]:
    return metrics.embedded_metrics(
        stage="prod", timestamp=SUNDAY_NOON, milliseconds=12.5, counts=counts, code=code
    )


def test_every_request_has_a_latency() -> None:
    assert parse_metrics(make_document()) == {("Latency", "prod"): 12.5}


def test_what_was_done_is_counted_and_what_was_not_is_left_out() -> None:
    found = parse_metrics(make_document(Saves=1, Bookings=0, ConflictsRetried=3))

    del found["Latency", "prod"]
    assert found == {("Saves", "prod"): 1, ("ConflictsRetried", "prod"): 3}


def test_a_refusal_is_counted_by_its_code_and_of_all_codes_together() -> None:
    found = parse_metrics(make_document(code="slot_taken"))

    assert found["Refusals", "prod"] == 1
    assert found["Refusals", "prod", "slot_taken"] == 1


def test_the_time_is_in_milliseconds_since_1970() -> None:
    assert make_document()["_aws"]["Timestamp"] == 1_795_348_800_000


@given(
    st.dictionaries(st.sampled_from(["Saves", "Bookings", "ConflictsRetried"]), st.integers(0, 9)),
    st.none() | st.sampled_from(["slot_taken", "busy", "internal_server_error"]),
)
def test_whatever_happens_cloudwatch_understands_it(
    counts: dict[str, int], code: str | None
) -> None:
    parse_metrics(make_document(code, **counts))


@pytest.mark.parametrize("spoil", ["Namespace", "Dimensions", "Metrics"])
def test_the_rules_notice_what_is_missing(spoil: str) -> None:
    document = make_document()
    del document["_aws"]["CloudWatchMetrics"][0][spoil]

    assert not EMF_SCHEMA.is_valid(document)
