"""What CloudWatch makes metrics of, by the rules that AWS has published for it.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
"""

from __future__ import annotations

from typing import Any

from jsonschema_rs import Draft202012Validator

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
