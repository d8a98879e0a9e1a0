"""Whatever opens or closes slots: saves by hand, steps of plans, and undos.

All follow one protocol: read the change item and the day, decide, and write one transaction. They
differ in what they decide.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from tests.model.states import Step
from tests.model.table import (
    Act,
    Day,
    Entry,
    Safeguard,
    Slot,
    Write,
    ahead,
    change_slot,
    commit,
    instant,
    is_free,
    put,
    put_entry,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.model.states import State
    from tests.model.table import Left, Table


class Changes(NamedTuple):
    """What a save does."""

    opened: tuple[str, ...] = ()
    closed: tuple[str, ...] = ()
    blocked: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Return the words of a step."""
        verbs = (("opens", self.opened), ("closes", self.closed), ("blocks", self.blocked))
        parts = [f"{verb} {', '.join(starts)}" for verb, starts in verbs if starts]
        return " and ".join(parts) or "changes nothing"


# Returns the changes of a day as it was read at an instant; None rejects the request.
Decide = Callable[["Table", Day, int], Changes | None]


class Reading(NamedTuple):
    """What a save has read so far, or its result."""

    is_recorded: bool | None = None
    day: Day | None = None
    now: int = 0
    at: int = 0
    earliest: int = 0
    timeouts: int = 0
    result: str = ""


RECORD = "recorded"
SAVED, REJECTED, UNRECORDED, CRASHED = (
    Reading(result=result) for result in ("saved", "rejected", "unrecorded", "crashed")
)


@dataclass(frozen=True)
class Save:
    """A request that changes the day.

    At most ``timeouts`` of its responses are lost. If it ``crashes``, it may stop after any step.
    """

    name: str
    request: str
    decide: Decide
    is_plan: bool = False
    clock: int = 0
    timeouts: int = 0
    crashes: bool = False

    @property
    def requests(self) -> tuple[str, ...]:
        """What may take effect."""
        return (self.request,)

    def start(self) -> Reading:
        return Reading(timeouts=self.timeouts)

    def is_done(self, memory: Reading) -> bool:
        return memory in {SAVED, REJECTED, CRASHED}

    def steps(self, state: State, memory: Reading, without: Left) -> Iterator[Step]:
        """Yield what may happen next. The read of two items is two reads, in any order."""
        table = state.table
        if self.crashes:
            yield Step(f"{self.name} crashes", table, CRASHED)
        if memory == UNRECORDED:
            after = table.set(("change", self.request), RECORD)
            yield Step(
                f"{self.name} writes the record of {self.request}", after, SAVED, self.request
            )
        elif memory.is_recorded is None or memory.day is None:
            yield from self._read(state, memory)
        elif memory.is_recorded:
            yield Step(f"{self.name} reports what it saved", table, SAVED, self.request)
        else:
            yield from self._act(table, memory, memory.day, without)

    def _read(self, state: State, memory: Reading) -> Iterator[Step]:
        if memory.is_recorded is None:
            is_recorded = ("change", self.request) in state.table
            text = f"{self.name} finds {'the' if is_recorded else 'no'} record of {self.request}"
            yield Step(text, state.table, memory._replace(is_recorded=is_recorded))
        if memory.day is None:
            day = state.table.get(("day",), Day())
            at = max(instant(state.table, self.clock), day.changed_at + 1, memory.earliest)
            text = f"{self.name}{ahead(self.clock)} reads {_describe(day)}"
            yield Step(text, state.table, memory._replace(day=day, now=state.now, at=at))

    def _act(self, table: Table, memory: Reading, day: Day, without: Left) -> Iterator[Step]:
        changes = self.decide(table, day, memory.now)
        if changes is None:
            is_recorded = ("change", self.request) in table
            if is_recorded and Safeguard.READ_BEFORE_REJECTION not in without:
                yield Step(f"{self.name} finds the record of {self.request}", table, _again(memory))
            else:
                yield Step(f"{self.name} is rejected", table, REJECTED)
        elif not any(changes) and Safeguard.CHANGE_OF_EMPTY_SAVE in without:
            text = f"{self.name} has nothing to do"
            yield Step(text, table, SAVED, self.request)
        else:
            yield from self._commit(table, memory, day, changes, without)

    def _commit(
        self, table: Table, memory: Reading, day: Day, changes: Changes, without: Left
    ) -> Iterator[Step]:
        writes = self.writes(day, changes, memory.at, memory.now)
        is_recorded = Safeguard.CHANGE_IN_TRANSACTION not in without
        if not is_recorded:
            writes = [write for write in writes if write.key[0] != "change"]
        after, failures = commit(table, writes, without)
        if failures:
            step = self._failed(table, memory, {failed for failed, _ in failures})
            yield step._replace(writes=writes)
            return
        text = f"{self.name} {changes}, which makes version {after['day',].version}"
        yield Step(text, after, SAVED if is_recorded else UNRECORDED, self.request, writes)
        if memory.timeouts:
            retry = _again(memory, timeouts=memory.timeouts - 1)
            yield Step(f"{text}, and gets no response", after, retry, self.request, writes)

    def _failed(self, table: Table, memory: Reading, failed: set[Safeguard]) -> Step:
        if failed == {Safeguard.SLOT_IS_NEW}:
            return Step(f"{self.name} is rejected: the day has lost a slot", table, REJECTED)
        is_early = failed & {Safeguard.SLOT_CHANGED_BEFORE, Safeguard.ENTRY_IS_NEW}
        retry = _again(memory, earliest=memory.at + 1 if is_early else 0)
        return Step(f"{self.name} can't save, and starts again", table, retry)

    def writes(self, day: Day, changes: Changes, at: int, now: int) -> list[Write]:
        """Return the writes of the transaction, for the day as it was read."""
        act = Act(self.request, changes.opened, changes.closed)
        return [
            *(_close(start, at, now) for start in changes.closed),
            *(
                put(("slot", start), Safeguard.SLOT_IS_NEW, Slot(changed_at=at))
                for start in changes.opened
            ),
            put(("change", self.request), Safeguard.CHANGE_IS_NEW, RECORD),
            put_entry(at, self.request, act),
            self._change_day(day, changes, at),
        ]

    def _change_day(self, read: Day, changes: Changes, at: int) -> Write:
        opened = Entry(origin=self.request, is_by_hand=not self.is_plan)

        def change(day: Day) -> Day:
            slots = day.slots
            for start in changes.closed:
                slots = slots.set(start, None)
            for start in changes.opened:
                slots = slots.set(start, opened)
            after = Day(day.version + 1, day.revision + 1, at, slots, *day[4:])
            if changes.blocked:
                after = after._replace(
                    blocked=(*day.blocked, *changes.blocked), blocked_version=after.version
                )
            return after

        if read.version == 0:
            return put(("day",), Safeguard.DAY_IS_NEW, change(read))
        is_as_read = {Safeguard.DAY_VERSION: lambda day: day and day.version == read.version}
        return Write(("day",), is_as_read, change)


def _close(start: str, at: int, now: int) -> Write:
    def is_closable(slot: Slot | None) -> bool:
        return is_free(slot, now)

    return change_slot(start, Safeguard.SLOT_IS_CLOSABLE, is_closable, at=at, after=None)


def _again(memory: Reading, *, earliest: int = 0, timeouts: int | None = None) -> Reading:
    """Forget what was read, and try again."""
    return Reading(
        earliest=max(earliest, memory.earliest),
        timeouts=memory.timeouts if timeouts is None else timeouts,
    )


def _describe(day: Day) -> str:
    slots = [f"{start} {entry.status}" for start, entry in sorted(day.slots.items())]
    return f"version {day.version} of the day ({', '.join(slots) or 'no slots'})"
