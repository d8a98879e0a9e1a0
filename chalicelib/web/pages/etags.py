"""ETags of the Manage Slots page, made from the versions of what it shows instead of from its HTML.

A page that is open polls every two seconds: whether anything changed must cost less than a page.
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

    from chalicelib.use_cases.manage_slots import DayWithDoctor

_ROOT = Path(__file__).parents[3]
_FOLDERS = ("chalicelib", "static")


def form_etag(view: DayWithDoctor) -> str:
    """The ETag of the day's form as stored, without messages and without unsaved changes."""
    return etag(view.day.version, _state(view))


def page_etag(
    view: DayWithDoctor, *, template: str, display_name: str | None, flash: str | None
) -> str:
    """The ETag of a page, or of the part of it that ``template`` renders."""
    return etag(view.day.version, [template, display_name, flash, *_state(view)])


def _state(view: DayWithDoctor) -> list[object]:
    """Everything that determines the HTML of the day."""
    doctor, day = view.doctor, view.day
    return [
        build_id(),
        doctor.doctor_id,
        doctor.version,
        day.date,
        day.revision,
        local_time.local_date(view.now, doctor.zone),
        day.clock_state(doctor.grid, view.now),
    ]


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
