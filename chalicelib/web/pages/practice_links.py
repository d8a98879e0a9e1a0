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
    on: date | None,
    search: PracticeSearch,
    *,
    focus: str | None = None,
    shown: Sequence[str] = (),
) -> str:
    """The URL of a date; of a poll of it with the doctors ``shown``."""
    fields: dict[str, object] = {
        "date": on.isoformat() if on else None,
        "specialty": search.specialty,
        "location": search.location,
        "doctor_id": list(search.doctor_ids),
        "cursor": search.cursor,
        "focus": focus,
        "shown": list(shown),
        "part": "schedule" if shown else None,
    }
    sent = {name: value for name, value in fields.items() if value}
    return f"{base}{PATH}?{urlencode(sent, doseq=True)}"
