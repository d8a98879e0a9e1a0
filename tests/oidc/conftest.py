"""An issuer on a MiniStack of its own, which may be started again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.oidc_provider import start_provider

if TYPE_CHECKING:
    from collections.abc import Iterator

    from local.identity_provider import IdentityProvider


@pytest.fixture(scope="session")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[IdentityProvider]:
    """An issuer with its demo people, for an app at port 8000; the environment leads to it."""
    with start_provider(tmp_path_factory.mktemp("issuer")) as found:
        yield found
