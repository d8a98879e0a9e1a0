from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import boto3
import pytest

from benchmarks.bed import BenchmarkEnvironment
from benchmarks.conformance import collect_outcomes
from benchmarks.contenders import APP, BOTO3, MINIMAL, SQL, Subject

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.conformance import Outcomes


@pytest.fixture(scope="module")
def bed() -> Iterator[BenchmarkEnvironment]:
    with BenchmarkEnvironment() as bed:
        yield bed


@pytest.fixture(scope="module")
def ours(bed: BenchmarkEnvironment) -> Outcomes:
    with bed.create_process(APP) as running:
        return collect_outcomes(running, bed.requests)


@pytest.mark.parametrize("peer", [MINIMAL, BOTO3, SQL], ids=lambda peer: peer.name)
def test_a_peer_answers_all_of_the_work_as_the_app_does(
    bed: BenchmarkEnvironment, ours: Outcomes, peer: Subject
) -> None:
    if peer.is_relational and not bed.database_url:
        pytest.skip("there is no PostgreSQL")

    with bed.create_process(peer) as running:
        seen = collect_outcomes(running, bed.requests)

    assert seen == ours


@pytest.mark.parametrize("peer", [MINIMAL, BOTO3], ids=lambda peer: peer.name)
def test_a_peer_on_the_same_table_leaves_the_same_items(
    bed: BenchmarkEnvironment, ours: Outcomes, peer: Subject
) -> None:
    del ours  # what left the app's own items

    assert item_types(bed, peer) == item_types(bed, APP)


def item_types(environment: BenchmarkEnvironment, subject: Subject) -> Counter[str]:
    """How many items of each kind its table has, and which attributes they have."""
    dynamodb = boto3.client("dynamodb", endpoint_url=environment.env_vars["AWS_ENDPOINT_URL"])
    items = dynamodb.scan(TableName=f"bench-{subject.name}")["Items"]
    return Counter(f"{item['type']['S']}: {', '.join(sorted(item))}" for item in items)
