"""Run every command of the guides, and compare its output with the documented output."""

from __future__ import annotations

import re
import subprocess
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from tests.support.live_server import start_server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.live_server import LiveServer

PROJECT = Path(__file__).parents[2]
DOCUMENTED_URL = "http://127.0.0.1:8000"
DOCUMENTED_DATE = date(2027, 3, 23)
FENCED_BLOCK = re.compile(r"^```(?P<language>\w*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
TOKEN_COMMAND = re.compile(r"\$\(scripts/token (?P<arguments>[^)]*)\)")


def next_winter_date() -> date:
    """Return a future date day which London has UTC, like the guides' date."""
    day = datetime.now(UTC).date() + timedelta(days=3)
    while datetime(day.year, day.month, day.day, 12, tzinfo=ZoneInfo("Europe/London")).utcoffset():
        day += timedelta(days=1)
    return day


def localize(text: str, server: LiveServer) -> str:
    """Replace URL, date and tokens of a guide by those of the test's server."""
    text = text.replace(DOCUMENTED_URL, server.url)
    day = next_winter_date()
    for spelling in ("%Y-%m-%d", "%Y%m%d"):
        text = text.replace(DOCUMENTED_DATE.strftime(spelling), day.strftime(spelling))
    # One call per token is enough; commands repeat it.
    return TOKEN_COMMAND.sub(lambda match: server.token(*match["arguments"].split()), text)


def parse_steps(text: str) -> Iterator[tuple[str, str]]:
    """Yield each command of a guide with its documented output."""
    settings, *blocks = FENCED_BLOCK.findall(text)
    for (language, command), (_, output) in zip(blocks[::2], blocks[1::2], strict=True):
        assert language == "sh"
        yield f"{settings[1]}\n{command}", output


def matches_documented(actual: str, documented: str) -> bool:
    """Compare output without white space; ``...`` matches anything."""
    parts = (re.escape(re.sub(r"\s", "", part)) for part in documented.split("..."))
    return re.fullmatch(".*".join(parts), re.sub(r"\s", "", actual)) is not None


@pytest.mark.parametrize(
    ("path", "first_heading", "next_heading"),
    [
        ("docs/booking-sites.md", "# For developers of booking sites", None),
        ("README.md", "## Six requests", "## The map of the code"),
    ],
    ids=["booking-sites", "readme"],
)
def test_every_guide_command_returns_documented_output(
    path: str, first_heading: str, next_heading: str | None, tmp_path: Path
) -> None:
    text = first_heading + (PROJECT / path).read_text().partition(first_heading)[2]
    data, working_dir = tmp_path / "data", tmp_path / "working_dir"
    data.mkdir()
    working_dir.mkdir()
    with start_server(data) as running:
        for command, documented in parse_steps(
            localize(text.partition(next_heading)[0] if next_heading else text, running)
        ):
            output = subprocess.run(  # noqa: S603
                ["bash", "-euc", command],  # noqa: S607
                cwd=working_dir,
                capture_output=True,
                text=True,
                check=True,
            ).stdout
            assert matches_documented(output, documented), (
                f"{command}\n{output}\nis not\n{documented}"
            )
