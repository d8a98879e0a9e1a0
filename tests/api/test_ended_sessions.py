"""Sessions and tokens that end early: by sign-out, or by an admin."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from chalicelib.domain.errors import PersonModifiedError
from chalicelib.domain.permissions import Caller, Role
from chalicelib.domain.person import Account, Person, PersonAct, PersonAuditEntry
from chalicelib.storage.people_repository import PeopleRepository
from tests.support.app_client import FORM, build_services
from tests.support.dynamodb_responses import TRANSACTION_THROTTLED
from tests.support.factories import SUNDAY_NOON
from tests.support.fake_oidc_provider import PAGE_CLIENT_ID
from tests.support.page_session import DAY_PATH, PageSession

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.app_client import AppClient, AppResponse
    from tests.support.fake_oidc_provider import FakeOidcProvider

SAM_PATH = "/people/sam/sign-out"


def bearer(oidc_provider: FakeOidcProvider, name: str, group: str, **claims: Any) -> dict[str, str]:  # noqa: ANN401
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


def start_other_process(client: AppClient) -> None:
    """Use services that share nothing with the present ones but the table."""
    client.use_services(build_services(client.services.settings, client.clock))


def audit_entries(client: AppClient) -> list[dict[str, str]]:
    """Return the audit log of people, the oldest first."""
    items = [item for item in client.export() if item["PK"]["S"] == "AUDIT#~PEOPLE"]
    names = ("kind", "person", "by", "role", "client")
    return [{name: item[name]["S"] for name in names} for item in items]


def test_signed_out_cookie_is_rejected_at_once(page_session: PageSession) -> None:
    page_session.sign_in()
    thief = page_session.copy()
    assert thief.get(DAY_PATH).status == 200

    page_session.sign_out()

    assert thief.get(DAY_PATH).status == 303
    assert thief.save("09:00", Sec_Fetch_Site="same-origin").status == 401


def test_signed_out_cookie_is_rejected_elsewhere_in_ten_seconds(page_session: PageSession) -> None:
    client = page_session.client
    page_session.sign_in()
    thief = page_session.copy()
    first = client.services
    start_other_process(client)
    other = client.services
    assert thief.get(DAY_PATH).status == 200

    client.use_services(first)
    page_session.sign_out()
    client.use_services(other)
    client.clock.now += timedelta(seconds=10)

    assert thief.get(DAY_PATH).status == 303


def test_sign_out_keeps_other_sessions_of_the_person(page_session: PageSession) -> None:
    page_session.sign_in()
    phone = PageSession(page_session.client, page_session.oidc_provider)
    phone.sign_in()

    page_session.sign_out()

    assert phone.get(DAY_PATH).status == 200


def test_sign_out_is_in_the_audit_log_once(page_session: PageSession) -> None:
    page_session.sign_in()
    again = page_session.copy()

    statuses = [page_session.sign_out().status, again.sign_out().status]

    assert statuses == [303, 303]
    assert audit_entries(page_session.client) == [
        {"kind": "sign_out", "person": "dr-lee", "by": "dr-lee", "role": "doctor", "client": "page"}
    ]


def test_cross_site_sign_out_ends_nothing(page_session: PageSession) -> None:
    page_session.sign_in()

    form = {"Content_Type": FORM, "Sec_Fetch_Site": "cross-site"}
    rejected = page_session.send("POST", "/sign-out", **form)

    assert rejected.status == 403
    assert page_session.get(DAY_PATH).status == 200


def test_sign_out_during_store_outage_does_not_pretend(page_session: PageSession) -> None:
    page_session.sign_in()
    with page_session.client.inject_responses("TransactWriteItems", *[TRANSACTION_THROTTLED] * 20):
        rejected = page_session.sign_out()

    assert rejected.status == 503
    assert page_session.get(DAY_PATH).status == 200
    assert page_session.sign_out().status == 303


def test_ended_sessions_are_forgotten_at_a_later_sign_in(page_session: PageSession) -> None:
    client = page_session.client
    for _ in range(3):
        page_session.sign_in()
        page_session.sign_out()
        client.clock.now += timedelta(minutes=1)
    assert ended_count(client) == 3

    client.clock.now += timedelta(hours=13)
    page_session.sign_in(exp=int(client.clock.now.timestamp()) + 600)

    assert ended_count(client) == 0
    assert page_session.get(DAY_PATH).status == 200


def ended_count(client: AppClient) -> int:
    (item,) = (item for item in client.export() if item["PK"]["S"] == "PERSON#dr-lee")
    return len(item["ended"]["SS"]) if "ended" in item else 0


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
    start_other_process(client)
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
