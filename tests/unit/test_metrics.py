"""What CloudWatch makes metrics of, by the rules that AWS has published for it.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.web.observability import metrics
from tests.support.embedded_metrics import EMF_SCHEMA, parse_metrics
from tests.support.factories import SUNDAY_NOON


def make_document(code: str | None = None, **counts: int) -> dict[str, Any]:
    return metrics.embedded_metrics(
        stage="prod", timestamp=SUNDAY_NOON, milliseconds=12.5, counts=counts, code=code
    )


def test_every_request_has_latency() -> None:
    assert parse_metrics(make_document()) == {("Latency", "prod"): 12.5}


def test_zero_counts_are_omitted() -> None:
    found = parse_metrics(make_document(Saves=1, Bookings=0, ConflictsRetried=3))

    del found["Latency", "prod"]
    assert found == {("Saves", "prod"): 1, ("ConflictsRetried", "prod"): 3}


def test_client_error_counts_by_code_and_in_total() -> None:
    found = parse_metrics(make_document(code="slot_taken"))

    assert found["ClientErrors", "prod"] == 1
    assert found["ClientErrors", "prod", "slot_taken"] == 1


def test_timestamp_is_epoch_milliseconds() -> None:
    assert make_document()["_aws"]["Timestamp"] == 1_795_348_800_000


@given(
    st.dictionaries(st.sampled_from(["Saves", "Bookings", "ConflictsRetried"]), st.integers(0, 9)),
    st.none() | st.sampled_from(["slot_taken", "busy", "internal_server_error"]),
)
def test_any_document_is_valid_emf(counts: dict[str, int], code: str | None) -> None:
    parse_metrics(make_document(code, **counts))


@pytest.mark.parametrize("spoil", ["Namespace", "Dimensions", "Metrics"])
def test_emf_schema_rejects_missing_members(spoil: str) -> None:
    document = make_document()
    del document["_aws"]["CloudWatchMetrics"][0][spoil]

    assert not EMF_SCHEMA.is_valid(document)
