"""The booking site with a fake API, on a Sunday at noon."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from examples.booking_site.site import create_site
from examples.booking_site.slots_api import SlotsApi
from tests.support.factories import SUNDAY_NOON
from tests.support.fake_slots_api import FakeApi, create_app
from tests.support.flask_browser import Browser
from tests.support.http_server import serve

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask


@pytest.fixture
def fake_api() -> FakeApi:
    """A fake API with three doctors without slots."""
    api = FakeApi()
    api.add_doctor("dr-lee", "Dr Mina Lee", "cardiology", "Europe/London")
    api.add_doctor("dr-okafor", "Dr Chidi Okafor", "dermatology", "America/New_York")
    api.add_doctor("dr-walker", "Dr Ruth Walker", "cardiology", "Australia/Lord_Howe")
    return api


@pytest.fixture
def api_url(fake_api: FakeApi) -> Iterator[str]:
    """The base URL of the fake API."""
    with serve(create_app(fake_api)) as url:
        yield url


@pytest.fixture
def booking_site(api_url: str) -> Flask:
    """The booking site in this process."""
    site = create_site(SlotsApi(api_url))
    site.config["NOW"] = lambda: SUNDAY_NOON
    site.secret_key = "test-key"
    return site


@pytest.fixture
def patient(booking_site: Flask) -> Browser:
    """A visitor's browser."""
    return Browser(booking_site.test_client())


@pytest.fixture
def other_patient(booking_site: Flask) -> Browser:
    """The browser of another visitor."""
    return Browser(booking_site.test_client())


@pytest.fixture
def third_patient(booking_site: Flask) -> Browser:
    """The browser of a third visitor."""
    return Browser(booking_site.test_client())
