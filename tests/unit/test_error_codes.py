from __future__ import annotations

from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from chalicelib.domain.errors import DomainError, NotFoundError
from chalicelib.web.auth import oidc
from chalicelib.web.http.errors import HttpError
from chalicelib.web.status_codes import reason_phrase

if TYPE_CHECKING:
    from collections.abc import Iterator


PROJECT = Path(__file__).parents[2]


def subclasses(error: type[DomainError]) -> Iterator[type[DomainError]]:
    for subclass in error.__subclasses__():
        yield subclass
        yield from subclasses(subclass)


# They group others for the web layer, and nothing raises one itself.
BASES = {NotFoundError}


def test_bases_have_no_code_and_are_not_raised() -> None:
    code = "".join(path.read_text() for path in (PROJECT / "chalicelib").rglob("*.py"))

    for base in BASES:
        assert "code" not in vars(base)
        assert f"raise {base.__name__}" not in code


def test_every_domain_error_declares_a_unique_code() -> None:
    errors = {*subclasses(DomainError), oidc.IdentityProviderUnavailableError} - BASES

    codes = [vars(error)["code"] for error in errors]

    assert len(set(codes)) == len(codes)


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (400, "bad_request"),
        (404, "not_found"),
        (405, "method_not_allowed"),
        (413, "request_entity_too_large"),
        (415, "unsupported_media_type"),
        (500, "internal_server_error"),
    ],
)
def test_code_of_http_error_is_the_documented_one_in_any_python(status: int, code: str) -> None:
    page = (PROJECT / "docs" / "reference" / "errors.md").read_text()

    assert HttpError(HTTPStatus(status), "").code == code
    assert f"\n| `{code}` | {status} |" in page


def test_reason_phrases_are_those_of_older_pythons() -> None:
    assert reason_phrase(413) == "Request Entity Too Large"
    assert reason_phrase(422) == "Unprocessable Entity"
    assert reason_phrase(409) == "Conflict"
