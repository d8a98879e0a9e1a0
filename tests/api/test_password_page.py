"""The password page: people change their own password at a Cognito user pool."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ConnectTimeoutError, ReadTimeoutError

from chalicelib.domain.permissions import Caller, Role
from tests.support.dynamodb_responses import TRANSACT_WRITE, TRANSACTION_THROTTLED
from tests.support.fake_oidc_provider import PAGE_CLIENT_ID
from tests.support.fake_user_pool import PASSWORD, cognito_error
from tests.support.html import parse
from tests.support.page_session import DAY_PATH, PageSession
from tests.support.password_page import NEW, PATH, sign_in_elsewhere, submit
from tests.support.request_log import enable_request_log, other_output

if TYPE_CHECKING:
    from tests.support.app_client import AppClient
    from tests.support.fake_oidc_provider import FakeOidcProvider
    from tests.support.fake_user_pool import FakeUserPool


def audit_log(client: AppClient) -> list[tuple[str, str, str]]:
    items = [item for item in client.export() if item["PK"]["S"] == "AUDIT#~PEOPLE"]
    return [(item["kind"]["S"], item["person"]["S"], item["by"]["S"]) for item in items]


def test_form_lets_password_managers_fill_it(lee: PageSession) -> None:
    page = parse(lee.get(PATH).text)

    fields = {
        field["name"]: (field["type"], field["autocomplete"])
        for field in page.select("form.password input")
    }
    assert fields == {
        "username": ("text", "username"),
        "current_password": ("password", "current-password"),
        "new_password": ("password", "new-password"),
        "new_again": ("password", "new-password"),
    }
    labels = [label["for"] for label in page.select("form.password label")]
    assert labels == ["current_password", "new_password", "new_again"]


def test_password_changes_exactly_as_it_was_typed(lee: PageSession, pool: FakeUserPool) -> None:
    changed = submit(lee)

    assert (changed.status, pool.password) == (200, NEW)
    assert "Your password has changed" in changed.text
    assert NEW not in changed.text


def test_other_sessions_and_tokens_end_and_this_one_goes_on(
    lee: PageSession, pool: FakeUserPool, oidc_provider: FakeOidcProvider
) -> None:
    phone, copy = sign_in_elsewhere(lee), lee.copy()
    claims = {"username": "dr-lee", "cognito:groups": ["doctor"], "client_id": PAGE_CLIENT_ID}
    token = {"Authorization": f"Bearer {oidc_provider.access_token(claims)}"}
    lee.client.clock.now += timedelta(minutes=2)

    submit(lee)

    assert (phone.get(DAY_PATH).status, copy.get(DAY_PATH).status) == (303, 303)
    assert lee.client.get("/doctors", **token).status == 401
    assert lee.get(DAY_PATH).status == 200
    assert pool.revoked_tokens == {"x"}


def test_change_is_in_the_audit_log(lee: PageSession) -> None:
    submit(lee)

    assert audit_log(lee.client) == [("change_password", "dr-lee", "dr-lee")]
    assert PASSWORD not in str(lee.client.export())
    assert NEW not in str(lee.client.export())


def test_second_change_ends_the_sessions_since_the_first(
    lee: PageSession, pool: FakeUserPool
) -> None:
    submit(lee)
    pool.revoked_tokens.clear()
    phone = sign_in_elsewhere(lee)
    lee.sign_in(return_path=PATH)

    assert submit(lee, current=NEW, new=PASSWORD).status == 200

    assert phone.get(DAY_PATH).status == 303
    assert lee.get(DAY_PATH).status == 200


@pytest.mark.parametrize(
    ("form", "status", "field", "detail"),
    [
        ({"current": ""}, 400, "current_password", "Enter your current password"),
        ({"new": ""}, 400, "new_password", "Enter a new password"),
        ({"again": NEW.strip()}, 400, "new_again", "Enter the same new password twice"),
        ({"new": PASSWORD}, 400, "new_password", "differs from your current one"),
        ({"new": "short"}, 400, "new_password", "at least 15 characters"),
        ({"current": PASSWORD.upper()}, 403, "current_password", "not your current password"),
        ({"current": f"{PASSWORD} "}, 403, "current_password", "not your current password"),
    ],
)
def test_wrong_field_is_named_and_nothing_changes(
    lee: PageSession,
    pool: FakeUserPool,
    form: dict[str, str],
    status: int,
    field: str,
    detail: str,
) -> None:
    phone = sign_in_elsewhere(lee)

    rejected = submit(lee, **form)

    page = parse(rejected.text)
    (wrong,) = page.select("[aria-invalid]")
    assert (rejected.status, wrong["name"]) == (status, field)
    assert detail in page.select(f"#{field}-error")[0].text
    assert page.select("input[type=password][value]") == []
    assert (pool.password, phone.get(DAY_PATH).status) == (PASSWORD, 200)
    assert audit_log(lee.client) == []


@pytest.mark.parametrize(
    ("error", "status", "detail"),
    [
        (cognito_error("LimitExceededException"), 429, "too many attempts. Try again later"),
        (cognito_error("TooManyRequestsException"), 429, "too many attempts. Try again later"),
        (
            cognito_error("NotAuthorizedException", "Password attempts exceeded"),
            429,
            "too many attempts. Try again later",
        ),
        (cognito_error("InvalidParameterException"), 400, "without a space at the start or end"),
        (cognito_error("NotAuthorizedException", "Access Token has expired"), 403, "Start again"),
        (cognito_error("InternalErrorException"), 503, "Sign-in is unavailable right now"),
        (ConnectTimeoutError(endpoint_url="https://cognito"), 503, "Sign-in is unavailable"),
        (ReadTimeoutError(endpoint_url="https://cognito"), 503, "whether your password has chang"),
    ],
    ids=str,
)
def test_error_of_cognito_is_explained(
    lee: PageSession, pool: FakeUserPool, error: Exception, status: int, detail: str
) -> None:
    pool.error = error

    rejected = submit(lee)

    assert (rejected.status, detail in rejected.text) == (status, True)
    assert ("Retry-After" in rejected.headers) == (status in {429, 503})
    assert audit_log(lee.client) == []


def test_client_other_than_a_browser_gets_problem_details(lee: PageSession) -> None:
    rejected = submit(lee, current="wrong", Accept="application/json")

    assert (rejected.status, rejected.json["detail"]) == (403, "This is not your current password")


def test_failed_revocation_at_cognito_is_no_error(lee: PageSession, pool: FakeUserPool) -> None:
    pool.revocation_error = ConnectTimeoutError(endpoint_url="https://cognito")

    assert submit(lee).status == 200


def test_page_says_if_other_sessions_could_not_be_ended(
    lee: PageSession, pool: FakeUserPool
) -> None:
    with lee.client.inject_responses(TRANSACT_WRITE, *[TRANSACTION_THROTTLED] * 99):
        changed = submit(lee)

    assert (changed.status, pool.password) == (200, NEW)
    assert "We couldn't sign you out on your other devices" in changed.text


@pytest.mark.parametrize("earlier_changes", [0, 1])
def test_session_that_an_admin_ends_meanwhile_does_not_go_on(
    lee: PageSession, pool: FakeUserPool, earlier_changes: int
) -> None:
    alex = Caller(name="alex", client="page", roles=frozenset({Role.ADMIN}), subject="a")
    people = lee.client.services.manage_people
    for _ in range(earlier_changes):
        people.end_sessions(alex, "dr-lee")
    lee.sign_in(return_path=PATH)

    with lee.client.before_commit(lambda: people.end_sessions(alex, "dr-lee")):
        changed = submit(lee)

    assert (changed.status, pool.password) == (200, NEW)
    assert "Sign in again" in changed.text
    assert "session" not in lee.cookies
    assert ("change_password", "dr-lee", "dr-lee") in audit_log(lee.client)


def test_cross_site_form_changes_nothing(lee: PageSession, pool: FakeUserPool) -> None:
    assert submit(lee, Sec_Fetch_Site="cross-site").status == 403
    assert pool.password == PASSWORD


def test_pages_link_to_it_beside_the_name(lee: PageSession) -> None:
    link = '<a href="/account/password">Change password</a>'

    for path in (DAY_PATH, PATH, f"/slots/history?{DAY_PATH.partition('?')[2]}", "/slots?date=x"):
        assert link in lee.get(path).text


def test_without_a_user_pool_there_is_no_page(page_session: PageSession) -> None:
    page_session.sign_in()

    assert "Change password" not in page_session.get(DAY_PATH).text
    assert (page_session.get(PATH).status, submit(page_session).status) == (404, 404)
    assert "account" not in page_session.cookies


def test_passwords_are_never_logged(
    client_with_pool: AppClient,
    oidc_provider: FakeOidcProvider,
    pool: FakeUserPool,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    secrets = {"current": f"{PASSWORD}-s3cret", "new": "s3cret"}
    for log in enable_request_log(client_with_pool, cognito_client=lambda: pool):
        lee = PageSession(log.client, oidc_provider)
        lee.sign_in(return_path=PATH)
        statuses = [
            submit(lee, **secrets).status,
            submit(lee, new="s3cret").status,
            submit(lee, new="a s3cret that is long enough").status,
        ]

        assert statuses == [403, 400, 200]
        codes = [entry.get("code") for entry in log.entries[-3:]]
        assert codes == ["wrong_password", "password_rejected", None]
        for text in (*log.raw_lines, *other_output(capfd, caplog)):
            assert "s3cret" not in text
            assert PASSWORD not in text
