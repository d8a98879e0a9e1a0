"""Texts of the pages: names of zones."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from chalicelib.web.pages import messages


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("Europe/London", "London time"),
        ("America/New_York", "New York time"),
        ("America/Argentina/Buenos_Aires", "Buenos Aires time"),
        ("UTC", "UTC"),
        ("Etc/GMT+5", "Etc/GMT+5"),
    ],
)
def test_zone_is_named_by_its_city(key: str, name: str) -> None:
    assert messages.format_zone(ZoneInfo(key)) == name
