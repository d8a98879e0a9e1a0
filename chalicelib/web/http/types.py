"""Types that several modules share."""

from __future__ import annotations

Headers = dict[str, str | list[str]]
