"""The guide for booking sites, followed word for word against a server of its own."""

from __future__ import annotations

import re
import subprocess
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from tests.running import a_server

if TYPE_CHECKING:
    from collections.abc import Iterator

GUIDE = Path(__file__).parents[2] / "docs" / "booking-sites.md"
ITS_API = "http://127.0.0.1:8000"
ITS_DATE = date(2027, 3, 23)
FENCED = re.compile(r"^```(?P<kind>\w*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)


def a_winter_day() -> date:
    """A date to come on which London is at UTC, as it is on the guide's."""
    on = datetime.now(UTC).date() + timedelta(days=3)
    while datetime(on.year, on.month, on.day, 12, tzinfo=ZoneInfo("Europe/London")).utcoffset():
        on += timedelta(days=1)
    return on


def steps(url: str, on: date) -> Iterator[tuple[str, str]]:
    """Each command of the guide, with the answer that the guide gives to it."""
    text = GUIDE.read_text().replace(ITS_API, url)
    for spelling in ("%Y-%m-%d", "%Y%m%d"):
        text = text.replace(ITS_DATE.strftime(spelling), on.strftime(spelling))
    settings, *blocks = FENCED.findall(text)
    for (kind, command), (_, answer) in zip(blocks[::2], blocks[1::2], strict=True):
        assert kind == "sh"
        yield f"{settings[1]}\n{command}", answer


def is_as_told(answer: str, told: str) -> bool:
    """White space apart, and whatever ``...`` stands for."""
    parts = (re.escape(re.sub(r"\s", "", part)) for part in told.split("..."))
    return re.fullmatch(".*".join(parts), re.sub(r"\s", "", answer)) is not None


def test_every_command_of_the_guide_is_answered_as_the_guide_says(tmp_path: Path) -> None:
    data, here = tmp_path / "data", tmp_path / "here"
    data.mkdir()
    here.mkdir()
    with a_server(data) as running:
        for command, told in steps(running.url, a_winter_day()):
            answer = subprocess.run(  # noqa: S603
                ["bash", "-euc", command],  # noqa: S607
                cwd=here,
                capture_output=True,
                text=True,
                check=True,
            ).stdout
            assert is_as_told(answer, told), f"{command}\n{answer}\nis not\n{told}"
