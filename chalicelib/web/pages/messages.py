"""Sentences of the pages that depend on numbers, times or zones."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from chalicelib.domain.violations import FieldViolation, NotOnGrid, SlotExists

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from zoneinfo import ZoneInfo

    from chalicelib.domain.violations import SlotViolation

PREVIOUS_SAVE_SUCCEEDED = (
    "Your previous save went through. Check the boxes, then save again if anything is missing."
)
_MAX_LISTED = 4
_RANGE = re.compile(r"(\d\d:\d\d–\d\d:\d\d)", re.ASCII)
_MAX_REASONS = 3


def nothing_saved(violations: Sequence[SlotViolation | FieldViolation], change_count: int) -> str:
    """Say why a save was rejected, and how to save the changes that are not at fault."""
    sentences = ["Nothing was saved", "; ".join(_reasons(violations, change_count))]
    if off_grid := [violation for violation in violations if isinstance(violation, NotOnGrid)]:
        sentences.append(f"Untick {'them' if len(off_grid) > 1 else 'it'}, then save again")
    elif not any(isinstance(violation, FieldViolation) for violation in violations):
        sentences += _save_again(change_count - len(violations))
    return " ".join(f"{sentence.removesuffix('.')}." for sentence in sentences)


def _reasons(
    violations: Sequence[SlotViolation | FieldViolation], change_count: int
) -> Iterator[str]:
    if existing := [violation for violation in violations if isinstance(violation, SlotExists)]:
        yield _already_exist(existing, change_count)
    if off_grid := [violation for violation in violations if isinstance(violation, NotOnGrid)]:
        yield _not_on_grid(off_grid)
    others = [v.message for v in violations if not isinstance(v, SlotExists | NotOnGrid)]
    yield from others[:_MAX_REASONS]
    if len(others) > _MAX_REASONS:
        yield f"and {len(others) - _MAX_REASONS} more"


def _already_exist(existing: Sequence[SlotExists], change_count: int) -> str:
    times = list_times(_merge_ranges([violation.slot_label for violation in existing]))
    if len(existing) == change_count == 1:
        return f"This slot already exists: {times}"
    verb = "exists" if len(existing) == 1 else "exist"
    return f"{len(existing)} of these slots already {verb}: {times}"


def _not_on_grid(off_grid: Sequence[NotOnGrid]) -> str:
    if len(off_grid) == 1:
        return off_grid[0].message
    times = list_times(_merge_ranges([violation.slot_label for violation in off_grid]))
    return f"{len(off_grid)} of the times that you ticked are no longer slots of this day: {times}"


def _merge_ranges(labels: Sequence[str]) -> list[str]:
    """Join ranges that touch: 14:00 to 14:30 and 14:30 to 15:00 become 14:00 to 15:00."""
    merged: list[str] = []
    for label in labels:
        start, dash, end = label.partition("–")
        if dash and merged and merged[-1].endswith(f"–{start}"):
            merged[-1] = f"{merged[-1].partition('–')[0]}–{end}"
        else:
            merged.append(label)
    return merged


def _save_again(count: int) -> list[str]:
    if count <= 0:
        return []
    return [f"Save again to save your other {f'{count} changes' if count > 1 else 'change'}"]


def list_times(times: Sequence[str]) -> str:
    """Name the first few times and the number of the rest: the boxes themselves show them all."""
    more = len(times) - _MAX_LISTED
    return ", ".join(times[:_MAX_LISTED]) + (f" and {more} more" if more > 0 else "")


def split_ranges(text: str) -> list[str]:
    """Split a sentence at its ranges of times, which are every second part.

    Templates keep each range on one line: a browser would break it at its dash.
    """
    return _RANGE.split(text)


def format_zone(zone: ZoneInfo) -> str:
    """Name a zone by its city: ``London time`` for ``Europe/London``."""
    area, _, city = zone.key.partition("/")
    if not city or area == "Etc":
        return zone.key
    return f"{city.rpartition('/')[2].replace('_', ' ')} time"
