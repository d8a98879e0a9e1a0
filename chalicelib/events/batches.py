"""How many events may go into one call of ``PutEvents``, and which must not go together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from chalicelib.events import detail

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from chalicelib.domain.slots_changed import SlotsChanged

MAX_BATCH_ENTRIES = 10
# https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html: of all entries.
MAX_BATCH_BYTES = 256 * 1024
# Of an entry's time, whatever it is.
_TIME_BYTES = 14


class Entry(Struct, frozen=True, kw_only=True):
    """An event as it is sent."""

    doctor_id: str
    time: datetime
    detail: str

    @classmethod
    def from_event(cls, event: SlotsChanged) -> Entry:
        """The event in its JSON."""
        return cls(doctor_id=event.doctor_id, time=event.at, detail=detail.encode(event))

    @property
    def size(self) -> int:
        """In bytes, as EventBridge counts them."""
        told = (detail.SOURCE, detail.DETAIL_TYPE, self.detail)
        return _TIME_BYTES + sum(len(text.encode()) for text in told)


def batched(entries: Iterable[Entry]) -> Iterator[list[Entry]]:
    """The entries in their order, as many at a time as one call may take.

    Of one doctor no two are together: a call may fail in part, and what came behind must not be
    accepted then.
    """
    batch: list[Entry] = []
    for entry in entries:
        if batch and not _fits(batch, entry):
            yield batch
            batch = []
        batch.append(entry)
    if batch:
        yield batch


def _fits(batch: list[Entry], entry: Entry) -> bool:
    return (
        len(batch) < MAX_BATCH_ENTRIES
        and all(entry.doctor_id != other.doctor_id for other in batch)
        # "Must be less than": a limit that is met is one that is passed.
        and sum(other.size for other in batch) + entry.size < MAX_BATCH_BYTES
    )
