"""What others changed on a day while the user edited it, and who."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from chalicelib.bootstrap import get_services
from chalicelib.domain import local_time
from chalicelib.domain.slot import SlotStatus
from chalicelib.use_cases.list_changes import Authors
from chalicelib.web.pages import messages
from chalicelib.web.texts import _

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date, datetime
    from zoneinfo import ZoneInfo

    from chalicelib.domain.day import Day
    from chalicelib.domain.doctor import Doctor
    from chalicelib.domain.permissions import Caller
    from chalicelib.use_cases.list_changes import Author
    from chalicelib.web.pages.boxes import Box
    from chalicelib.web.pages.day_form import DayForm


class AuthorReader(Struct):
    """Reads who changed a date, once, and only if it is needed."""

    caller: Caller
    doctor: Doctor
    date: date
    found: Authors | None = None

    def read(self) -> Authors:
        """The authors; the first call reads the audit log."""
        if self.found is None:
            list_changes = get_services().changes.list_changes
            self.found = list_changes.find_authors(self.caller, self.doctor, self.date)
        return self.found


def describe_concurrent_changes(
    day: Day, form: DayForm, zone: ZoneInfo, authors: AuthorReader
) -> tuple[str, ...]:
    """Return sentences for what others changed; only then read who they are."""
    changes = changes_since_render(day, form)
    is_authored = changes.opened or changes.closed
    return changes.describe(authors.read() if is_authored else Authors(), zone)


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
            times = _list_starts(self.taken, zone)
            sentences.append(_("No longer free: %(times)s", times=times))
        return tuple(sentences)


def _sentences_by_author(
    verb: str, starts: Iterable[datetime], authors: Mapping[datetime, Author], zone: ZoneInfo
) -> Iterator[str]:
    by_name: dict[str, list[datetime]] = {}
    for start in sorted(starts):
        author = authors.get(start)
        name = _("Someone else") if author is None or author.name is None else author.name
        by_name.setdefault(name, []).append(start)
    for name, some in by_name.items():
        yield _describe_changes(verb, name, _list_starts(some, zone))


def _describe_changes(verb: str, name: str, times: str) -> str:
    texts = {
        ("opened", True): _("%(name)s opened %(times)s while you were editing"),
        ("closed", True): _("%(name)s closed %(times)s while you were editing"),
        ("opened", False): _("You opened %(times)s in another window"),
        ("closed", False): _("You closed %(times)s in another window"),
    }
    return texts[verb, bool(name)] % {"name": name, "times": times}


def _list_starts(starts: Iterable[datetime], zone: ZoneInfo) -> str:
    return messages.list_times([local_time.format_time(start, zone) for start in sorted(starts)])


def changes_since_render(previous: Day, form: DayForm) -> ConcurrentChanges:
    """Return what was changed since the render, except slots that the user edited.

    Patients do not change the version of a day. So without another version nothing was opened or
    closed, although a slot can be free again after a cancellation.
    """
    free = {start for start, slot in previous.slots.items() if slot.status is SlotStatus.FREE}
    initial, dirty = _starts(form.state.initial), _starts(form.state.dirty)
    gone = initial - free - dirty
    taken = frozenset(gone & previous.slots.keys())
    if previous.version == form.version:
        return ConcurrentChanges(taken=taken)
    return ConcurrentChanges(
        opened=frozenset(free - initial - dirty),
        closed=frozenset(gone - previous.slots.keys()),
        taken=taken,
    )


def _starts(boxes: Iterable[Box]) -> set[datetime]:
    return {box.start for box in boxes}
