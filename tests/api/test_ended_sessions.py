"""Sessions and tokens that an admin ends, and the calls of DynamoDB that this needs."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from chalicelib.domain.errors import PersonModifiedError
from chalicelib.domain.permissions import Caller, Role
from chalicelib.domain.person import Account, Person, PersonAct, PersonAuditEntry
from chalicelib.storage.people_repository import PeopleRepository
from tests.support.factories import SUNDAY_NOON
from tests.support.fake_oidc_provider import PAGE_CLIENT_ID
from tests.support.page_session import DAY_PATH, PageSession
from tests.support.people_audit import audit_entries

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.app_client import AppClient, AppResponse
    from tests.support.fake_oidc_provider import FakeOidcProvider

SAM_PATH = "/people/sam/sign-out"


def bearer(oidc_provider: FakeOidcProvider, name: str, group: str, **claims: Any) -> dict[str, str]:  # noqa: ANN401  claims of any type
    """Return the header with the token of a user."""
    user = {"username": name, "cognito:groups": [group], "client_id": PAGE_CLIENT_ID}
    return {"Authorization": f"Bearer {oidc_provider.access_token({**user, **claims})}"}


@pytest.fixture
def admin(oidc_provider: FakeOidcProvider) -> dict[str, str]:
    return bearer(oidc_provider, "alex", "admin")


@pytest.fixture
def sam(authenticated_client: AppClient, oidc_provider: FakeOidcProvider) -> PageSession:
    """The session of Sam, a delegate of Dr Lee."""
    session = PageSession(authenticated_client, oidc_provider)
    session.sign_in("sam", "delegate")
    return session


def post(client: AppClient, path: str, headers: dict[str, str]) -> AppResponse:
    return client.request("POST", path, b"", headers)


def test_admin_ends_all_sessions_and_tokens_of_a_person(
    sam: PageSession, oidc_provider: FakeOidcProvider, admin: dict[str, str]
) -> None:
    client = sam.client
    phone = PageSession(client, oidc_provider)
    phone.sign_in("sam", "delegate")
    token = bearer(oidc_provider, "sam", "delegate")
    assert client.get(DAY_PATH, **token).status == 200
    client.clock.now += timedelta(seconds=1)

    ended = post(client, SAM_PATH, admin)

    assert (ended.status, ended.text) == (204, "")
    assert [session.get(DAY_PATH).status for session in (sam, phone)] == [303, 303]
    assert client.get(DAY_PATH, **token).status == 401
    assert client.get("/doctors", **admin).status == 200
    assert audit_entries(client) == [
        {"kind": "end_sessions", "person": "sam", "by": "alex", "role": "admin",
         "client": PAGE_CLIENT_ID}
    ]  # fmt: skip


def test_admin_ends_sessions_elsewhere_in_ten_seconds(
    sam: PageSession, admin: dict[str, str]
) -> None:
    client = sam.client
    first = client.services
    client.restart()
    other = client.services
    assert sam.get(DAY_PATH).status == 200

    client.use_services(first)
    post(client, SAM_PATH, admin)
    client.use_services(other)
    client.clock.now += timedelta(seconds=10)

    assert sam.get(DAY_PATH).status == 303


def test_person_signs_in_again_at_once(
    sam: PageSession, oidc_provider: FakeOidcProvider, admin: dict[str, str]
) -> None:
    """Even in the same instant: no clocks are compared."""
    post(sam.client, SAM_PATH, admin)

    sam.sign_in("sam", "delegate")

    assert sam.get(DAY_PATH).status == 200
    assert sam.client.get(DAY_PATH, **bearer(oidc_provider, "sam", "delegate")).status == 200


def test_token_without_issue_time_ends_too(
    sam: PageSession, oidc_provider: FakeOidcProvider, admin: dict[str, str]
) -> None:
    token = bearer(oidc_provider, "sam", "delegate", iat=None)
    assert sam.client.get(DAY_PATH, **token).status == 200

    post(sam.client, SAM_PATH, admin)

    assert sam.client.get(DAY_PATH, **token).status == 401


@pytest.mark.parametrize("path", ["/people/unknown/sign-out", "/people/%00/sign-out"])
def test_unknown_person_is_not_found(
    authenticated_client: AppClient, admin: dict[str, str], path: str
) -> None:
    rejected = post(authenticated_client, path, admin)

    assert rejected.status == 404
    assert audit_entries(authenticated_client) == []


def test_name_in_path_may_be_percent_encoded(
    authenticated_client: AppClient, oidc_provider: FakeOidcProvider, admin: dict[str, str]
) -> None:
    person = PageSession(authenticated_client, oidc_provider)
    person.sign_in("ann o'neil@clinic", "delegate")

    ended = post(authenticated_client, "/people/ann%20o%27neil%40clinic/sign-out", admin)

    assert ended.status == 204
    assert person.get(DAY_PATH).status == 303


@pytest.mark.parametrize("method", ["POST /people/sam/sign-out", "DELETE /people/sam"])
def test_only_admins_end_sessions(
    sam: PageSession, oidc_provider: FakeOidcProvider, method: str
) -> None:
    verb, path = method.split()
    for name, group in (("dr-lee", "doctor"), ("sam", "delegate")):
        token = bearer(oidc_provider, name, group)
        assert sam.client.request(verb, path, b"", token).status == 403

    assert sam.get(DAY_PATH).status == 200


def test_person_is_read_at_most_every_ten_seconds(page_session: PageSession) -> None:
    client = page_session.client
    page_session.sign_in()
    page = page_session.get(DAY_PATH)
    client.clock.now += timedelta(seconds=10)

    polls = []
    for _ in range(3):
        with client.record_calls() as calls:
            page_session.get(DAY_PATH, If_None_Match=page.headers["ETag"], HX_Request="true")
        polls.append(len(calls))
        client.clock.now += timedelta(seconds=2)

    assert polls == [2, 1, 1]


def test_machine_client_needs_no_read(
    authenticated_client: AppClient, oidc_provider: FakeOidcProvider
) -> None:
    claims = {"client_id": "a-booking-site", "scope": "slots/read"}
    token = {"Authorization": f"Bearer {oidc_provider.access_token(claims)}"}

    with authenticated_client.record_calls() as calls:
        assert authenticated_client.get("/doctors/dr-lee", **token).status == 200

    assert calls == ["GetItem"]


def test_sign_in_and_sign_out_make_documented_calls(
    page_session: PageSession, oidc_provider: FakeOidcProvider, admin: dict[str, str]
) -> None:
    client = page_session.client
    for _ in range(2):  # the second one reads the admin into the cache
        assert client.get("/doctors", **admin).status == 200
    operations: list[Callable[[], AppResponse]] = [
        page_session.sign_in,
        page_session.sign_in,
        page_session.sign_out,
        lambda: post(client, "/people/dr-lee/sign-out", admin),
        lambda: client.get("/doctors/dr-lee", **bearer(oidc_provider, "sam", "delegate")),
    ]

    made = []
    for operation in operations:
        with client.record_calls() as calls:
            operation()
        made.append(calls)

    transaction, doctor = ["TransactWriteItems"], ["GetItem"]
    link = ["GetItem", "GetItem", *transaction]
    assert made == [
        ["GetItem", *transaction],
        ["GetItem", *transaction] * 2,
        ["GetItem", *transaction],
        transaction,
        [*link, *doctor],
    ]


@pytest.mark.usefixtures("client")
def test_audit_entry_is_not_overwritten() -> None:
    people = PeopleRepository()
    people.link(Person(name="sam"), Account("https://issuer", "x"))
    alex = Caller(name="alex", client="page", roles=frozenset({Role.ADMIN}), subject="x")
    entry = PersonAuditEntry(at=SUNDAY_NOON, act=PersonAct.END_SESSIONS, name="sam", actor=alex)
    people.end_all(entry, suffix="once")

    with pytest.raises(PersonModifiedError):
        people.end_all(entry, suffix="once")
