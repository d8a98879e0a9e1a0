"""The local identity provider on its own MiniStack."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from local import identity_provider
from local.servers import MiniStack

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from local.identity_provider import IdentityProvider


@contextmanager
def start_provider(data_dir: Path, *, port: int = 8000) -> Iterator[IdentityProvider]:
    """Run a provider during the block, with its state in a folder, for an app at a port."""
    with MiniStack(data_dir) as ministack, pytest.MonkeyPatch.context() as environment:
        for name, value in ministack.environment.items():
            environment.setenv(name, value)
        yield identity_provider.configure(port)
