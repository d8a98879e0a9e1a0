"""The form with which an admin invites a delegate."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest

from tests.support.fake_accounts import FakeAccounts
from tests.support.html import parse, text_of
from tests.support.page_session import PageSession

if TYPE_CHECKING:
    from tests.support.app_client import AppClient, AppResponse
    from tests.support.fake_oidc_provider import FakeOidcProvider


@pytest.fixture
def pool() -> FakeAccounts:
    """A user pool with accounts."""
    return FakeAccounts()


def invite(admin: PageSession, *doctors: str, name: str = "kim", **fields: str) -> AppResponse:
    sent = urlencode({"name": name, "doctor": doctors, **fields}, doseq=True)
    form = "application/x-www-form-urlencoded"
    return admin.send(
        "POST", "/new-delegate", sent, Content_Type=form, Sec_Fetch_Site="same-origin"
    )


def delegates(admin: PageSession, doctor_id: str) -> list[str]:
    doctor = admin.get(f"/doctors/{doctor_id}", Accept="application/json").json
    return list(doctor["delegates"])


def errors_in(response: AppResponse) -> set[str]:
    assert response.status == 400
    return {str(link["href"]) for link in parse(response.text).select(".error-summary a")}


def test_doctors_name_the_delegate_who_gets_a_sign_in(
    admin: PageSession, pool: FakeAccounts
) -> None:
    invited = invite(admin, "dr-lee", others="dr-okafor")

    assert invited.status == 200
    assert delegates(admin, "dr-lee") == ["kim", "sam"]
    assert delegates(admin, "dr-okafor") == ["kim"]
    assert pool.members["delegate"] == ["kim"]
    (password,) = parse(invited.text).select("#temporary-password")
    assert text_of(password) == pool.users["kim"]["password"]


@pytest.mark.parametrize("operation", ["admin_create_user", "admin_add_user_to_group"])
def test_sign_in_that_fails_can_be_finished(
    admin: PageSession, pool: FakeAccounts, operation: str
) -> None:
    pool.failing = {operation}
    invited = invite(admin, "dr-lee")
    pool.failing = set()

    assert "can't sign in yet" in invited.text
    assert delegates(admin, "dr-lee") == ["kim", "sam"]
    sent = {
        str(field["name"]): str(field["value"])
        for field in parse(invited.text).select("main form input")
    }
    finished = invite(admin, **sent)

    assert pool.members["delegate"] == ["kim"]
    assert parse(finished.text).select("#temporary-password")
    assert delegates(admin, "dr-lee") == ["kim", "sam"]


def test_form_sent_twice_invites_once(admin: PageSession, pool: FakeAccounts) -> None:
    invite(admin, "dr-lee")
    before = admin.client.export()

    repeated = invite(admin, "dr-lee")

    assert repeated.status == 200
    assert list(pool.users) == ["kim"]
    assert admin.client.export() == before


def test_delegate_with_an_account_gets_another_doctor(
    admin: PageSession, pool: FakeAccounts
) -> None:
    invite(admin, "dr-lee")
    again = invite(admin, "dr-okafor")

    assert again.status == 200
    assert pool.members["delegate"] == ["kim"]
    assert delegates(admin, "dr-okafor") == ["kim"]


@pytest.mark.parametrize(
    ("doctors", "fields", "error"),
    [
        (["dr-lee"], {"name": ""}, "#name"),
        (["dr-lee"], {"name": "\u200b"}, "#name"),
        (["dr-lee"], {"name": "kim mo"}, "#name"),
        (["dr-lee"], {"name": ".."}, "#name"),
        (["dr-lee"], {"email": "kim"}, "#email"),
        ([], {}, "#doctors"),
        (["dr-who"], {}, "#others"),
        (["dr-lee"], {"others": "<b>"}, "#others"),
    ],
)
def test_wrong_field_is_named_and_nothing_is_stored(
    admin: PageSession,
    pool: FakeAccounts,
    doctors: list[str],
    fields: dict[str, str],
    error: str,
) -> None:
    before = admin.client.export()

    rejected = invite(admin, *doctors, **fields)

    assert errors_in(rejected) == {error}
    assert admin.client.export() == before
    assert pool.users == {}


def test_name_of_a_doctor_is_not_given_another_role(admin: PageSession, pool: FakeAccounts) -> None:
    pool.add("kim", "doctor", email="kim@example.org")
    before = admin.client.export()

    assert errors_in(invite(admin, "dr-lee")) == {"#name"}
    assert admin.client.export() == before


def test_doctor_has_at_most_48_delegates(admin: PageSession) -> None:
    doctor = admin.get("/doctors/dr-lee", Accept="application/json").json
    full = json.dumps(doctor | {"delegates": [f"d-{number}" for number in range(48)]})
    headers = {"Content_Type": "application/json", "Sec_Fetch_Site": "same-origin"}
    assert admin.send("PUT", "/doctors/dr-lee", full, **headers).status == 200

    assert errors_in(invite(admin, "dr-lee")) == {"#others"}
    assert "kim" not in delegates(admin, "dr-lee")


def test_rejected_form_keeps_what_was_chosen(admin: PageSession) -> None:
    page = parse(invite(admin, "dr-lee", name="", others="dr-okafor").text)

    assert [box["value"] for box in page.select("input[name=doctor][checked]")] == ["dr-lee"]
    assert [field["value"] for field in page.select("#others")] == ["dr-okafor"]


def test_without_our_pool_the_doctors_name_the_delegate_alone(
    authenticated_client: AppClient, oidc_provider: FakeOidcProvider
) -> None:
    admin = PageSession(authenticated_client, oidc_provider)
    admin.sign_in("alex", "admin")

    invited = invite(admin, "dr-lee")

    assert "another service" in invited.text
    assert delegates(admin, "dr-lee") == ["kim", "sam"]


def test_client_of_the_form_gets_problem_details(admin: PageSession) -> None:
    headers = {
        "Accept": "application/json",
        "Content_Type": "application/x-www-form-urlencoded",
        "Sec_Fetch_Site": "same-origin",
    }

    for path in ("/new-delegate", "/new-doctor"):
        rejected = admin.send("POST", path, "name=", **headers)
        assert rejected.status == 400
        assert rejected.headers["Content-Type"] == "application/problem+json"
        assert "name" in {error["field"] for error in rejected.json["errors"]}
