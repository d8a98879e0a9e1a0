from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import boto3
import pytest

from benchmarks.bed import Bed
from benchmarks.conformance import see
from benchmarks.contenders import APP, BOTO3, FLOOR, SQL, Contender

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.conformance import Seen


@pytest.fixture(scope="module")
def bed() -> Iterator[Bed]:
    with Bed() as bed:
        yield bed


@pytest.fixture(scope="module")
def ours(bed: Bed) -> Seen:
    with bed.running(APP) as running:
        return see(running, bed.requests)


@pytest.mark.parametrize("peer", [FLOOR, BOTO3, SQL], ids=lambda peer: peer.name)
def test_a_peer_answers_all_of_the_work_as_the_app_does(
    bed: Bed, ours: Seen, peer: Contender
) -> None:
    if peer.is_relational and not bed.database:
        pytest.skip("there is no PostgreSQL")

    with bed.running(peer) as running:
        seen = see(running, bed.requests)

    assert seen == ours


@pytest.mark.parametrize("peer", [FLOOR, BOTO3], ids=lambda peer: peer.name)
def test_a_peer_on_the_same_table_leaves_the_same_items(
    bed: Bed, ours: Seen, peer: Contender
) -> None:
    del ours  # what left the app's own items

    assert kinds(bed, peer) == kinds(bed, APP)


def kinds(bed: Bed, contender: Contender) -> Counter[str]:
    """How many items of each kind its table has, and which attributes they have."""
    dynamodb = boto3.client("dynamodb", endpoint_url=bed.environment["AWS_ENDPOINT_URL"])
    items = dynamodb.scan(TableName=f"bench-{contender.name}")["Items"]
    return Counter(f"{item['type']['S']}: {', '.join(sorted(item))}" for item in items)
