"""ETags of the schedule page, made from the versions of what it shows instead of from its HTML.

A page that is open polls again and again: whether anything changed must cost less than a page.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from chalicelib.domain import local_time
from chalicelib.web.http.responses import etag

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from chalicelib.use_cases.save_days import DayWithDoctor
    from chalicelib.web.pages.frame import Frame
    from chalicelib.web.pages.schedule import Schedule

_ROOT = Path(__file__).parents[3]
_FOLDERS = ("chalicelib", "static")


def form_etag(schedule: Schedule) -> str:
    """The ETag of the form as stored, without messages and without unsaved changes."""
    return etag(_version(schedule), _state(schedule))


def page_etag(schedule: Schedule, *, template: str, frame: Frame | None, flash: str | None) -> str:
    """The ETag of a page with its frame, or of the part of it that ``template`` renders."""
    return etag(_version(schedule), [template, frame, flash, *_state(schedule)])


def _version(schedule: Schedule) -> int:
    # It never falls, although each of several days has its version.
    return sum(view.day.version for view in schedule.columns)


def _state(schedule: Schedule) -> list[object]:
    """Everything that determines the HTML of the form."""
    columns = [_column_state(view, schedule.now) for view in schedule.columns]
    practice = schedule.practice
    doctors = (practice.search, practice.focus) if practice else None
    return [build_id(), schedule.view, schedule.chosen, doctors, columns]


def _column_state(view: DayWithDoctor, now: datetime) -> tuple[object, ...]:
    doctor, day = view.doctor, view.day
    return (
        doctor.doctor_id,
        doctor.version,
        local_time.local_date(now, doctor.zone),
        day.date,
        day.revision,
        day.clock_state(doctor.grid, now),
    )


@cache
def build_id() -> str:
    """A fingerprint of code, templates and static files: another build may render other HTML."""
    digest = hashlib.blake2b(digest_size=8)
    for path in _source_files():
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def _source_files() -> Iterator[Path]:
    # Not the compiled files: two processes of one build may find different ones.
    for folder in _FOLDERS:
        for path in sorted((_ROOT / folder).rglob("*")):
            if path.is_file() and path.parent.name != "__pycache__":
                yield path
