"""What requests cost, side by side with what people would pick instead: ``scripts/bench``.

All contenders run on one MiniStack (or PostgreSQL) in turns, each in a process of its own, of which
the CPU time is taken. Ratios are taken within a round, so that a machine that is busy for a while
slows all alike; what is told is their median.
"""

from __future__ import annotations

import argparse
import compileall
import os
import sys
from contextlib import ExitStack
from dataclasses import dataclass, field
from http import HTTPStatus
from statistics import median, quantiles
from typing import TypeVar

import boto3

from benchmarks import charts, payload_size, scaling
from benchmarks.capacity import create_app_client
from benchmarks.environment import TIMES, BenchmarkEnvironment
from benchmarks.subjects import APP, BARE, BOTO3, MINIMAL, SQL, Subject, SubjectProcess
from benchmarks.workloads import READ_DATES, Workload
from local.local_config import PROJECT

T = TypeVar("T")
ITERATIONS = 10
# MiniStack takes a tenth of a second to find them.
REDUCED_ITERATIONS = {"read 14 days": 3}
TOKEN_REQUEST, SESSION_REQUEST = "first request, by token", "first request, by session"


@dataclass
class Costs:
    """By contender and kind of work, a list for each round."""

    rounds: dict[tuple[Subject, str], list[list[dict[str, float]]]] = field(default_factory=dict)

    def add(self, subject: Subject, operation: str, costs: list[dict[str, float]]) -> None:
        """One more round."""
        self.rounds.setdefault((subject, operation), []).append(costs)

    def summary(self, subject: Subject, operation: str, metric: str = "cpu") -> str:
        """Milliseconds: the median, and where the middle half of them lies."""
        all_of_them = [
            one[metric] * 1000 for some in self.rounds[subject, operation] for one in some
        ]
        low, middle, high = quantiles(all_of_them, n=4)
        return f"{middle:.2f} ({low:.2f}-{high:.2f})"

    def ratio(
        self, subject: Subject, baseline: Subject, operation: str, metric: str = "cpu"
    ) -> float:
        """Of what one costs to what the other does in the same round: the median."""
        pairs = zip(self.rounds[subject, operation], self.rounds[baseline, operation], strict=True)
        return median(
            median(cost[metric] for cost in ours) / median(cost[metric] for cost in theirs)
            for ours, theirs in pairs
        )


def measure_warm(
    environment: BenchmarkEnvironment, subjects: list[Subject], rounds: int
) -> tuple[Costs, list[str]]:
    """Requests to processes that have had some."""
    costs = Costs()
    with ExitStack() as stack:
        works = {
            contender: Workload(
                stack.enter_context(environment.create_process(contender)),
                environment.requests,
                bookings=(rounds + 1) * ITERATIONS,
            )
            for contender in subjects
        }
        kinds = [*works[APP].operations]
        for number in range(rounds + 1):
            for kind in kinds:
                for contender in _interleaved(subjects, number):
                    took = works[contender].run(kind, REDUCED_ITERATIONS.get(kind, ITERATIONS))
                    if number:  # the first round warms them
                        costs.add(contender, kind, took)
    return costs, kinds


def measure_cold(environment: BenchmarkEnvironment, subjects: list[Subject], rounds: int) -> Costs:
    """Importing the handler and answering one request, in an interpreter that has just started.

    The bare app asks for no sign-in: it stands beside ours for who comes by the page's session,
    which needs no library for tokens either.
    """
    costs = Costs()
    settings = {
        contender: environment.prepare_store(contender, f"{contender.name}-cold")
        for contender in [*subjects, BARE]
    }
    for contender in subjects:
        with SubjectProcess(contender, settings[contender]) as running:
            running.send(environment.requests.save(READ_DATES[0], *TIMES))
    by_token, by_session = (
        environment.requests.day(READ_DATES[0]),
        environment.requests.day_with_session(READ_DATES[0]),
    )
    asked = [(contender, TOKEN_REQUEST, by_token) for contender in subjects]
    asked += [(contender, SESSION_REQUEST, by_session) for contender in (APP, BARE)]
    for number in range(rounds):
        for contender, kind, event in _interleaved(asked, number):
            with SubjectProcess(contender, settings[contender]) as running:
                (first,) = running.send(event)
            if first["status"] != HTTPStatus.OK:
                raise RuntimeError(contender.title, first)
            took = {what: first["import"][what] + first[what] for what in ("cpu", "wall")}
            costs.add(contender, kind, [took])
    return costs


def _interleaved(items: list[T], round_number: int) -> list[T]:
    """Each begins once, so that what one leaves behind does not always meet the same next one."""
    first = round_number % len(items)
    return items[first:] + items[:first]


def print_table(costs: Costs, operations: list[str], subjects: list[Subject], metric: str) -> None:
    """A table: what each costs, and how we stand to it."""
    others = [contender for contender in subjects if contender is not APP]
    print(f"| {metric}, ms | {APP.title} | {' | '.join(other.title for other in others)} |")
    print("|---|---|" + "---|" * len(others))
    for kind in operations:
        cells = [costs.summary(APP, kind, metric)]
        cells += [
            f"{costs.summary(other, kind, metric)}: **{costs.ratio(APP, other, kind, metric):.2f}**"
            for other in others
        ]
        print(f"| {kind} | {' | '.join(cells)} |")
    print()


def print_payload_sizes(environment: BenchmarkEnvironment) -> None:
    """What goes over the wire; the app runs in this process for it."""
    settings = environment.prepare_store(APP, "wire")
    os.environ.update(settings, STAGE="local", LOCAL_CALLER="dr-lee", OIDC_ISSUER="")
    site = create_app_client(boto3.client("dynamodb"))
    site.save(*TIMES)
    print("| on the wire | bytes | at most |\n|---|---|---|")
    for what, size in payload_size.measure_sizes(site).items():
        print(f"| {what} | {size:,} | {payload_size.MAX_BYTES[what]:,} |")


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="scripts/bench", description="What requests cost.")
    parser.add_argument("--quick", action="store_true", help="fewer rounds, a minute in all")
    parser.add_argument(
        "--growth",
        action="store_true",
        help="instead, how cost grows; draws docs/images/growth.svg",
    )
    asked = parser.parse_args()

    for folder in (PROJECT / "chalicelib", PROJECT / "benchmarks", PROJECT / "app.py"):
        (compileall.compile_dir if folder.is_dir() else compileall.compile_file)(folder, quiet=1)
    with BenchmarkEnvironment() as bed:
        if asked.growth:
            measured = scaling.measure(bed)
            charts.print_tables(measured)
            charts.draw(measured)
            return 0
        contenders = [APP, MINIMAL, BOTO3, *([SQL] if bed.database_url else [])]
        if not bed.database_url:
            print("No PostgreSQL here (Debian: apt-get install postgresql): a column is missing.\n")
        costs, kinds = measure_warm(bed, contenders, rounds=6 if asked.quick else 24)
        for what in ("cpu", "wall"):
            print_table(costs, kinds, contenders, what)
        costs = measure_cold(bed, contenders, rounds=5 if asked.quick else 20)
        for what in ("cpu", "wall"):
            print_table(costs, [TOKEN_REQUEST], contenders, what)
            print_table(costs, [SESSION_REQUEST], [APP, BARE], what)
        print_payload_sizes(bed)
    return 0


if __name__ == "__main__":
    sys.exit(main())
