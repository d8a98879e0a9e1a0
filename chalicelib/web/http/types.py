"""What a request wants back, and under which prefix its links must stand."""

from __future__ import annotations

Headers = dict[str, str | list[str]]
