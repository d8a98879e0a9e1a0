"""Time zone data of another release than the pinned one."""

from __future__ import annotations

import zoneinfo
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

TZDATA_2025_2 = Path(__file__).parent / "data" / "tzdata-2025.2"
"""From the package tzdata 2025.2 (IANA 2025b), public domain: Vancouver with its clock changes of
before British Columbia's decision for permanent daylight saving time."""


@contextmanager
def use_tzdata(folder: Path) -> Iterator[None]:
    """Load time zones from that folder, and from the pinned package what it does not have.

    Zones that are already loaded stay as they are.
    """
    # Others are the same in both, and equal only to themselves.
    zones = [path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()]
    zoneinfo.reset_tzpath(to=(str(folder),))
    zoneinfo.ZoneInfo.clear_cache(only_keys=zones)
    try:
        yield
    finally:
        zoneinfo.reset_tzpath(to=())
        zoneinfo.ZoneInfo.clear_cache(only_keys=zones)
