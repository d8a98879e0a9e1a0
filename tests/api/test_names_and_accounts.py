"""Names belong to accounts: a second account with the same name gets nothing of the first."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import replace

from chalicelib.domain.errors import PersonModifiedError
from chalicelib.domain.permissions import Caller, Role
from chalicelib.domain.person import Account, Person, PersonAct, PersonAuditEntry
from chalicelib.storage.people_repository import PeopleRepository
from tests.support.app_client import build_services
from tests.support.factories import SUNDAY_NOON
from tests.support.fake_oidc_provider import PAGE_CLIENT_ID
from tests.support.page_session import DAY_PATH, PageSession

if TYPE_CHECKING:
    from tests.support.app_client import AppClient
    from tests.support.fake_oidc_provider import FakeOidcProvider

OLD, NEW = "the-first-sam", "another-sam"


def sam_token(oidc_provider: FakeOidcProvider, subject: str, **claims: Any) -> dict[str, str]:  # noqa: ANN401  claims of any type
    user = {"username": "sam", "cognito:groups": ["delegate"], "client_id": PAGE_CLIENT_ID}
    token = oidc_provider.access_token({**user, "sub": subject, **claims})
    return {"Authorization": f"Bearer {token}"}


@pytest.fixture
def admin(oidc_provider: FakeOidcProvider) -> dict[str, str]:
    tomorrow = int(SUNDAY_NOON.timestamp()) + 100_000
    claims = {"username": "alex", "cognito:groups": ["admin"], "client_id": PAGE_CLIENT_ID}
    return {"Authorization": f"Bearer {oidc_provider.access_token(claims, exp=tomorrow)}"}


@pytest.fixture
def old_sam(authenticated_client: AppClient, oidc_provider: FakeOidcProvider) -> PageSession:
    """The session of the first account with the name, which Dr Lee trusts."""
    session = PageSession(authenticated_client, oidc_provider)
    assert session.sign_in("sam", "delegate", sub=OLD).status == 303
    return session


@pytest.fixture
def new_sam(old_sam: PageSession) -> PageSession:
    """The browser of another account with the same name."""
    return PageSession(old_sam.client, old_sam.oidc_provider)


def test_second_account_with_a_name_cannot_sign_in(
    old_sam: PageSession, new_sam: PageSession
) -> None:
    rejected = new_sam.sign_in("sam", "delegate", sub=NEW)

    assert rejected.status == 403
    assert "Ask your administrator to release the name" in rejected.text
    assert 'action="/sign-out"' in rejected.text
    policy = rejected.headers["Content-Security-Policy"]
    assert f"form-action 'self' {new_sam.oidc_provider.url};" in policy
    assert "session" not in new_sam.cookies
    assert new_sam.get(DAY_PATH).status == 303
    assert old_sam.get(DAY_PATH).status == 200


@pytest.mark.usefixtures("old_sam")
def test_token_of_second_account_is_forbidden(new_sam: PageSession) -> None:
    client, provider = new_sam.client, new_sam.oidc_provider

    assert client.get(DAY_PATH, **sam_token(provider, NEW)).status == 403
    assert client.get(DAY_PATH, **sam_token(provider, OLD)).status == 200


def test_first_token_links_the_name(
    authenticated_client: AppClient, oidc_provider: FakeOidcProvider
) -> None:
    first = sam_token(oidc_provider, OLD)
    assert authenticated_client.get(DAY_PATH, **first).status == 200

    assert authenticated_client.get(DAY_PATH, **sam_token(oidc_provider, NEW)).status == 403
    rejected = PageSession(authenticated_client, oidc_provider).sign_in("sam", "delegate", sub=NEW)
    assert rejected.status == 403


def test_concurrent_first_tokens_link_one_account(
    authenticated_client: AppClient, oidc_provider: FakeOidcProvider
) -> None:
    def other_account_is_first() -> None:
        assert authenticated_client.get(DAY_PATH, **sam_token(oidc_provider, NEW)).status == 200

    with authenticated_client.before_commit(other_account_is_first):
        late = authenticated_client.get(DAY_PATH, **sam_token(oidc_provider, OLD))

    assert late.status == 403


def test_concurrent_first_sign_ins_link_one_account(
    authenticated_client: AppClient, oidc_provider: FakeOidcProvider
) -> None:
    def other_account_is_first() -> None:
        assert authenticated_client.get(DAY_PATH, **sam_token(oidc_provider, NEW)).status == 200

    with authenticated_client.before_commit(other_account_is_first):
        late = PageSession(authenticated_client, oidc_provider).sign_in("sam", "delegate", sub=OLD)

    assert late.status == 403


def test_released_name_goes_to_the_next_account(
    old_sam: PageSession, new_sam: PageSession, admin: dict[str, str]
) -> None:
    client = old_sam.client
    released = client.request("DELETE", "/people/sam", b"", admin)

    assert released.status == 204
    assert old_sam.get(DAY_PATH).status == 303
    assert new_sam.sign_in("sam", "delegate", sub=NEW).status == 303
    assert new_sam.get(DAY_PATH).status == 200
    assert old_sam.get(DAY_PATH).status == 303
    assert old_sam.sign_in("sam", "delegate", sub=OLD).status == 403


def test_old_token_does_not_take_a_released_name_back(
    old_sam: PageSession, new_sam: PageSession, admin: dict[str, str]
) -> None:
    client, provider = old_sam.client, old_sam.oidc_provider
    issued = int(client.clock.now.timestamp()) - 60
    token = sam_token(provider, OLD, iat=issued)
    assert client.get(DAY_PATH, **token).status == 200

    client.request("DELETE", "/people/sam", b"", admin)

    assert client.get(DAY_PATH, **token).status == 401
    assert new_sam.sign_in("sam", "delegate", sub=NEW).status == 303


def test_sign_out_of_a_replaced_account_keeps_the_new_one(
    old_sam: PageSession, new_sam: PageSession, admin: dict[str, str]
) -> None:
    old_sam.client.request("DELETE", "/people/sam", b"", admin)
    new_sam.sign_in("sam", "delegate", sub=NEW)

    assert old_sam.sign_out().status == 303

    assert new_sam.get(DAY_PATH).status == 200


def test_account_replaced_during_sign_out_keeps_its_sessions(
    old_sam: PageSession, new_sam: PageSession, admin: dict[str, str]
) -> None:
    def replace_account() -> None:
        old_sam.client.request("DELETE", "/people/sam", b"", admin)
        new_sam.sign_in("sam", "delegate", sub=NEW)

    with old_sam.client.before_commit(replace_account):
        assert old_sam.sign_out().status == 303

    (item,) = (i for i in old_sam.client.export() if i["PK"]["S"] == "PERSON#sam")
    assert item["subject"]["S"] == NEW
    assert "ended" not in item
    assert new_sam.get(DAY_PATH).status == 200


def test_account_replaced_during_sign_in_keeps_the_name(
    old_sam: PageSession, new_sam: PageSession, admin: dict[str, str]
) -> None:
    """The sign-in removes what an earlier sign-out left, and must not do so for another account."""
    client = old_sam.client
    old_sam.sign_out()
    client.clock.now += timedelta(days=1)
    later = int(client.clock.now.timestamp()) + 60

    def replace_account() -> None:
        client.request("DELETE", "/people/sam", b"", admin)
        new_sam.sign_in("sam", "delegate", sub=NEW, exp=later)

    with client.before_commit(replace_account):
        late = old_sam.sign_in("sam", "delegate", sub=OLD, exp=later)

    assert late.status == 403
    assert new_sam.get(DAY_PATH).status == 200


def test_names_of_a_replaced_issuer_are_void(old_sam: PageSession, new_sam: PageSession) -> None:
    """Its accounts have other subjects, and only the issuer of the settings is trusted."""
    client, provider = old_sam.client, old_sam.oidc_provider
    settings = client.services.settings
    assert settings.oidc is not None
    provider.url = provider.url.replace("127.0.0.1", "localhost")
    client.use_services(build_services(replace(settings, oidc=provider.settings()), client.clock))

    assert old_sam.get(DAY_PATH).status == 303
    assert new_sam.sign_in("sam", "delegate", sub=NEW).status == 303
    assert new_sam.get(DAY_PATH).status == 200


def test_account_of_another_issuer_ends_no_session(client: AppClient) -> None:
    people, account = PeopleRepository(), Account("https://issuer", OLD)
    people.link(Person(name="sam"), account)
    sam = Caller(name="sam", client="page", roles=frozenset({Role.DELEGATE}), subject=OLD)
    entry = PersonAuditEntry(at=SUNDAY_NOON, act=PersonAct.SIGN_OUT, name="sam", actor=sam)

    with pytest.raises(PersonModifiedError):
        people.end_session(
            entry, Account("https://other", OLD), session_id="s", ends_at=client.clock.now
        )

    assert people.get("sam") == Person(name="sam", account=account)
