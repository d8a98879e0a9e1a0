from __future__ import annotations

import os
import signal
import time
from typing import TYPE_CHECKING

import requests

from local.servers import BookingSite

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pytest

    from tests.support.fake_slots_api import FakeApi


def wait_until(condition: Callable[[], bool]) -> None:
    """Wait until the condition is true, five seconds at most."""
    deadline = time.monotonic() + 5
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def status(site: BookingSite) -> int | None:
    """Return the status of the first page; None if the site does not run."""
    try:
        return requests.get(f"{site.url}/", timeout=5).status_code
    except requests.ConnectionError:
        return None


def test_site_runs_as_a_subprocess(fake_api: FakeApi, api_url: str, tmp_path: Path) -> None:
    with BookingSite(api_url, log=tmp_path / "booking-site.log") as site:
        assert status(site) == 200
        assert "GET /doctors?limit=100" in fake_api.requests

    assert status(site) is None
    assert "GET / HTTP" in (tmp_path / "booking-site.log").read_text()


def test_two_sites_run_at_the_same_time(api_url: str, tmp_path: Path) -> None:
    with (
        BookingSite(api_url, log=tmp_path / "1.log") as one,
        BookingSite(api_url, log=tmp_path / "2.log") as other,
    ):
        assert status(one) == 200
        assert status(other) == 200


def test_unexpected_exit_is_reported(
    api_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = ""

    def is_reported() -> bool:
        nonlocal output
        output += capsys.readouterr().err
        return "The booking site ended unexpectedly" in output

    with BookingSite(api_url, log=tmp_path / "booking-site.log") as site:
        assert site._process is not None
        os.kill(site._process.pid, signal.SIGKILL)
        wait_until(is_reported)


def test_requested_stop_is_not_reported(
    api_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with BookingSite(api_url, log=tmp_path / "booking-site.log"):
        pass

    assert capsys.readouterr().err == ""
