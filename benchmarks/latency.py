"""Compare the cost of requests with the baselines: ``scripts/bench``.

All subjects run on one MiniStack (or PostgreSQL) in turns, each in its own process, whose CPU time
is measured. Ratios compare two subjects within one round, so that a busy machine slows both; the
median of the rounds is printed.
"""

from __future__ import annotations

import argparse
import compileall
import os
from contextlib import ExitStack
from dataclasses import dataclass, field
from http import HTTPStatus
from statistics import median, quantiles
from typing import TYPE_CHECKING, TypeVar

import boto3

from benchmarks import charts, payload_size, plan_load, scaling
from benchmarks.capacity import create_app_client
from benchmarks.environment import TIMES, run_environment
from benchmarks.subjects import APP, BARE, BOTO3, MINIMAL, SQL, UNPACED_APP, Subject, run_subject
from benchmarks.workloads import (
    OPERATIONS,
    PLAN_STEP,
    READ_DATES,
    SAVE_WEEK,
    Workload,
    can_run,
)
from local.local_config import PROJECT

if TYPE_CHECKING:
    from benchmarks.environment import BenchmarkEnvironment

T = TypeVar("T")
ITERATIONS = 10
# MiniStack takes a tenth of a second or more for each of these.
REDUCED_ITERATIONS = {"read 14 days": 3, SAVE_WEEK: 3, PLAN_STEP: 3}
TOKEN_REQUEST, SESSION_REQUEST = "first request, by token", "first request, by session"
METRICS = {"cpu": "CPU", "wall": "Wall time"}


@dataclass
class Costs:
    """The costs of all requests, by subject and operation, with one list per round."""

    rounds: dict[tuple[Subject, str], list[list[dict[str, float]]]] = field(default_factory=dict)

    def add(self, subject: Subject, operation: str, costs: list[dict[str, float]]) -> None:
        """Add one round."""
        self.rounds.setdefault((subject, operation), []).append(costs)

    def summary(self, subject: Subject, operation: str, metric: str = "cpu") -> str:
        """Format the median and the interquartile range in milliseconds."""
        milliseconds = [
            cost[metric] * 1000 for costs in self.rounds[subject, operation] for cost in costs
        ]
        low, middle, high = quantiles(milliseconds, n=4)
        return f"{middle:.2f} ({low:.2f}-{high:.2f})"

    def comparison(self, baseline: Subject, operation: str, metric: str) -> str:
        """Format the cost of a baseline and, in bold, the ratio of ours to it."""
        if (baseline, operation) not in self.rounds:
            return "-"
        ratio = self.ratio(APP, baseline, operation, metric)
        return f"{self.summary(baseline, operation, metric)}: **{ratio:.2f}**"

    def ratio(
        self, subject: Subject, baseline: Subject, operation: str, metric: str = "cpu"
    ) -> float:
        """Return the median of the rounds' ratios of two subjects."""
        pairs = zip(self.rounds[subject, operation], self.rounds[baseline, operation], strict=True)
        return median(
            median(cost[metric] for cost in ours) / median(cost[metric] for cost in theirs)
            for ours, theirs in pairs
        )


def measure_warm(
    environment: BenchmarkEnvironment, subjects: list[Subject], rounds: int, only: str | None
) -> tuple[Costs, list[str]]:
    """Measure processes that have answered requests before; also return the operations' names.

    Those are all, or the one in ``only``.
    """
    costs = Costs()
    with ExitStack() as stack:
        workloads = {
            subject: Workload(
                stack.enter_context(environment.run(UNPACED_APP if subject is APP else subject)),
                environment.requests,
                bookings=(rounds + 1) * ITERATIONS,
                plans=(rounds + 1) * REDUCED_ITERATIONS[PLAN_STEP],
            )
            for subject in subjects
            if only is None or can_run(subject, only)
        }
        operations = [only] if only else [*workloads[APP].operations]
        for round_number in range(rounds + 1):
            for operation in operations:
                iterations = REDUCED_ITERATIONS.get(operation, ITERATIONS)
                able = [subject for subject in workloads if can_run(subject, operation)]
                for subject in _interleaved(able, round_number):
                    round_costs = workloads[subject].run(operation, iterations)
                    if round_number:  # the first round is a warm-up
                        costs.add(subject, operation, round_costs)
    return costs, operations


def measure_cold(environment: BenchmarkEnvironment, subjects: list[Subject], rounds: int) -> Costs:
    """Measure importing the handler and the first request in a new interpreter.

    The bare app has no authentication. It is compared with the app when that authenticates by
    session cookie, because neither then imports a token library.
    """
    costs = Costs()
    env_vars = {
        subject: environment.prepare_store(subject, f"{subject.name}-cold")
        for subject in [*subjects, BARE]
    }
    for subject in subjects:
        with run_subject(subject, env_vars[subject]) as process:
            process.send(environment.requests.save(READ_DATES[0], *TIMES))
    by_token = environment.requests.day(READ_DATES[0])
    by_session = environment.requests.day_with_session(READ_DATES[0])
    starts = [(subject, TOKEN_REQUEST, by_token) for subject in subjects]
    starts += [(subject, SESSION_REQUEST, by_session) for subject in (APP, BARE)]
    for round_number in range(rounds):
        for subject, operation, event in _interleaved(starts, round_number):
            with run_subject(subject, env_vars[subject]) as process:
                (first,) = process.send(event)
            if first["status"] != HTTPStatus.OK:
                raise RuntimeError(subject.title, first)
            cost = {metric: first["import"][metric] + first[metric] for metric in METRICS}
            costs.add(subject, operation, [cost])
    return costs


def _interleaved(items: list[T], round_number: int) -> list[T]:
    """Rotate the order each round, because a subject may slow down the next one."""
    first = round_number % len(items)
    return items[first:] + items[:first]


def print_table(costs: Costs, operations: list[str], subjects: list[Subject], metric: str) -> None:
    """Print the cost of each subject and, in bold, the ratio of ours to theirs."""
    others = [
        subject
        for subject in subjects
        if subject is not APP
        and any((subject, operation) in costs.rounds for operation in operations)
    ]
    titles = " | ".join(other.title for other in others)
    print(f"| {METRICS[metric]}, ms | {APP.title} | {titles} |")
    print("|---|---|" + "---|" * len(others))
    for operation in operations:
        cells = [costs.summary(APP, operation, metric)]
        cells += [costs.comparison(other, operation, metric) for other in others]
        print(f"| {operation} | {' | '.join(cells)} |")
    print()


def print_payload_sizes(environment: BenchmarkEnvironment) -> None:
    """Print the response sizes of the app, which runs in this process."""
    env_vars = environment.prepare_store(APP, "payload")
    os.environ.update(env_vars, STAGE="local", LOCAL_CALLER="dr-lee", OIDC_ISSUER="")
    client = create_app_client(boto3.client("dynamodb"))
    client.save(*TIMES)
    print("| response | bytes | limit |\n|---|---|---|")
    for response, size in payload_size.measure_sizes(client).items():
        print(f"| {response} | {size:,} | {payload_size.MAX_BYTES[response]:,} |")


def run_comparison(environment: BenchmarkEnvironment, *, is_quick: bool, only: str | None) -> None:
    subjects = [APP, MINIMAL, BOTO3]
    if environment.database_url:
        subjects.append(SQL)
    else:
        print("PostgreSQL is not installed (Debian: apt-get install postgresql), so its column")
        print("is missing.\n")
    costs, operations = measure_warm(environment, subjects, 6 if is_quick else 24, only)
    for metric in METRICS:
        print_table(costs, operations, subjects, metric)
    if only:
        return
    costs = measure_cold(environment, subjects, rounds=5 if is_quick else 20)
    for metric in METRICS:
        print_table(costs, [TOKEN_REQUEST], subjects, metric)
        print_table(costs, [SESSION_REQUEST], [APP, BARE], metric)
    print_payload_sizes(environment)


def main() -> None:
    parser = argparse.ArgumentParser(prog="scripts/bench", description="Measure requests.")
    parser.add_argument("--quick", action="store_true", help="fewer rounds, about a minute")
    parser.add_argument(
        "--growth",
        action="store_true",
        help="measure how cost grows with the data, and draw docs/images/growth.svg",
    )
    parser.add_argument(
        "--plan", action="store_true", help="measure bookings beside a running plan"
    )
    parser.add_argument(
        "--only", choices=OPERATIONS, help="measure one warm operation, without the other tables"
    )
    options = parser.parse_args()

    for path in (PROJECT / "chalicelib", PROJECT / "benchmarks", PROJECT / "app.py"):
        compile_path = compileall.compile_dir if path.is_dir() else compileall.compile_file
        compile_path(path, quiet=1)
    with run_environment() as environment:
        if options.growth:
            results = scaling.measure(environment)
            charts.print_tables(results)
            charts.draw(results)
        elif options.plan:
            plan_load.print_table(*plan_load.measure(environment))
        else:
            run_comparison(environment, is_quick=options.quick, only=options.only)


if __name__ == "__main__":
    main()
