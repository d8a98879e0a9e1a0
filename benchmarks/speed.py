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

from benchmarks import growth, plots, wire
from benchmarks.bed import TIMES, Bed
from benchmarks.capacity import a_site
from benchmarks.contenders import APP, BARE, BOTO3, FLOOR, SQL, Contender, Running
from benchmarks.work import READ, Work
from local.stage import PROJECT

T = TypeVar("T")
PER_ROUND = 10
# MiniStack takes a tenth of a second to find them.
FEWER = {"read 14 days": 3}
BY_TOKEN, BY_SESSION = "first request, by token", "first request, by session"


@dataclass
class Costs:
    """By contender and kind of work, a list for each round."""

    rounds: dict[tuple[Contender, str], list[list[dict[str, float]]]] = field(default_factory=dict)

    def add(self, contender: Contender, kind: str, costs: list[dict[str, float]]) -> None:
        """One more round."""
        self.rounds.setdefault((contender, kind), []).append(costs)

    def told(self, contender: Contender, kind: str, what: str = "cpu") -> str:
        """Milliseconds: the median, and where the middle half of them lies."""
        all_of_them = [one[what] * 1000 for some in self.rounds[contender, kind] for one in some]
        low, middle, high = quantiles(all_of_them, n=4)
        return f"{middle:.2f} ({low:.2f}-{high:.2f})"

    def ratio(self, one: Contender, other: Contender, kind: str, what: str = "cpu") -> float:
        """Of what one costs to what the other does in the same round: the median."""
        pairs = zip(self.rounds[one, kind], self.rounds[other, kind], strict=True)
        return median(
            median(cost[what] for cost in ours) / median(cost[what] for cost in theirs)
            for ours, theirs in pairs
        )


def warm(bed: Bed, contenders: list[Contender], rounds: int) -> tuple[Costs, list[str]]:
    """Requests to processes that have had some."""
    costs = Costs()
    with ExitStack() as stack:
        works = {
            contender: Work(
                stack.enter_context(bed.running(contender)),
                bed.requests,
                bookings=(rounds + 1) * PER_ROUND,
            )
            for contender in contenders
        }
        kinds = [*works[APP].kinds]
        for number in range(rounds + 1):
            for kind in kinds:
                for contender in _in_turn(contenders, number):
                    took = works[contender].do(kind, FEWER.get(kind, PER_ROUND))
                    if number:  # the first round warms them
                        costs.add(contender, kind, took)
    return costs, kinds


def cold(bed: Bed, contenders: list[Contender], rounds: int) -> Costs:
    """Importing the handler and answering one request, in an interpreter that has just started.

    The bare app asks for no sign-in: it stands beside ours for who comes by the page's session,
    which needs no library for tokens either.
    """
    costs = Costs()
    settings = {
        contender: bed.prepare(contender, f"{contender.name}-cold")
        for contender in [*contenders, BARE]
    }
    for contender in contenders:
        with Running(contender, settings[contender]) as running:
            running.send(bed.requests.save(READ[0], *TIMES))
    by_token, by_session = bed.requests.day(READ[0]), bed.requests.day_by_session(READ[0])
    asked = [(contender, BY_TOKEN, by_token) for contender in contenders]
    asked += [(contender, BY_SESSION, by_session) for contender in (APP, BARE)]
    for number in range(rounds):
        for contender, kind, event in _in_turn(asked, number):
            with Running(contender, settings[contender]) as running:
                (first,) = running.send(event)
            if first["status"] != HTTPStatus.OK:
                raise RuntimeError(contender.title, first)
            took = {what: first["import"][what] + first[what] for what in ("cpu", "wall")}
            costs.add(contender, kind, [took])
    return costs


def _in_turn(all_of_them: list[T], number: int) -> list[T]:
    """Each begins once, so that what one leaves behind does not always meet the same next one."""
    first = number % len(all_of_them)
    return all_of_them[first:] + all_of_them[:first]


def show(costs: Costs, kinds: list[str], contenders: list[Contender], what: str) -> None:
    """A table: what each costs, and how we stand to it."""
    others = [contender for contender in contenders if contender is not APP]
    print(f"| {what}, ms | {APP.title} | {' | '.join(other.title for other in others)} |")
    print("|---|---|" + "---|" * len(others))
    for kind in kinds:
        cells = [costs.told(APP, kind, what)]
        cells += [
            f"{costs.told(other, kind, what)}: **{costs.ratio(APP, other, kind, what):.2f}**"
            for other in others
        ]
        print(f"| {kind} | {' | '.join(cells)} |")
    print()


def show_wire(bed: Bed) -> None:
    """What goes over the wire; the app runs in this process for it."""
    settings = bed.prepare(APP, "wire")
    os.environ.update(settings, STAGE="local", LOCAL_CALLER="dr-lee", OIDC_ISSUER="")
    site = a_site(boto3.client("dynamodb"))
    site.save(*TIMES)
    print("| on the wire | bytes | at most |\n|---|---|---|")
    for what, size in wire.sizes(site).items():
        print(f"| {what} | {size:,} | {wire.LIMITS[what]:,} |")


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
    with Bed() as bed:
        if asked.growth:
            measured = growth.measure(bed)
            plots.show(measured)
            plots.draw(measured)
            return 0
        contenders = [APP, FLOOR, BOTO3, *([SQL] if bed.database else [])]
        if not bed.database:
            print("No PostgreSQL here (Debian: apt-get install postgresql): a column is missing.\n")
        costs, kinds = warm(bed, contenders, rounds=6 if asked.quick else 24)
        for what in ("cpu", "wall"):
            show(costs, kinds, contenders, what)
        costs = cold(bed, contenders, rounds=5 if asked.quick else 20)
        for what in ("cpu", "wall"):
            show(costs, [BY_TOKEN], contenders, what)
            show(costs, [BY_SESSION], [APP, BARE], what)
        show_wire(bed)
    return 0


if __name__ == "__main__":
    sys.exit(main())
