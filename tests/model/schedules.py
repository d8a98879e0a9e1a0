"""One order of a scenario's steps, with the transactions that each actor sends."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from tests.model.saves import CRASHED, Reading
from tests.model.states import State

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.model.states import Scenario
    from tests.model.table import Write


class Schedule(StrEnum):
    """When the actors take their steps."""

    ONE_AFTER_ANOTHER = "one_after_another"
    BETWEEN_READ_AND_COMMIT = "others_between_read_and_commit_of_the_first"


class Outcome(NamedTuple):
    """The transactions and the results of each actor, by name, and the slots in the end."""

    transactions: dict[str, list[Sequence[Write]]]
    results: dict[str, list[str]]
    slots: dict[str, str]


def run(scenario: Scenario, schedule: Schedule) -> Outcome:
    """Take the steps in this order, without a crash. One after another, responses get lost."""
    runner = _Runner(scenario, loses_responses=schedule is Schedule.ONE_AFTER_ANOTHER)
    first, *others = range(len(scenario.actors))
    if schedule is Schedule.BETWEEN_READ_AND_COMMIT:
        runner.advance(first, only_reads=True)
        order = [*others, first]
    else:
        order = [first, *others]
    for index in order:
        runner.advance(index)
    return runner.outcome()


class _Runner:
    def __init__(self, scenario: Scenario, *, loses_responses: bool) -> None:
        self._actors = scenario.actors
        memories = tuple(actor.start() for actor in scenario.actors)
        self._state = State(scenario.table, 0, memories)
        self._loses_responses = loses_responses
        self._transactions: dict[str, list[Sequence[Write]]] = {
            actor.name: [] for actor in scenario.actors
        }

    def advance(self, index: int, *, only_reads: bool = False) -> None:
        """Let an actor take all its steps, or its reads."""
        actor = self._actors[index]
        memory = self._state.memories[index]
        while not (actor.is_done(memory) or (only_reads and _has_read(memory))):
            every_step = actor.steps(self._state, memory, frozenset())
            steps = [step for step in every_step if step.memory != CRASHED]
            step = steps[-1] if self._loses_responses else steps[0]
            if step.writes:
                self._transactions[actor.name].append(step.writes)
            memory = step.memory
            memories = (*self._state.memories[:index], memory, *self._state.memories[index + 1 :])
            self._state = self._state._replace(table=step.table, memories=memories)

    def outcome(self) -> Outcome:
        results = {
            actor.name: [
                "rejected" if result == "rejected" else "done"
                for result in ([memory.result] if isinstance(memory, Reading) else memory.results)
            ]
            for actor, memory in zip(self._actors, self._state.memories, strict=True)
        }
        slots = {key[1]: item.status for key, item in self._state.table.items() if key[0] == "slot"}
        return Outcome(self._transactions, results, slots)


def _has_read(memory: object) -> bool:
    return isinstance(memory, Reading) and None not in (memory.is_recorded, memory.day)
