"""Sentences about a save that was rejected: what conflicts, who did it and when, what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from msgspec import Struct

from chalicelib.domain import local_time
from chalicelib.domain.text import Text
from chalicelib.domain.violations import (
    FieldViolation,
    NotOnGrid,
    SlotExists,
    SlotInPast,
    SlotMissing,
    SlotTaken,
)
from chalicelib.web import dates
from chalicelib.web.pages.messages import list_times, merge_ranges
from chalicelib.web.texts import _, ngettext, translate

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from chalicelib.domain.violations import SlotViolation
    from chalicelib.use_cases.list_changes import Author, Authors

    Violations = Sequence[SlotViolation | FieldViolation]

# Sentences about several slots with the same reason, by its code; others name one slot each.
_PLURALS: dict[str, Text] = {
    SlotTaken.code: Text("These slots are %(state)s and can't be closed: %(times)s"),
    SlotInPast.code: Text("These slots have already started: %(times)s"),
    SlotMissing.code: Text("These slots no longer exist: %(times)s"),
}
_MAX_REASONS = 3
_MAX_RANGES = 2  # on a phone, the message has at most three lines
_MAX_EXPLAINED = 2  # days; on a phone, a sentence for each of seven would fill the screen


class Rejection(Struct, frozen=True, kw_only=True):
    """Why a date was not saved, and how many changes the form has for it."""

    violations: Violations
    change_count: int
    authors: Authors
    zone: ZoneInfo
    now: datetime

    @property
    def other_change_count(self) -> int:
        """How many changes a second save makes, if the user does nothing else."""
        if any(isinstance(v, FieldViolation | NotOnGrid) for v in self.violations):
            return 0
        return max(self.change_count - len(self.violations), 0)

    def describe(self) -> str:
        """Say why nothing was saved, and how to save the changes that are not at fault."""
        sentences = [_("Nothing was saved"), "; ".join(self._reasons()), *self._advice()]
        return " ".join(f"{sentence.removesuffix('.')}." for sentence in sentences)

    def describe_column(self, name: str) -> str:
        """Say why one of several days was not saved."""
        return describe_unsaved(name, "; ".join(self._reasons()))

    def _advice(self) -> Iterator[str]:
        off_grid = sum(isinstance(violation, NotOnGrid) for violation in self.violations)
        if off_grid:
            yield ngettext("Untick it, then save again", "Untick them, then save again", off_grid)
        elif self.other_change_count:
            yield save_again(self.other_change_count)

    def _reasons(self) -> Iterator[str]:
        acts, unexplained = _find_acts(self.violations, self.authors)
        yield from (act.describe(self.zone, self.now) for act in acts)
        if existing := [v for v in unexplained if isinstance(v, SlotExists)]:
            yield _already_exist(existing, self.change_count)
        if off_grid := [v for v in unexplained if isinstance(v, NotOnGrid)]:
            yield _not_on_grid(off_grid)
        others = list(
            _group_reasons([v for v in unexplained if not isinstance(v, SlotExists | NotOnGrid)])
        )
        yield from others[:_MAX_REASONS]
        if len(others) > _MAX_REASONS:
            yield _("and %(count)s more", count=len(others) - _MAX_REASONS)


def describe_unsaved(name: str, reasons: str) -> str:
    """Say why the day of that name was not saved: a date of a week, or a doctor."""
    return _("%(name)s wasn't saved: %(reasons)s.", name=name, reasons=reasons.removesuffix("."))


def join_days(
    saved: Sequence[str], unsaved: Sequence[tuple[str, str]], other_change_count: int
) -> str:
    """Say which of several days were saved, why others were not, and what a second save does.

    Of those that were not saved, each has its name and the sentence that says why. The message has
    the first two sentences, and the names of the others: their boxes say why.
    """
    sentences = [sentence for _name, sentence in unsaved[:_MAX_EXPLAINED]]
    if names := [name for name, _sentence in unsaved[_MAX_EXPLAINED:]]:
        sentences.append(_("Also not saved: %(names)s.", names=", ".join(names)))
    if saved:
        sentences.insert(0, _("Saved: %(names)s.", names=", ".join(saved)))
    if other_change_count:
        sentences.append(f"{save_again(other_change_count)}.")
    return " ".join(sentences)


def save_again(count: int) -> str:
    """Say what a second save does."""
    return ngettext(
        "Save again to save your other change",
        "Save again to save your other %(count)s changes",
        count,
    )


class _Act(NamedTuple):
    """What a user did to some slots; ``at`` is the last time."""

    verb: str
    name: str | None
    slot_labels: list[str]
    at: datetime

    def describe(self, zone: ZoneInfo, now: datetime) -> str:
        ranges = merge_ranges(self.slot_labels)
        values = {
            "name": _("Someone else") if self.name is None else self.name,
            "times": list_times(ranges, _MAX_RANGES),
            "when": _format_when(self.at, zone, now),
        }
        if self.name is None and self.verb == "booked":
            return ngettext(
                "%(times)s was booked %(when)s",
                "%(times)s were booked %(when)s",
                len(ranges),
                times=values["times"],
                when=values["when"],
            )
        return _sentences(is_own=self.name == "")[self.verb] % values


def _sentences(*, is_own: bool) -> dict[str, str]:
    if is_own:
        return {
            "opened": _("You opened %(times)s in another window %(when)s"),
            "closed": _("You closed %(times)s in another window %(when)s"),
            "booked": _("You booked %(times)s in another window %(when)s"),
        }
    return {
        "opened": _("%(name)s opened %(times)s %(when)s"),
        "closed": _("%(name)s closed %(times)s %(when)s"),
        "booked": _("%(name)s booked %(times)s %(when)s"),
    }


def _format_when(at: datetime, zone: ZoneInfo, now: datetime) -> str:
    time, on = local_time.format_time(at, zone), local_time.local_date(at, zone)
    if on == local_time.local_date(now, zone):
        return _("at %(time)s", time=time)
    return _("on %(date)s at %(time)s", date=dates.format_short_date(on), time=time)


def _find_acts(
    violations: Violations, authors: Authors
) -> tuple[list[_Act], list[SlotViolation | FieldViolation]]:
    """Group the violations by who caused them; the second list has those without an author."""
    acts: dict[tuple[str, str | None], _Act] = {}
    unexplained = []
    for violation in violations:
        found = _find_act(violation, authors)
        if found is None or isinstance(violation, FieldViolation):
            unexplained.append(violation)
            continue
        verb, author = found
        former = acts.get((verb, author.name))
        labels = [*(former.slot_labels if former else ()), violation.slot_label]
        at = max(author.at, former.at) if former else author.at
        acts[verb, author.name] = _Act(verb, author.name, labels, at)
    return list(acts.values()), unexplained


def _find_act(
    violation: SlotViolation | FieldViolation, authors: Authors
) -> tuple[str, Author] | None:
    """Return the last act that explains the violation."""
    match violation:
        case SlotMissing(start=start) if start in authors.closed:
            return "closed", authors.closed[start]
        case SlotTaken(start=start, state="booked") if start in authors.booked:
            return "booked", authors.booked[start]
        case SlotExists(start=start):
            found = [
                (verb, by_start[start])
                for verb, by_start in (("opened", authors.opened), ("booked", authors.booked))
                if start in by_start
            ]
            return max(found, key=lambda act: act[1].at, default=None)
    return None


def _list_ranges(slot_labels: Sequence[str]) -> str:
    return list_times(merge_ranges(slot_labels), _MAX_RANGES)


def _already_exist(existing: Sequence[SlotExists], change_count: int) -> str:
    times = _list_ranges([violation.slot_label for violation in existing])
    if len(existing) == change_count == 1:
        return _("This slot already exists: %(times)s", times=times)
    return ngettext(
        "%(count)s of these slots already exists: %(times)s",
        "%(count)s of these slots already exist: %(times)s",
        len(existing),
        times=times,
    )


def _group_reasons(violations: Violations) -> Iterator[str]:
    """Name the slots with the same reason in one sentence."""
    groups: dict[tuple[str, str], list[SlotViolation | FieldViolation]] = {}
    for violation in violations:
        key = getattr(violation, "state", "") if violation.code in _PLURALS else violation.message
        groups.setdefault((violation.code, key), []).append(violation)
    for (code, state), found in groups.items():
        labels = [v.slot_label for v in found if not isinstance(v, FieldViolation)]
        plural = _PLURALS.get(code)
        if plural and len(labels) > 1:
            yield translate(Text(plural, times=_list_ranges(labels), state=state))
        else:
            yield translate(found[0].message)


def _not_on_grid(off_grid: Sequence[NotOnGrid]) -> str:
    if len(off_grid) == 1:
        return translate(off_grid[0].message)
    times = _list_ranges([violation.slot_label for violation in off_grid])
    return _(
        "%(count)s of the times that you ticked are no longer slots of this day: %(times)s",
        count=len(off_grid),
        times=times,
    )
