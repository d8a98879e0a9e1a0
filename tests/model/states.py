"""The states of a scenario, and the steps between them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tests.model.table import Left, Table, Write


class Step(NamedTuple):
    """What an actor does at once, with the transaction that it sends, if it sends one.

    ``request`` is the one that takes effect by it, if any.
    """

    text: str
    table: Table
    memory: Any
    request: str = ""
    writes: Sequence[Write] = ()


class Actor(Protocol):
    """Sends requests. Its steps interleave with those of other actors."""

    @property
    def name(self) -> str: ...

    @property
    def clock(self) -> int: ...

    @property
    def timeouts(self) -> int: ...

    @property
    def requests(self) -> tuple[str, ...]: ...

    def start(self) -> Any: ...  # noqa: ANN401  each kind of actor has its own memory

    def is_done(self, memory: Any) -> bool: ...  # noqa: ANN401  what start() returns

    def steps(self, state: State, memory: Any, without: Left) -> Iterator[Step]: ...  # noqa: ANN401  what start() returns


class State(NamedTuple):
    """The table, the time, what each actor remembers, and the requests that have taken effect."""

    table: Table
    now: int
    memories: tuple[Any, ...]
    requests_done: frozenset[str] = frozenset()


class Transition(NamedTuple):
    """A step of an actor, or of time."""

    before: State
    after: State
    text: str
    request: str = ""
    actor: Actor | None = None


class Scenario(NamedTuple):
    """A day, and the actors that change it while some minutes pass.

    ``result`` is the day in the end, by the status of its slots, if only one is right.
    """

    table: Table
    actors: tuple[Actor, ...]
    last_minute: int = 0
    result: Mapping[str, str] | None = None


def is_end(scenario: Scenario, state: State) -> bool:
    """Return whether every actor has its last response."""
    pairs = zip(scenario.actors, state.memories, strict=True)
    return all(actor.is_done(memory) for actor, memory in pairs)
