from __future__ import annotations

import os
import signal
import time
from typing import TYPE_CHECKING

from local import ports
from local.servers import BookingSite

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pytest

    from tests.examples.fake_api import FakeApi


def wait_until(condition: Callable[[], bool]) -> None:
    """Wait until a question is answered with yes, five seconds at most."""
    deadline = time.monotonic() + 5
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_it_runs_as_a_process_of_its_own_while_the_app_does(
    api: FakeApi, url: str, tmp_path: Path
) -> None:
    with BookingSite(url, log=tmp_path / "booking-site.log") as site:
        assert ports.status(site.port, "/") == 200
        assert "GET /doctors?limit=100" in api.requests

    assert ports.status(site.port, "/") is None
    assert "GET / HTTP" in (tmp_path / "booking-site.log").read_text()


def test_two_run_beside_each_other(url: str, tmp_path: Path) -> None:
    with (
        BookingSite(url, log=tmp_path / "1.log") as one,
        BookingSite(url, log=tmp_path / "2.log") as other,
    ):
        assert ports.status(one.port, "/") == 200
        assert ports.status(other.port, "/") == 200


def test_that_it_has_ended_unasked_is_said_once(
    url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = ""

    def is_said() -> bool:
        nonlocal said
        said += capsys.readouterr().err
        return "The booking site ended unexpectedly" in said

    with BookingSite(url, log=tmp_path / "booking-site.log") as site:
        assert site._process is not None
        os.kill(site._process.pid, signal.SIGKILL)
        wait_until(is_said)


def test_that_it_was_stopped_is_not_said(
    url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with BookingSite(url, log=tmp_path / "booking-site.log"):
        pass

    assert capsys.readouterr().err == ""
