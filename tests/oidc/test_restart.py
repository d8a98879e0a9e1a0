from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pytest

from local import identity_provider
from tests.support.oidc_provider import start_provider
from tests.support.oidc_tokens import verify_token

if TYPE_CHECKING:
    from collections.abc import Iterator

    from local.identity_provider import IdentityProvider


class RestartedProvider(NamedTuple):
    """The provider before and after a restart, after which the app has another port."""

    before: IdentityProvider
    after: IdentityProvider
    token: str
    """A token of Dr Lee from before the restart."""


# For this module only, because it changes the environment that points to the provider.
@pytest.fixture(scope="module")
def restarted_provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RestartedProvider]:
    """Run the provider twice, and stay in the second run."""
    folder = tmp_path_factory.mktemp("restarted")
    with start_provider(folder, port=8000) as before:
        token = identity_provider.user_token(before, "dr-lee")
    with start_provider(folder, port=8001) as after:
        yield RestartedProvider(before, after, token)


def test_restart_keeps_provider_and_clients(
    restarted_provider: RestartedProvider,
) -> None:
    before, after = restarted_provider.before, restarted_provider.after

    assert after.url == before.url
    assert after.page.client_id == before.page.client_id
    assert after.sites == before.sites
    assert [*after.sites] == ["BookingSite", "ReadingSite", "SecondSite"]


def test_tokens_survive_restart(restarted_provider: RestartedProvider) -> None:
    claims = verify_token(
        restarted_provider.token, discovery_url=restarted_provider.after.discovery_url
    )

    assert claims["username"] == "dr-lee"


def test_users_survive_restart(restarted_provider: RestartedProvider) -> None:
    again = identity_provider.user_token(restarted_provider.after, "dr-lee")

    then, now = (
        verify_token(token, discovery_url=restarted_provider.after.discovery_url)["sub"]
        for token in (restarted_provider.token, again)
    )
    assert then == now


def test_redirects_use_new_port_after_restart(
    restarted_provider: RestartedProvider,
) -> None:
    assert restarted_provider.after.page.callbacks == (
        "http://127.0.0.1:8001/sign-in/callback",
        "http://localhost:8001/sign-in/callback",
    )
