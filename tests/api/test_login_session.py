"""The login session: its cookies, its end, and protection from other sites."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

import pytest

from tests.support.factories import MONDAY
from tests.support.fake_oidc_provider import PAGE_CLIENT_ID
from tests.support.html import parse
from tests.support.page_session import DAY_PATH, ORIGIN, PageSession

SIGN_OUT_HEADERS = {
    "Content_Type": "application/x-www-form-urlencoded",
    "Sec_Fetch_Site": "same-origin",
}

if TYPE_CHECKING:
    from tests.support.fake_oidc_provider import FakeOidcProvider


def test_session_cookie_is_http_only_and_same_site(page_session: PageSession) -> None:
    signed_in = page_session.sign_in()

    (session,) = (text for text in signed_in.headers["Set-Cookie"] if text.startswith("session="))
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(session.split("; "))
    assert "Secure" not in session


def test_session_cookie_is_secure_over_tls(page_session: PageSession) -> None:
    login = page_session.get("/sign-in", x_forwarded_proto="https")

    assert "Secure" in str(login.headers["Set-Cookie"])
    assert quote("https://slots.example", safe="") in login.headers["Location"]


def test_cookie_without_host_prefix_is_ignored_over_tls(page_session: PageSession) -> None:
    """Only its own host can set a ``__Host-`` cookie (RFC 6265bis, section 4.1.3)."""
    login = page_session.get("/sign-in", x_forwarded_proto="https")
    cookie = login.headers["Set-Cookie"][0]
    assert cookie.startswith("__Host-sign-in=")
    assert {"Path=/", "Secure"} <= set(cookie.split("; "))

    page_session.sign_in()

    assert page_session.get(DAY_PATH).status == 200
    assert page_session.get(DAY_PATH, x_forwarded_proto="https").status == 303


@pytest.mark.parametrize(
    "foreign_cookie",
    ["a/b=c", 'flash={"a":1}', "a[b]=1", "=", 'x="', "x", "path=/", "flash=é", "a,b=1"],
)
def test_malformed_foreign_cookie_keeps_session(
    page_session: PageSession, foreign_cookie: str
) -> None:
    page_session.sign_in()
    session = page_session.cookies["session"]

    assert page_session.get(DAY_PATH, Cookie=f"{foreign_cookie}; session={session}").status == 200


def test_new_login_replaces_old_session(page_session: PageSession) -> None:
    page_session.sign_in("dr-okafor")
    before = page_session.cookies["session"]

    page_session.sign_in("dr-lee")

    assert page_session.cookies["session"] != before
    assert "<strong><bdi>dr-lee</bdi></strong>" in page_session.get(DAY_PATH).text
    assert page_session.get("/slots?doctor_id=dr-okafor").status == 403


def test_session_ends_after_half_an_hour_idle(page_session: PageSession) -> None:
    page_session.sign_in()
    for _ in range(3):
        page_session.client.clock.now += timedelta(minutes=29)
        assert page_session.get(DAY_PATH).status == 200

    page_session.client.clock.now += timedelta(minutes=31)

    assert page_session.get(DAY_PATH).status == 303
    assert page_session.save("09:00", Sec_Fetch_Site="same-origin").status == 401


def test_polling_does_not_extend_session(page_session: PageSession) -> None:
    page_session.sign_in()
    for _ in range(2):
        page_session.client.clock.now += timedelta(minutes=20)
        page_session.get(DAY_PATH, If_None_Match='"x"')

    assert page_session.get(DAY_PATH).status == 303


def test_session_ends_after_twelve_hours(page_session: PageSession) -> None:
    page_session.sign_in()
    statuses = []
    for _ in range(25):
        page_session.client.clock.now += timedelta(minutes=29)
        statuses.append(page_session.get(DAY_PATH).status)

    assert statuses == [200] * 24 + [303]


def test_admin_session_ends_after_one_hour(page_session: PageSession) -> None:
    page_session.sign_in("alex", "admin")
    statuses = []
    for _ in range(4):
        page_session.client.clock.now += timedelta(minutes=19)
        statuses.append(page_session.get(DAY_PATH).status)

    assert statuses == [200, 200, 200, 303]


def test_tampered_session_is_rejected(page_session: PageSession) -> None:
    page_session.sign_in()
    right = page_session.cookies["session"]
    for wrong in ("", "x", right[:-1], right[1:], right.replace(".", ""), f"{right}x"):
        page_session.cookies["session"] = wrong
        assert page_session.get(DAY_PATH).status == 303

    page_session.cookies = {"session": right}
    assert page_session.get(DAY_PATH).status == 200


def test_login_state_cookie_is_not_a_session(page_session: PageSession) -> None:
    page_session.start_login()
    page_session.cookies["session"] = page_session.cookies["sign-in"]

    assert page_session.get(DAY_PATH).status == 303


@pytest.mark.parametrize(
    ("proof", "status"),
    [
        ({"Sec_Fetch_Site": "same-origin"}, 200),
        ({"Origin": ORIGIN}, 200),
        ({"Sec_Fetch_Site": "cross-site", "Origin": ORIGIN}, 403),
        ({"Sec_Fetch_Site": "same-site"}, 403),
        ({"Sec_Fetch_Site": "none"}, 403),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({}, 403),
    ],
)
def test_cookie_save_requires_same_origin(
    page_session: PageSession, proof: dict[str, str], status: int
) -> None:
    page_session.sign_in()

    assert page_session.save("09:00", **proof).status == status
    stored = page_session.client.item_types()
    assert stored["slot"] == (1 if status == 200 else 0)


def test_token_save_needs_no_origin(
    page_session: PageSession, oidc_provider: FakeOidcProvider
) -> None:
    claims = {"username": "dr-lee", "cognito:groups": ["doctor"], "client_id": PAGE_CLIENT_ID}

    saved = page_session.save("09:00", Authorization=f"Bearer {oidc_provider.access_token(claims)}")

    assert saved.status == 200


def test_sign_out_ends_session_and_redirects_to_provider(
    page_session: PageSession, oidc_provider: FakeOidcProvider
) -> None:
    page_session.sign_in()
    form = {"Content_Type": "application/x-www-form-urlencoded"}
    assert page_session.send("POST", "/sign-out", **form).status == 403

    out = page_session.send("POST", "/sign-out", **form, Sec_Fetch_Site="same-origin")

    assert out.status == 303
    url = f"{oidc_provider.url}/logout?client_id={PAGE_CLIENT_ID}"
    assert out.headers["Location"].startswith(url)
    assert out.headers["Clear-Site-Data"] == '"cache"'
    assert "session" not in page_session.cookies
    assert page_session.get(DAY_PATH).status == 303


def test_page_lets_sign_out_form_lead_to_provider(
    page_session: PageSession, oidc_provider: FakeOidcProvider
) -> None:
    """Browsers apply ``form-action`` to the redirect that answers the form."""
    page_session.sign_in()

    for path in (DAY_PATH, "/slots?doctor_id=dr-okafor", "/slots?date=x"):
        policy = page_session.get(path).headers["Content-Security-Policy"]
        assert f"form-action 'self' {oidc_provider.url};" in policy


def test_htmx_sign_out_gets_provider_url_as_header(
    page_session: PageSession, oidc_provider: FakeOidcProvider
) -> None:
    page_session.sign_in()

    out = page_session.send("POST", "/sign-out", HX_Request="true", **SIGN_OUT_HEADERS)

    assert out.status == 204
    assert out.headers["HX-Redirect"].startswith(f"{oidc_provider.url}/logout?")
    assert page_session.get(DAY_PATH).status == 303


def test_doctor_without_schedule_can_sign_out(page_session: PageSession) -> None:
    page_session.sign_in("dr-ghost", return_path="/slots")

    page = page_session.get("/slots")

    assert page.status == 404
    assert "Ask your administrator to add you" in page.text
    assert 'action="/sign-out"' in page.text


def test_htmx_without_session_gets_401_and_keeps_form(
    page_session: PageSession,
) -> None:
    response = page_session.get(DAY_PATH, HX_Request="true")

    assert (response.status, response.headers["HX-Retarget"]) == (401, "#notice")


def test_late_plain_save_can_be_sent_again_after_login(
    page_session: PageSession,
) -> None:
    sent = f"doctor_id=dr-lee&date={MONDAY}&version=0&request_id=x&ticked=%22%3E&ticked=2"
    form = {"Content_Type": "application/x-www-form-urlencoded", "Sec_Fetch_Site": "same-origin"}

    response = page_session.send("POST", "/slots", sent, **form)

    assert response.status == 401
    assert 'href="/sign-in?to=/signed-in" target="_blank"' in response.text
    assert "You're signed in" in page_session.get("/signed-in").text
    assert '<form method="post" action="/slots">' in response.text
    assert '<input type="hidden" name="ticked" value="&#34;&gt;">' in response.text
    assert '<input type="hidden" name="ticked" value="2">' in response.text
    for too_much in ("x=" + "y" * 200_000, "yyy=&" * 10_000):
        response = page_session.send("POST", "/slots", too_much, **form)
        assert (response.status, "yyy" in response.text) == (401, False)


def test_form_of_many_former_grids_can_be_sent_again_after_login(
    page_session: PageSession,
) -> None:
    boxes = [
        f"20261123T{hour:02}{minute:02}Z-5" for hour in range(24) for minute in range(0, 60, 5)
    ]
    names = ("shown", "offered", "ticked")
    sent = [("doctor_id", "dr-lee"), *((name, box) for box in boxes for name in names)]
    form = {"Content_Type": "application/x-www-form-urlencoded", "Sec_Fetch_Site": "same-origin"}

    response = page_session.send("POST", "/slots", urlencode(sent), **form)

    fields = parse(response.text).select("form[action='/slots'] input")
    assert [(field["name"], field["value"]) for field in fields] == sent


@pytest.mark.parametrize(
    "proof", [{"Sec_Fetch_Site": "cross-site"}, {"Origin": "http://evil.example"}, {}]
)
def test_cross_site_form_is_not_returned(page_session: PageSession, proof: dict[str, str]) -> None:
    """Browsers send no SameSite cookie with it, so the request is anonymous."""
    sent = f"doctor_id=dr-lee&date={MONDAY}&version=0&request_id=x&ticked=20261123T0900Z"

    response = page_session.send(
        "POST", "/slots", sent, Content_Type="application/x-www-form-urlencoded", **proof
    )

    assert response.status == 401
    assert "<form" not in response.text
    assert "20261123T0900Z" not in response.text
