"""Sentences of the pages that depend on numbers, times or zones."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from chalicelib.domain.text import Text
from chalicelib.domain.violations import FieldViolation, NotOnGrid, SlotExists
from chalicelib.web.texts import _, ngettext, translate

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from zoneinfo import ZoneInfo

    from chalicelib.domain.violations import SlotViolation

PREVIOUS_SAVE_SUCCEEDED = Text(
    "Your previous save went through. Check the boxes, then save again if anything is missing."
)
_MAX_LISTED = 4
_RANGE = re.compile(r"(\d\d:\d\d–\d\d:\d\d)", re.ASCII)
_MAX_REASONS = 3


def nothing_saved(violations: Sequence[SlotViolation | FieldViolation], change_count: int) -> str:
    """Say why a save was rejected, and how to save the changes that are not at fault."""
    sentences = [_("Nothing was saved"), "; ".join(_reasons(violations, change_count))]
    if off_grid := [violation for violation in violations if isinstance(violation, NotOnGrid)]:
        sentences.append(
            ngettext("Untick it, then save again", "Untick them, then save again", len(off_grid))
        )
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
    others = [translate(v.message) for v in violations if not isinstance(v, SlotExists | NotOnGrid)]
    yield from others[:_MAX_REASONS]
    if len(others) > _MAX_REASONS:
        yield _("and %(count)s more", count=len(others) - _MAX_REASONS)


def _already_exist(existing: Sequence[SlotExists], change_count: int) -> str:
    times = list_times(_merge_ranges([violation.slot_label for violation in existing]))
    if len(existing) == change_count == 1:
        return _("This slot already exists: %(times)s", times=times)
    return ngettext(
        "%(count)s of these slots already exists: %(times)s",
        "%(count)s of these slots already exist: %(times)s",
        len(existing),
        times=times,
    )


def _not_on_grid(off_grid: Sequence[NotOnGrid]) -> str:
    if len(off_grid) == 1:
        return translate(off_grid[0].message)
    times = list_times(_merge_ranges([violation.slot_label for violation in off_grid]))
    return _(
        "%(count)s of the times that you ticked are no longer slots of this day: %(times)s",
        count=len(off_grid),
        times=times,
    )


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
    return [
        ngettext(
            "Save again to save your other change",
            "Save again to save your other %(count)s changes",
            count,
        )
    ]


def list_times(times: Sequence[str]) -> str:
    """Name the first few times and the number of the rest: the boxes themselves show them all."""
    listed, more = ", ".join(times[:_MAX_LISTED]), len(times) - _MAX_LISTED
    return _("%(times)s and %(count)s more", times=listed, count=more) if more > 0 else listed


def split_ranges(text: str) -> list[str]:
    """Split a sentence at its ranges of times, which are every second part.

    Templates keep each range on one line: a browser would break it at its dash.
    """
    return _RANGE.split(text)


def format_zone(zone: ZoneInfo) -> str:
    """Name a zone by its city: ``London time`` for ``Europe/London``."""
    area, _slash, city = zone.key.partition("/")
    if not city or area == "Etc":
        return zone.key
    return _("%(city)s time", city=city.rpartition("/")[2].replace("_", " "))
