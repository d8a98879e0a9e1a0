from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import pytest
import requests

from local import CommandError
from local.servers import BookingSite

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.fake_slots_api import FakeApi


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


def test_unexpected_exit_is_an_error(api_url: str, tmp_path: Path) -> None:
    with BookingSite(api_url, log=tmp_path / "booking-site.log") as site:
        site.wait(0)
        assert site._process is not None
        os.kill(site._process.pid, signal.SIGKILL)

        with pytest.raises(CommandError, match="The booking site ended unexpectedly"):
            site.wait(5)


def test_requested_stop_is_no_error(api_url: str, tmp_path: Path) -> None:
    with BookingSite(api_url, log=tmp_path / "booking-site.log") as site:
        pass

    site.wait()
