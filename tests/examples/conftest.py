"""The booking site against an API in memory, on a Sunday at noon."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from examples.booking_site.site import create_site
from examples.booking_site.slots_api import SlotsApi
from tests.builders import SUNDAY_NOON
from tests.examples.browser import FlaskBrowser
from tests.examples.fake_api import FakeApi

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask


@pytest.fixture
def api() -> FakeApi:
    """Three doctors, none of whom has opened anything yet."""
    api = FakeApi()
    api.add_doctor("dr-lee", "Dr Mina Lee", "cardiology", "Europe/London")
    api.add_doctor("dr-okafor", "Dr Chidi Okafor", "dermatology", "America/New_York")
    api.add_doctor("dr-walker", "Dr Ruth Walker", "cardiology", "Australia/Lord_Howe")
    return api


@pytest.fixture
def url(api: FakeApi) -> Iterator[str]:
    """Where the API answers."""
    with api.serve() as url:
        yield url


@pytest.fixture
def site(url: str) -> Flask:
    """The booking site, in this process."""
    return create_site(SlotsApi(url), secret_key="a test's", now=lambda: SUNDAY_NOON)


@pytest.fixture
def patient(site: Flask) -> FlaskBrowser:
    """A visitor."""
    return FlaskBrowser(site.test_client())


@pytest.fixture
def other_patient(site: Flask) -> FlaskBrowser:
    """Another."""
    return FlaskBrowser(site.test_client())
