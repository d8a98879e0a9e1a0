"""Shared settings and fixtures: Hypothesis profiles, markers, and the two local stores."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings

from local.servers import MiniStack
from tests.support import installed_browsers
from tests.support.profile import PROFILE, Profile, is_nightly

if TYPE_CHECKING:
    from collections.abc import Iterator

TESTS = Path(__file__).parent
# Suites that start servers or many threads; "-m 'not slow'" leaves them out.
SLOW = {
    "browser",
    "clients",
    "concurrency",
    "deployment",
    "docs",
    "fuzz",
    "oidc",
    "packaging",
    "resilience",
}

settings.register_profile(Profile.QUICK, max_examples=25, deadline=None)
settings.register_profile(Profile.DEFAULT, max_examples=25, deadline=None)
settings.register_profile(Profile.NIGHTLY, max_examples=2_000, deadline=None)
settings.register_profile("long", max_examples=100_000, deadline=None)  # --hypothesis-profile=long
settings.load_profile(PROFILE)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark tests by their suite, and deselect nightly tests in other profiles."""
    for item in items:
        suite = item.path.relative_to(TESTS).parts[0]
        if suite in SLOW:
            item.add_marker("slow")
        if suite == "browser":
            item.add_marker("browser")
    if not is_nightly():
        nightly = [item for item in items if item.get_closest_marker("nightly")]
        config.hook.pytest_deselected(items=nightly)
        items[:] = [item for item in items if not item.get_closest_marker("nightly")]


def pytest_runtest_teardown() -> None:
    """Free the copies of the table that moto keeps, one for each transaction."""
    if model_instances := sys.modules.get("moto.core.model_instances"):
        model_instances.reset_model_data()


@pytest.fixture(scope="session")
def moto() -> Iterator[str]:
    """The endpoint of moto's DynamoDB, for one thread at a time."""
    from moto.server import ThreadedMotoServer  # noqa: PLC0415  few suites need its half second

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(scope="session")
def ministack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The endpoint of MiniStack's DynamoDB, which has real transactions, for many clients."""
    with MiniStack(tmp_path_factory.mktemp("ministack"), keeps_state=False) as running:
        yield running.environment["AWS_ENDPOINT_URL_DYNAMODB"]


@pytest.fixture(scope="session")
def browser_type_launch_args(
    browser_type_launch_args: dict[str, Any], browser_name: str
) -> dict[str, Any]:
    """Use the machine's browser, Chromium if ``--browser`` does not say otherwise."""
    return {**browser_type_launch_args, **installed_browsers.launch_options(browser_name)}
