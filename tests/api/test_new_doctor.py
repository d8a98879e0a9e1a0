"""The form with which an admin adds a doctor and invites them."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest

from tests.support.fake_accounts import FakeAccounts
from tests.support.html import parse, text_of
from tests.support.people_audit import audit_entries

if TYPE_CHECKING:
    from tests.support.app_client import AppResponse
    from tests.support.page_session import PageSession

DOCTOR = {
    "name": "Dr Noor Haddad",
    "specialty": "cardiology",
    "location": "Leeds",
    "time_zone": "Europe/London",
    "slot_minutes": "20",
    "lead_minutes": "0",
    "window_days": "90",
    "delegates": "sam",
    "days_1": "mon",
    "from_1": "09:00",
    "to_1": "12:00",
}


@pytest.fixture
def pool() -> FakeAccounts:
    """A user pool with accounts."""
    return FakeAccounts()


def send(admin: PageSession, path: str, **fields: str) -> AppResponse:
    form = "application/x-www-form-urlencoded"
    return admin.send(
        "POST", path, urlencode(fields), Content_Type=form, Sec_Fetch_Site="same-origin"
    )


def add(admin: PageSession, **fields: str) -> AppResponse:
    return send(admin, "/new-doctor", **(DOCTOR | fields))


def get_doctor(admin: PageSession, doctor_id: str) -> AppResponse:
    return admin.get(f"/doctors/{doctor_id}", Accept="application/json")


def errors_in(response: AppResponse) -> set[str]:
    assert response.status == 400
    return {str(link["href"]) for link in parse(response.text).select(".error-summary a")}


def test_form_makes_doctor_and_sign_in(admin: PageSession, pool: FakeAccounts) -> None:
    added = add(admin)

    assert added.status == 200
    doctor = get_doctor(admin, "dr-haddad").json
    assert (doctor["name"], doctor["slot_minutes"], doctor["delegates"]) == (
        "Dr Noor Haddad",
        20,
        ["sam"],
    )
    assert pool.members["doctor"] == ["dr-haddad"]
    (password,) = parse(added.text).select("#temporary-password")
    assert text_of(password) == pool.users["dr-haddad"]["password"]


def test_hours_of_new_doctor_are_previewed_by_one_button(admin: PageSession) -> None:
    form = parse(add(admin).text).select_one("form[action$='/series']")
    assert form is not None
    fields = {str(field["name"]): str(field["value"]) for field in form.select("input")}

    preview = send(admin, "/series", **fields)

    assert preview.status == 303
    page = admin.get(preview.headers["Location"])
    assert "117 slots will open on 13 days" in page.text


def test_form_has_the_usual_hours_and_zone(admin: PageSession) -> None:
    page = parse(admin.get("/new-doctor").text)

    values = {str(field["id"]): field.get("value") for field in page.select("input[id]")}
    assert (values["from_1"], values["to_2"], values["slot_minutes"]) == ("09:00", "17:00", "30")
    assert values["time_zone"] == "Europe/London"


@pytest.mark.parametrize("operation", ["admin_create_user", "admin_add_user_to_group"])
def test_sign_in_that_fails_can_be_finished(
    admin: PageSession, pool: FakeAccounts, operation: str
) -> None:
    pool.failing = {operation}
    added = add(admin, email="noor@example.org")
    pool.failing = set()

    assert added.status == 200
    assert "added, but can't sign in yet" in added.text
    assert "Finish the sign-in" in added.text
    assert get_doctor(admin, "dr-haddad").status == 200

    finished = send(admin, "/doctors/dr-haddad/sign-in", email="noor@example.org")

    assert pool.members["doctor"] == ["dr-haddad"]
    assert text_of(parse(finished.text).select("#temporary-password")[0])
    assert "Finish" not in finished.text


def test_invitation_is_recorded_if_the_pool_fails_after_it(
    admin: PageSession, pool: FakeAccounts
) -> None:
    pool.failing_later = {"admin_get_user"}
    added = add(admin, email="noor@example.org")
    pool.failing, pool.failing_later = set(), set()
    add(admin, email="noor@example.org")

    assert "added, but can't sign in yet" in added.text
    invitations = [each for each in audit_entries(admin.client) if each["kind"] == "invite"]
    assert [each["person"] for each in invitations] == ["dr-haddad"]


def test_form_sent_twice_makes_one_doctor(admin: PageSession, pool: FakeAccounts) -> None:
    add(admin)
    repeated = add(admin)

    assert repeated.status == 200
    assert list(pool.users) == ["dr-haddad"]
    assert get_doctor(admin, "dr-noor-haddad").status == 404


def test_id_of_another_doctor_is_not_taken(admin: PageSession) -> None:
    before = get_doctor(admin, "dr-lee").json

    assert errors_in(add(admin, doctor_id="dr-lee")) == {"#doctor_id"}

    assert get_doctor(admin, "dr-lee").json == before
    assert add(admin, name="Dr Ann Lee").status == 200
    assert get_doctor(admin, "dr-ann-lee").json["name"] == "Dr Ann Lee"


def test_account_of_another_person_gets_no_role(admin: PageSession, pool: FakeAccounts) -> None:
    pool.add("dr-haddad", "delegate")

    rejected = add(admin)

    assert errors_in(rejected) == {"#doctor_id"}
    assert "another account" in rejected.text
    assert get_doctor(admin, "dr-haddad").status == 404
    assert pool.members["doctor"] == []


@pytest.mark.parametrize(
    ("fields", "errors"),
    [
        ({"name": ""}, {"#name"}),
        ({"doctor_id": "dr haddad"}, {"#doctor_id"}),
        ({"name": "山田"}, {"#doctor_id"}),
        ({"email": "noor"}, {"#email"}),
        ({"to_1": "09:10", "email": "noor"}, {"#sessions", "#email"}),
        ({"time_zone": "Leeds"}, {"#time_zone"}),
    ],
)
def test_wrong_fields_are_named_and_nothing_is_stored(
    admin: PageSession, pool: FakeAccounts, fields: dict[str, str], errors: set[str]
) -> None:
    rejected = add(admin, **fields)

    assert errors_in(rejected) == errors
    assert get_doctor(admin, "dr-haddad").status == 404
    assert pool.users == {}
    if "name" not in fields:
        assert 'value="Dr Noor Haddad"' in rejected.text


def test_hours_are_added_and_removed(admin: PageSession) -> None:
    added = add(admin, act="add")
    removed = add(admin, act="remove:1")

    assert len(parse(added.text).select("fieldset.session")) == 2
    assert len(parse(removed.text).select("fieldset.session input[value='09:00']")) == 0


def test_invited_doctor_is_invited_again(admin: PageSession, pool: FakeAccounts) -> None:
    add(admin)
    first = pool.users["dr-haddad"]["password"]

    page = admin.get("/doctors/dr-haddad/sign-in")
    again = send(admin, "/doctors/dr-haddad/sign-in")

    assert "Invite again" in page.text
    second = text_of(parse(again.text).select("#temporary-password")[0])
    assert second == pool.users["dr-haddad"]["password"] != first


def test_doctor_with_password_needs_no_invitation(admin: PageSession, pool: FakeAccounts) -> None:
    pool.add("dr-lee", "doctor")

    page = admin.get("/doctors/dr-lee/sign-in").text
    send(admin, "/doctors/dr-lee/sign-in")

    assert "dr-lee can sign in." in page
    assert "password" not in pool.users["dr-lee"]


def test_doctor_of_another_provider_is_added_without_account(page_session: PageSession) -> None:
    page_session.sign_in("alex", "admin")

    added = add(page_session)

    assert "at another service" in added.text
    assert get_doctor(page_session, "dr-haddad").status == 200


def test_deactivated_doctor_takes_no_bookings_until_reactivated(admin: PageSession) -> None:
    states = []
    for active in ("off", "off", "on"):
        done = send(admin, "/doctors/dr-lee/active", active=active)
        states.append((done.status, get_doctor(admin, "dr-lee").json["active"]))

    assert states == [(303, False), (303, False), (303, True)]
    changes = admin.get("/doctors/dr-lee/changes", Accept="application/json").json["changes"]
    assert [change["kind"] for change in changes] == ["settings", "settings"]


def test_each_sentence_above_the_form_names_its_field(admin: PageSession) -> None:
    rejected = add(admin, name="", specialty="", location="x" * 101, slot_minutes="x")

    page = parse(rejected.text)
    assert [text_of(link) for link in page.select(".error-summary a")] == [
        "Enter a name",
        "Enter a specialty",
        "Location must have at most 100 characters, all of them visible",
        "Slot length must be a whole number from 5 to 240",
    ]
