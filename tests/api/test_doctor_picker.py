"""The page for delegates, admins and users without a role."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.factories import MONDAY
from tests.support.fake_oidc_provider import PAGE_CLIENT_ID
from tests.support.html import parse, text_of
from tests.support.page_session import DAY_PATH, PageSession

if TYPE_CHECKING:
    from tests.support.fake_oidc_provider import FakeOidcProvider


def test_history_names_user_and_client(page_session: PageSession) -> None:
    page_session.sign_in("sam", "delegate")
    page_session.save("09:00", Sec_Fetch_Site="same-origin")

    (change,) = page_session.get(
        f"/slots/history?doctor_id=dr-lee&date={MONDAY}", Accept="application/json"
    ).json["changes"]

    assert change["by"] == {"name": "sam", "role": "delegate"}
    assert change["client"] == {"id": "page", "name": "Manage Slots"}
    assert change["on_behalf_of"] == "dr-lee"
    assert [slot["start"] for slot in change["opened"]] == ["2026-11-23T09:00:00+00:00"]
    assert change["closed"] == []
    page = page_session.get(f"/slots/history?doctor_id=dr-lee&date={MONDAY}")
    assert "sam, on Dr Mina Lee&#39;s behalf" in page.text


def test_delegate_chooses_among_assigned_doctors(
    page_session: PageSession, oidc_provider: FakeOidcProvider
) -> None:
    claims = {"username": "alex", "cognito:groups": ["admin"], "client_id": PAGE_CLIENT_ID}
    admin = {"Authorization": f"Bearer {oidc_provider.access_token(claims)}"}
    site = page_session.client
    okafor = site.get("/doctors/dr-okafor", **admin).json
    page_session.sign_in("sam", "delegate")

    assert "dr-lee" in page_session.get("/slots").text
    assert "dr-okafor" not in page_session.get("/slots").text

    site.put("/doctors/dr-okafor", okafor | {"delegates": ["sam", "kim"]}, **admin)
    assert "dr-okafor" in page_session.get("/slots").text
    assert page_session.get("/slots?doctor_id=dr-okafor").status == 200

    site.put("/doctors/dr-okafor", okafor | {"delegates": ["kim"]}, **admin)
    assert "dr-okafor" not in page_session.get("/slots").text
    assert page_session.get("/slots?doctor_id=dr-okafor").status == 403
    assert page_session.get("/slots", Accept="application/json").error_codes == [
        ("doctor_id", "required")
    ]


def test_delegate_without_doctors_gets_message(page_session: PageSession) -> None:
    page_session.sign_in("mallory", "delegate")

    page = text_of(parse(page_session.get("/slots").text))
    assert (
        "You don't have access to any doctor's schedule yet. "
        "Ask the doctor or your administrator to add you."
    ) in page


def test_admin_chooses_among_all_doctors(page_session: PageSession) -> None:
    page_session.sign_in("alex", "admin")

    page = page_session.get("/slots").text

    assert page.count("/slots?doctor_id=") == 6
    assert "<strong><bdi>alex</bdi></strong>" in page


def test_user_without_role_can_sign_out(page_session: PageSession) -> None:
    page_session.sign_in("pat", "patient")

    rejected = page_session.get(DAY_PATH)

    assert rejected.status == 403
    assert "signed in as pat, but your account has no role yet" in rejected.text
    assert '<form class="other-account" method="post" action="/sign-out">' in rejected.text
