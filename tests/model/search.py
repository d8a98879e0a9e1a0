"""A breadth-first search of every state that a scenario can reach, and its counter-examples."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, NamedTuple

from tests.model.invariants import find_violation
from tests.model.states import State, Transition, is_end

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.model.states import Scenario
    from tests.model.table import Left, Table


class CounterExample(NamedTuple):
    """The fewest steps that break an invariant, on the day as it was before."""

    before: str
    steps: tuple[str, ...]
    violation: str

    def __str__(self) -> str:
        """Return numbered steps, between the day before and what is wrong after them."""
        lines = [f"{number}. {step}" for number, step in enumerate(self.steps, start=1)]
        return "\n".join([f"Before: {self.before}", *lines, f"Broken: {self.violation}"])


class Report(NamedTuple):
    """The number of states, the requests that take effect in some of them, and what is wrong."""

    state_count: int
    effects: frozenset[str]
    counter_example: CounterExample | None


def search(
    scenario: Scenario,
    without: Left = frozenset(),
    find: Callable[[Transition, Scenario], str] = find_violation,
) -> Report:
    """Visit every state that some order of the actors' steps leads to, the nearest first.

    ``find`` returns the invariant that a step breaks, in words.
    """
    memories = tuple(actor.start() for actor in scenario.actors)
    first = State(scenario.table, 0, memories)
    reached_by: dict[State, Transition | None] = {first: None}
    transitions: list[Transition] = []
    queue = deque([first])
    while queue:
        for transition in _transitions(scenario, queue.popleft(), without):
            transitions.append(transition)
            if violation := find(transition, scenario):
                return _report(reached_by, transitions, transition, violation)
            if transition.after not in reached_by:
                reached_by[transition.after] = transition
                queue.append(transition.after)
    if stuck := reached_by.keys() - _leading_to_end(scenario, transitions):
        last = reached_by[min(stuck, key=lambda state: len(_path(reached_by, reached_by[state])))]
        return _report(reached_by, transitions, last, "every request comes to an end")
    return _report(reached_by, transitions, None, "")


def _transitions(scenario: Scenario, state: State, without: Left) -> Iterator[Transition]:
    for index, actor in enumerate(scenario.actors):
        memory = state.memories[index]
        if actor.is_done(memory):
            continue
        for step in actor.steps(state, memory, without):
            memories = (*state.memories[:index], step.memory, *state.memories[index + 1 :])
            done = state.requests_done | ({step.request} if step.request else set())
            after = State(step.table, state.now, memories, done)
            yield Transition(state, after, step.text, step.request, actor)
    if state.now < scenario.last_minute:
        yield Transition(state, state._replace(now=state.now + 1), "A minute passes")


def _leading_to_end(scenario: Scenario, transitions: list[Transition]) -> set[State]:
    before: dict[State, list[State]] = {}
    for transition in transitions:
        before.setdefault(transition.after, []).append(transition.before)
    stack = [state for state in before if is_end(scenario, state)]
    found = set(stack)
    while stack:
        new = set(before.get(stack.pop(), ())) - found
        found |= new
        stack.extend(new)
    return found


def _report(
    reached_by: dict[State, Transition | None],
    transitions: list[Transition],
    last: Transition | None,
    violation: str,
) -> Report:
    effects = frozenset(transition.request for transition in transitions)
    example = None
    if violation:
        first = next(iter(reached_by))
        example = CounterExample(_describe(first.table), _path(reached_by, last), violation)
    return Report(len(reached_by), effects, example)


def _describe(table: Table) -> str:
    slots = [_describe_slot(table, key[1]) for key in sorted(table) if key[0] == "slot"]
    return ", ".join(slots) or "no slots"


def _describe_slot(table: Table, start: str) -> str:
    slot, booking = table["slot", start], table.get(("booking", table["slot", start].claim))
    owner = f" as {slot.claim} for {booking.patient}" if booking else ""
    is_lost = start not in table["day",].slots
    flaws = " but not in the day" * is_lost + " without an instant" * (slot.changed_at is None)
    return f"{start} {slot.status}{owner}{flaws}"


def _path(reached_by: dict[State, Transition | None], last: Transition | None) -> tuple[str, ...]:
    texts = []
    while last is not None:
        texts.append(last.text)
        last = reached_by[last.before]
    return tuple(reversed(texts))
