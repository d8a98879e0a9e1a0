"""Parameters of the CloudFormation template that are settings of the app."""

from __future__ import annotations

from typing import Any

from chalicelib.domain.booking import BookingRules
from chalicelib.settings import MAX_HOLDS_RANGE, REFERENCE_DAYS_RANGE


def test_rules_of_bookings_are_parameters(
    template: dict[str, Any], resources: dict[str, Any]
) -> None:
    variables = resources["APIHandler"]["Environment"]["Variables"]

    for name, bounds, default in (
        ("MAX_HOLDS_PER_CLIENT", MAX_HOLDS_RANGE, BookingRules().max_holds),
        ("PATIENT_REFERENCE_DAYS", REFERENCE_DAYS_RANGE, BookingRules().reference_retention.days),
    ):
        parameter = template["Parameters"][variables[name]["Ref"]]
        assert (parameter["MinValue"], parameter["MaxValue"]) == bounds
        assert parameter["Default"] == default
