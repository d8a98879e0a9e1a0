"""The local identity provider on its own MiniStack."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pytest

from local import ports
from tests.support.live_server import LiveServer, start_server
from tests.support.oidc_provider import start_provider

if TYPE_CHECKING:
    from collections.abc import Iterator

    from local.identity_provider import IdentityProvider


class RestartedServer(NamedTuple):
    """A server in its second run, with the session key and a doctor's token of its first."""

    running: LiveServer
    session_key: str
    bearer: dict[str, str]


@pytest.fixture(scope="session")
def restarted_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RestartedServer]:
    """A server whose network has a proxy that does not respond."""
    folder = tmp_path_factory.mktemp("data")
    with start_server(folder) as running:
        key = (folder / "session.key").read_text()
        bearer = running.auth_headers("doctor", "dr-lee")
    with start_server(folder, http_proxy=f"http://127.0.0.1:{ports.free_port()}") as running:
        yield RestartedServer(running, key, bearer)


@pytest.fixture(scope="session")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[IdentityProvider]:
    """A provider with demo users, for an app at port 8000; the environment points to it."""
    with start_provider(tmp_path_factory.mktemp("issuer")) as found:
        yield found
