from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import boto3
import pytest

from benchmarks import plan_fixtures
from benchmarks.conformance import collect_outcomes, collect_outcomes_of_many_dates
from benchmarks.environment import BenchmarkEnvironment, run_environment, table_name
from benchmarks.subjects import APP, BOTO3, MINIMAL, SQL, Subject

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.conformance import Outcomes


@pytest.fixture(scope="module")
def environment() -> Iterator[BenchmarkEnvironment]:
    with run_environment() as running:
        yield running


@pytest.fixture(scope="module")
def app_outcomes(environment: BenchmarkEnvironment) -> Outcomes:
    with environment.run(APP) as process:
        return collect_outcomes(process, environment.requests)


@pytest.mark.parametrize("baseline", [MINIMAL, BOTO3, SQL], ids=lambda baseline: baseline.name)
def test_baseline_returns_same_outcomes_as_app(
    environment: BenchmarkEnvironment, app_outcomes: Outcomes, baseline: Subject
) -> None:
    if baseline.is_relational and not environment.database_url:
        pytest.skip("PostgreSQL is not installed")

    with environment.run(baseline) as process:
        outcomes = collect_outcomes(process, environment.requests)

    assert outcomes == app_outcomes


@pytest.mark.usefixtures("app_outcomes")  # it wrote the app's items
@pytest.mark.parametrize("baseline", [MINIMAL, BOTO3], ids=lambda baseline: baseline.name)
def test_baseline_on_same_table_writes_same_items(
    environment: BenchmarkEnvironment, baseline: Subject
) -> None:
    assert item_types(environment, baseline.name) == item_types(environment, APP.name)


def test_minimal_handler_changes_many_dates_as_the_app_does(
    environment: BenchmarkEnvironment,
) -> None:
    app = outcomes_of_many_dates(environment, APP, "many-app")
    floor = outcomes_of_many_dates(environment, MINIMAL, "many-minimal")

    assert floor == app
    assert item_types(environment, "many-minimal") == item_types(environment, "many-app")


def outcomes_of_many_dates(
    environment: BenchmarkEnvironment, subject: Subject, name: str
) -> Outcomes:
    """Run the subject on a table that also has doctors with plans."""
    with environment.run(subject, name) as process:
        plan_fixtures.add_doctors_with_plan(table_name(name), 2)
        return collect_outcomes_of_many_dates(process, environment.requests)


def item_types(environment: BenchmarkEnvironment, name: str) -> Counter[str]:
    """Count the items of the subject's table by their type and attributes.

    Only the app's items say what opened a slot.
    """
    dynamodb = boto3.client("dynamodb", endpoint_url=environment.env_vars["AWS_ENDPOINT_URL"])
    items = dynamodb.scan(TableName=table_name(name))["Items"]
    attributes = [sorted(item.keys() - {"origins"}) for item in items]
    return Counter(
        f"{item['type']['S']}: {', '.join(names)}"
        for item, names in zip(items, attributes, strict=True)
    )
