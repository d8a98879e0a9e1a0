from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pytest

from local import identity_provider
from tests.issuer.conftest import start_provider
from tests.issuer.tokens import verify_token

if TYPE_CHECKING:
    from collections.abc import Iterator

    from local.identity_provider import IdentityProvider


class RestartedProvider(NamedTuple):
    """An issuer before and after a restart, the app being at another port then."""

    before: IdentityProvider
    after: IdentityProvider
    token: str
    """Of Dr Lee, from before."""


# For the module alone: while it lasts, the environment leads away from other tests' issuer.
@pytest.fixture(scope="module")
def restarted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RestartedProvider]:
    """It runs for the second time."""
    folder = tmp_path_factory.mktemp("restarted")
    with start_provider(folder, port=8000) as before:
        token = identity_provider.user_token(before, "dr-lee")
    with start_provider(folder, port=8001) as after:
        yield RestartedProvider(before, after, token)


def test_after_a_restart_it_is_the_same_with_the_same_clients(restarted: RestartedProvider) -> None:
    before, after = restarted.before, restarted.after

    assert after.url == before.url
    assert after.page.client_id == before.page.client_id
    assert (after.booking_site, after.reading_site) == (before.booking_site, before.reading_site)


def test_tokens_from_before_a_restart_are_still_good(restarted: RestartedProvider) -> None:
    told = verify_token(restarted.token, discovery_url=restarted.after.discovery_url)

    assert told["username"] == "dr-lee"


def test_people_are_the_same_after_a_restart(restarted: RestartedProvider) -> None:
    again = identity_provider.user_token(restarted.after, "dr-lee")

    then, now = (
        verify_token(token, discovery_url=restarted.after.discovery_url)["sub"]
        for token in (restarted.token, again)
    )
    assert then == now


def test_people_are_sent_back_to_where_the_app_listens_now(restarted: RestartedProvider) -> None:
    assert restarted.after.page.callbacks == (
        "http://127.0.0.1:8001/sign-in/callback",
        "http://localhost:8001/sign-in/callback",
    )
