"""The guides that show requests, followed word for word, each against a server of its own."""

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
FENCED_BLOCK = re.compile(r"^```(?P<kind>\w*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
TOKEN_COMMAND = re.compile(r"\$\(scripts/token (?P<arguments>[^)]*)\)")


def next_winter_date() -> date:
    """A date to come on which London is at UTC, as it is on the guides'."""
    on = datetime.now(UTC).date() + timedelta(days=3)
    while datetime(on.year, on.month, on.day, 12, tzinfo=ZoneInfo("Europe/London")).utcoffset():
        on += timedelta(days=1)
    return on


def localize(text: str, server: LiveServer) -> str:
    """The guide's text for this server, its date and its tokens."""
    text = text.replace(DOCUMENTED_URL, server.url)
    on = next_winter_date()
    for spelling in ("%Y-%m-%d", "%Y%m%d"):
        text = text.replace(DOCUMENTED_DATE.strftime(spelling), on.strftime(spelling))
    # Each is asked for once, rather than before every command.
    return TOKEN_COMMAND.sub(lambda asked: server.token(*asked["arguments"].split()), text)


def parse_steps(text: str) -> Iterator[tuple[str, str]]:
    """Each command of the guide, with the answer that the guide gives to it."""
    settings, *blocks = FENCED_BLOCK.findall(text)
    for (kind, command), (_, answer) in zip(blocks[::2], blocks[1::2], strict=True):
        assert kind == "sh"
        yield f"{settings[1]}\n{command}", answer


def matches_documented(actual: str, documented: str) -> bool:
    """White space apart, and whatever ``...`` stands for."""
    parts = (re.escape(re.sub(r"\s", "", part)) for part in documented.split("..."))
    return re.fullmatch(".*".join(parts), re.sub(r"\s", "", actual)) is not None


@pytest.mark.parametrize(
    ("path", "begins", "ends"),
    [
        ("docs/booking-sites.md", "# For developers of booking sites", None),
        ("README.md", "## Six requests", "## The map of the code"),
    ],
    ids=["booking-sites", "readme"],
)
def test_every_guide_command_returns_documented_output(
    path: str, begins: str, ends: str | None, tmp_path: Path
) -> None:
    text = begins + (PROJECT / path).read_text().partition(begins)[2]
    data, here = tmp_path / "data", tmp_path / "here"
    data.mkdir()
    here.mkdir()
    with start_server(data) as running:
        for command, told in parse_steps(
            localize(text.partition(ends)[0] if ends else text, running)
        ):
            answer = subprocess.run(  # noqa: S603
                ["bash", "-euc", command],  # noqa: S607
                cwd=here,
                capture_output=True,
                text=True,
                check=True,
            ).stdout
            assert matches_documented(answer, told), f"{command}\n{answer}\nis not\n{told}"
