from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.domain.errors import DomainError
from chalicelib.web.auth import oidc

if TYPE_CHECKING:
    from collections.abc import Iterator


def subclasses(error: type[DomainError]) -> Iterator[type[DomainError]]:
    for subclass in error.__subclasses__():
        yield subclass
        yield from subclasses(subclass)


def test_every_domain_error_declares_a_unique_code() -> None:
    errors = {*subclasses(DomainError), oidc.IdentityProviderUnavailableError}

    codes = [vars(error)["code"] for error in errors]

    assert len(set(codes)) == len(codes)
