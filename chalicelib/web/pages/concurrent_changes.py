"""What others changed on a day while the user edited it, and who."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from chalicelib.bootstrap import get_services
from chalicelib.domain import local_time
from chalicelib.domain.slot import SlotStatus
from chalicelib.use_cases.list_changes import Authors
from chalicelib.web.pages import messages

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from chalicelib.domain.day import Day
    from chalicelib.domain.doctor import Doctor
    from chalicelib.domain.permissions import Caller
    from chalicelib.web.pages.boxes import Box
    from chalicelib.web.pages.day_form import DayForm


def describe_concurrent_changes(
    day: Day, form: DayForm, doctor: Doctor, caller: Caller
) -> tuple[str, ...]:
    """Return sentences for what others changed; only then read who they are."""
    changes = changes_since_render(day, form)
    authors = (
        get_services().list_changes.find_authors(caller, doctor, day.date)
        if changes.opened or changes.closed
        else Authors()
    )
    return changes.describe(authors, doctor.zone)


class ConcurrentChanges(Struct, frozen=True, kw_only=True):
    """Slots that were opened, closed, or taken by a patient while the user edited the page."""

    opened: frozenset[datetime] = frozenset()
    closed: frozenset[datetime] = frozenset()
    taken: frozenset[datetime] = frozenset()

    def describe(self, authors: Authors, zone: ZoneInfo) -> tuple[str, ...]:
        """Return a sentence for each author and each kind of change."""
        sentences = [
            *_sentences_by_author("opened", self.opened, authors.opened, zone),
            *_sentences_by_author("closed", self.closed, authors.closed, zone),
        ]
        if self.taken:
            sentences.append(f"No longer free: {_list_starts(self.taken, zone)}")
        return tuple(sentences)


def _sentences_by_author(
    verb: str, starts: Iterable[datetime], authors: Mapping[datetime, str], zone: ZoneInfo
) -> Iterator[str]:
    by_author: dict[str, list[datetime]] = {}
    for start in sorted(starts):
        by_author.setdefault(authors.get(start, "Someone else"), []).append(start)
    for author, some in by_author.items():
        times = _list_starts(some, zone)
        if author:
            yield f"{author} {verb} {times} while you were editing"
        else:
            yield f"You {verb} {times} in another window"


def _list_starts(starts: Iterable[datetime], zone: ZoneInfo) -> str:
    return messages.list_times([local_time.format_time(start, zone) for start in sorted(starts)])


def changes_since_render(previous: Day, form: DayForm) -> ConcurrentChanges:
    """Return what was changed since the render, except slots that the user edited."""
    if previous.version == form.version:
        return ConcurrentChanges()
    free = {start for start, slot in previous.slots.items() if slot.status is SlotStatus.FREE}
    initial, dirty = _starts(form.state.initial), _starts(form.state.dirty)
    gone = initial - free - dirty
    return ConcurrentChanges(
        opened=frozenset(free - initial - dirty),
        closed=frozenset(gone - previous.slots.keys()),
        taken=frozenset(gone & previous.slots.keys()),
    )


def _starts(boxes: Iterable[Box]) -> set[datetime]:
    return {box.start for box in boxes}
