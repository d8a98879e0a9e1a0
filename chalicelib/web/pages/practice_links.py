"""URLs of the practice day. Each keeps which doctors it shows."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from chalicelib.use_cases.manage_practice import PracticeSearch

PATH = "/practice"


def practice_url(
    base: str,
    on: date,
    search: PracticeSearch,
    *,
    focus: str | None = None,
    shown: Sequence[str] = (),
) -> str:
    """The URL of a date; of a poll of it with the doctors ``shown``."""
    fields: dict[str, object] = {
        "date": on.isoformat(),
        **_filters(search),
        "focus": focus,
        "shown": list(shown),
        "part": "schedule" if shown else None,
    }
    return _url(base, fields)


def today_url(base: str, search: PracticeSearch, *, focus: str | None) -> str:
    """The URL of today, which has no date: the page may stay open past midnight."""
    fields: dict[str, object] = {**_filters(search), "focus": focus, "show": "today"}
    return _url(base, fields)


def _filters(search: PracticeSearch) -> dict[str, object]:
    return {
        "specialty": search.specialty,
        "location": search.location,
        "doctor_id": list(search.doctor_ids),
        "cursor": search.cursor,
    }


def _url(base: str, fields: dict[str, object]) -> str:
    sent = {name: value for name, value in fields.items() if value}
    return f"{base}{PATH}?{urlencode(sent, doseq=True)}"
