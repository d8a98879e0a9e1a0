"""A change of password at a real user pool."""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, parse_qsl, urljoin, urlsplit

import pytest
import requests

from chalicelib.domain.permissions import Role
from chalicelib.settings import OidcSettings
from chalicelib.web.auth.oidc import OidcClient, OidcProvider
from chalicelib.web.auth.passwords import PasswordChangeError, PasswordChanger
from chalicelib.web.auth.sessions import LoginAttempt
from local import identity_provider, local_config
from local.identity_provider import PASSWORD, DemoUser
from tests.support.oidc_provider import start_provider

if TYPE_CHECKING:
    from collections.abc import Iterator

    from local.identity_provider import IdentityProvider

CALLBACK = "http://127.0.0.1:8000/sign-in/callback"
NEW = "Ünusual  pass phrase, with spaces"
EXPIRED = (HTTPStatus.FORBIDDEN, "confirmation_expired")


class Person:
    """A user of the pool who signs in at its page, through the app's own client."""

    def __init__(self, provider: IdentityProvider, name: str) -> None:
        self.name = name
        settings = OidcSettings(
            issuer=provider.url,
            discovery_url=provider.discovery_url,
            client_id=provider.page.client_id,
            client_secret=None,
            machine_clients=frozenset(),
            session_keys=("k" * 32,),
        )
        self._client = OidcClient(settings, OidcProvider(settings, lambda: datetime.now(UTC)))
        identity_provider.create_user(provider, DemoUser(name, Role.DELEGATE))

    def sign_in(self, password: str, *, needs_account_token: bool = True) -> str | None:
        """Return the access token; None if the page does not accept the password."""
        attempt = LoginAttempt.start("/", needs_account_token=needs_account_token)
        url = self._client.authorization_url(attempt, CALLBACK)
        form = dict(parse_qsl(urlsplit(url).query)) | {"username": self.name, "password": password}
        response = requests.post(
            urljoin(url, "/login"), data=form, allow_redirects=False, timeout=10
        )
        if response.status_code != requests.codes.found:
            return None
        code = parse_qs(urlsplit(response.headers["Location"]).query)["code"][0]
        return self._client.fetch_tokens(code, attempt, CALLBACK).access_token


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[IdentityProvider]:
    """A provider that checks the scopes of access tokens, and whether they are revoked."""
    with pytest.MonkeyPatch.context() as environment:
        keys = {key: text for key, text in local_config.variables().items() if "ACCESS_KEY" in key}
        for name, value in {"AUTH": "true", **keys}.items():
            environment.setenv(name, value)
        with start_provider(tmp_path_factory.mktemp("issuer")) as found:
            yield found


@pytest.fixture
def person(provider: IdentityProvider, request: pytest.FixtureRequest) -> Person:
    return Person(provider, request.node.name.replace("_", "-"))


def change(token: str | None, current: str, new: str) -> tuple[HTTPStatus, str] | None:
    """Change the password; return status and code of the error, if there is one."""
    assert token is not None
    try:
        PasswordChanger().change(token, current=current, new=new)
    except PasswordChangeError as error:
        return error.status, error.code
    return None


def test_new_password_is_the_only_one(person: Person) -> None:
    assert change(person.sign_in(PASSWORD), PASSWORD, NEW) is None

    assert person.sign_in(NEW)
    assert person.sign_in(PASSWORD) is None


def test_tokens_are_revoked_with_the_change(person: Person) -> None:
    token, other = person.sign_in(PASSWORD), person.sign_in(PASSWORD)
    assert change(token, PASSWORD, NEW) is None

    assert (change(token, NEW, PASSWORD), change(other, NEW, PASSWORD)) == (EXPIRED, EXPIRED)


def test_wrong_current_password_changes_nothing(person: Person) -> None:
    token = person.sign_in(PASSWORD)

    assert change(token, PASSWORD.upper(), NEW) == (HTTPStatus.FORBIDDEN, "wrong_password")
    assert person.sign_in(PASSWORD)


def test_new_password_follows_the_policy_of_the_pool(person: Person) -> None:
    token = person.sign_in(PASSWORD)

    rejected = change(token, PASSWORD, "fourteen chars")

    assert rejected == (HTTPStatus.BAD_REQUEST, "password_rejected")
    assert change(token, PASSWORD, "fifteen letters") is None


def test_token_of_another_sign_in_changes_no_password(person: Person) -> None:
    """Only the sign-in of the password page requests the scope that Cognito demands."""
    token = person.sign_in(PASSWORD, needs_account_token=False)

    assert change(token, PASSWORD, NEW) == EXPIRED
