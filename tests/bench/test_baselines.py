from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import boto3
import pytest

from benchmarks.conformance import collect_outcomes
from benchmarks.environment import BenchmarkEnvironment
from benchmarks.subjects import APP, BOTO3, MINIMAL, SQL, Subject

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.conformance import Outcomes


@pytest.fixture(scope="module")
def environment() -> Iterator[BenchmarkEnvironment]:
    with BenchmarkEnvironment() as bed:
        yield bed


@pytest.fixture(scope="module")
def app_outcomes(environment: BenchmarkEnvironment) -> Outcomes:
    with environment.create_process(APP) as running:
        return collect_outcomes(running, environment.requests)


@pytest.mark.parametrize("peer", [MINIMAL, BOTO3, SQL], ids=lambda peer: peer.name)
def test_baseline_returns_same_outcomes_as_app(
    environment: BenchmarkEnvironment, app_outcomes: Outcomes, peer: Subject
) -> None:
    if peer.is_relational and not environment.database_url:
        pytest.skip("there is no PostgreSQL")

    with environment.create_process(peer) as running:
        seen = collect_outcomes(running, environment.requests)

    assert seen == app_outcomes


@pytest.mark.parametrize("peer", [MINIMAL, BOTO3], ids=lambda peer: peer.name)
def test_baseline_on_same_table_writes_same_items(
    environment: BenchmarkEnvironment, app_outcomes: Outcomes, peer: Subject
) -> None:
    del app_outcomes  # what left the app's own items

    assert item_types(environment, peer) == item_types(environment, APP)


def item_types(environment: BenchmarkEnvironment, subject: Subject) -> Counter[str]:
    """How many items of each kind its table has, and which attributes they have."""
    dynamodb = boto3.client("dynamodb", endpoint_url=environment.env_vars["AWS_ENDPOINT_URL"])
    items = dynamodb.scan(TableName=f"bench-{subject.name}")["Items"]
    return Counter(f"{item['type']['S']}: {', '.join(sorted(item))}" for item in items)
