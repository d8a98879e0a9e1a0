"""Signing in at the issuer, the session that follows, and its end."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, quote, urlsplit

import pytest

from tests.support.factories import MONDAY
from tests.support.fake_oidc_provider import PAGE_CLIENT_ID
from tests.support.page_session import DAY_PATH, ORIGIN, PageSession

if TYPE_CHECKING:
    from tests.support.app_client import AppClient
    from tests.support.fake_oidc_provider import FakeOidcProvider


@pytest.fixture
def page_session(authenticated_client: AppClient, oidc_provider: FakeOidcProvider) -> PageSession:
    """In which nobody is signed in."""
    return PageSession(authenticated_client, oidc_provider)


def test_page_redirects_to_login_and_login_back_to_page(
    page_session: PageSession, oidc_provider: FakeOidcProvider
) -> None:
    away = page_session.get(DAY_PATH)
    assert (away.status, away.headers["Location"]) == (
        303,
        f"/sign-in?to={quote(DAY_PATH, safe='')}",
    )

    url = urlsplit(page_session.get(away.headers["Location"]).headers["Location"])
    asked = {name: values[0] for name, values in parse_qs(url.query).items()}
    assert f"{url.scheme}://{url.netloc}{url.path}" == f"{oidc_provider.url}/authorize"
    assert (asked["client_id"], asked["response_type"]) == (PAGE_CLIENT_ID, "code")
    assert asked["redirect_uri"] == f"{ORIGIN}/sign-in/callback"
    assert asked["code_challenge_method"] == "S256"

    oidc_provider.id_tokens_by_code["c"] = oidc_provider.id_token(
        "dr-lee", "doctor", nonce=asked["nonce"]
    )
    back = page_session.get(f"/sign-in/callback?code=c&state={asked['state']}")

    assert (back.status, back.headers["Location"]) == (303, DAY_PATH)
    digest = sha256(oidc_provider.token_requests[-1]["code_verifier"].encode()).digest()
    assert urlsafe_b64encode(digest).decode().rstrip("=") == asked["code_challenge"]
    assert page_session.get(DAY_PATH).status == 200


def test_session_cookie_is_http_only_and_same_site(page_session: PageSession) -> None:
    signed_in = page_session.sign_in()

    (session,) = (text for text in signed_in.headers["Set-Cookie"] if text.startswith("session="))
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(session.split("; "))
    assert "Secure" not in session


def test_session_cookie_is_secure_over_tls(page_session: PageSession) -> None:
    asked = page_session.get("/sign-in", x_forwarded_proto="https")

    assert "Secure" in str(asked.headers["Set-Cookie"])
    assert quote("https://slots.example", safe="") in asked.headers["Location"]


def test_cookie_without_host_prefix_is_ignored_over_tls(page_session: PageSession) -> None:
    """A ``__Host-`` cookie is set by its own host alone (RFC 6265bis, section 4.1.3)."""
    asked = page_session.get("/sign-in", x_forwarded_proto="https")
    cookie = asked.headers["Set-Cookie"][0]
    assert cookie.startswith("__Host-sign-in=")
    assert {"Path=/", "Secure"} <= set(cookie.split("; "))

    page_session.sign_in()

    assert page_session.get(DAY_PATH).status == 200
    assert page_session.get(DAY_PATH, x_forwarded_proto="https").status == 303


@pytest.mark.parametrize(
    "beside", ["a/b=c", 'flash={"a":1}', "a[b]=1", "=", 'x="', "x", "path=/", "flash=é", "a,b=1"]
)
def test_malformed_foreign_cookie_keeps_session(page_session: PageSession, beside: str) -> None:
    page_session.sign_in()
    session = page_session.cookies["session"]

    assert page_session.get(DAY_PATH, Cookie=f"{beside}; session={session}").status == 200


def test_login_returns_to_requested_page(page_session: PageSession) -> None:
    away = page_session.get("/doctors/dr-lee")

    assert away.headers["Location"] == "/sign-in?to=%2Fdoctors%2Fdr-lee"


@pytest.mark.parametrize("host", ["x:abc", "x:123456", "[", "[::1", "a b", "x:80:80", "a@b", "x/y"])
def test_invalid_host_is_never_same_origin(page_session: PageSession, host: str) -> None:
    page_session.sign_in()

    assert page_session.get("/sign-in", Host=host).status == 303
    assert page_session.save("09:00", Host=host, Origin=f"http://{host}").status == 403


@pytest.mark.parametrize("named", ["X_Forwarded_Host", "X_Original_Host", "Forwarded"])
def test_forwarded_host_headers_are_ignored(page_session: PageSession, named: str) -> None:
    page_session.sign_in()
    forged = {named: "host=evil.example" if named == "Forwarded" else "evil.example"}

    asked = page_session.get("/sign-in", **forged)
    assert quote(f"{ORIGIN}/sign-in/callback", safe="") in asked.headers["Location"]
    assert "evil" not in asked.headers["Location"]
    assert page_session.save("09:00", Origin="http://evil.example", **forged).status == 403


@pytest.mark.parametrize(
    "to",
    ["https://evil.example", "//evil.example", "/\\evil.example", "\\\\evil.example", "evil",
     "javascript:alert(1)", "/slots\r\nSet-Cookie: x=y", "http:/slots", "/slots?" + "x" * 1000],
)  # fmt: skip
def test_login_redirects_only_to_own_pages(page_session: PageSession, to: str) -> None:
    assert page_session.sign_in(return_path=to).headers["Location"] == "/slots"


def test_callback_with_wrong_state_is_rejected(
    page_session: PageSession, oidc_provider: FakeOidcProvider
) -> None:
    asked = page_session.start_login()
    oidc_provider.id_tokens_by_code["c"] = oidc_provider.id_token(
        "dr-lee", "doctor", nonce=asked["nonce"]
    )
    oidc_provider.id_tokens_by_code["d"] = oidc_provider.id_token(
        "dr-lee", "doctor", nonce="another"
    )
    refused = [
        page_session.get("/sign-in/callback?code=c&state=another"),
        page_session.get("/sign-in/callback?code=c"),
        page_session.get("/sign-in/callback?code=c&state=%C3%A9"),
        page_session.get(f"/sign-in/callback?code=unknown&state={asked['state']}"),
        page_session.get(f"/sign-in/callback?code=d&state={asked['state']}"),
        page_session.get(f"/sign-in/callback?state={asked['state']}"),
        page_session.get(f"/sign-in/callback?error=access_denied&state={asked['state']}"),
        PageSession(page_session.client, oidc_provider).get(
            f"/sign-in/callback?code=c&state={asked['state']}"
        ),
    ]

    assert [answer.status for answer in refused] == [400] * 8
    assert "session" not in page_session.cookies


@pytest.mark.parametrize(
    "wrong",
    [
        {"aud": "another"},
        {"aud": [PAGE_CLIENT_ID, "another"], "azp": "another"},
        {"iss": "https://elsewhere"},
        {"exp": 1},
        {"token_use": "access"},
        {"cognito:username": None, "sub": None},
    ],
)
def test_id_token_for_another_client_is_rejected(
    page_session: PageSession, oidc_provider: FakeOidcProvider, wrong: dict[str, object]
) -> None:
    asked = page_session.start_login()
    oidc_provider.id_tokens_by_code["c"] = oidc_provider.id_token(
        "dr-lee", "doctor", nonce=asked["nonce"], **wrong
    )

    assert page_session.get(f"/sign-in/callback?code=c&state={asked['state']}").status == 400


def test_concurrent_logins_only_the_latest_completes(
    page_session: PageSession, oidc_provider: FakeOidcProvider
) -> None:
    """They share a cookie, and neither can be taken for the other."""
    earlier, later = page_session.start_login("/slots"), page_session.start_login(DAY_PATH)
    oidc_provider.id_tokens_by_code["earlier"] = oidc_provider.id_token(
        "dr-okafor", "doctor", nonce=earlier["nonce"]
    )
    oidc_provider.id_tokens_by_code["later"] = oidc_provider.id_token(
        "dr-lee", "doctor", nonce=later["nonce"]
    )

    mixed = page_session.get(f"/sign-in/callback?code=earlier&state={later['state']}")
    too_early = page_session.get(f"/sign-in/callback?code=earlier&state={earlier['state']}")
    signed_in = page_session.get(f"/sign-in/callback?code=later&state={later['state']}")

    assert (mixed.status, too_early.status) == (400, 400)
    assert 'href="/slots"' in too_early.text
    assert (signed_in.status, signed_in.headers["Location"]) == (303, DAY_PATH)


def test_callback_is_accepted_once(
    page_session: PageSession, oidc_provider: FakeOidcProvider
) -> None:
    asked = page_session.start_login()
    oidc_provider.id_tokens_by_code["c"] = oidc_provider.id_token(
        "dr-lee", "doctor", nonce=asked["nonce"]
    )
    callback = f"/sign-in/callback?code=c&state={asked['state']}"

    assert [page_session.get(callback).status for _ in range(2)] == [303, 400]


def test_new_login_replaces_old_session(page_session: PageSession) -> None:
    page_session.sign_in("dr-okafor")
    before = page_session.cookies["session"]

    page_session.sign_in("dr-lee")

    assert page_session.cookies["session"] != before
    assert "Signed in as <strong>dr-lee</strong>" in page_session.get(DAY_PATH).text
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

    assert out.status == 200
    assert f"{oidc_provider.url}/logout?client_id={PAGE_CLIENT_ID}" in out.text
    assert "session" not in page_session.cookies
    assert page_session.get(DAY_PATH).status == 303


def test_outage_keeps_sessions_and_fails_new_logins(
    page_session: PageSession, oidc_provider: FakeOidcProvider
) -> None:
    oidc_provider.is_down = True
    refused = page_session.get("/sign-in")
    assert (refused.status, refused.headers["Retry-After"]) == (503, "5")
    assert "Try again in a moment" in refused.text

    oidc_provider.is_down = False
    page_session.client.clock.now += timedelta(minutes=1)
    page_session.sign_in()
    oidc_provider.is_down = True

    assert page_session.get(DAY_PATH).status == 200
    assert page_session.save("09:00", Sec_Fetch_Site="same-origin").status == 200


def test_htmx_without_session_gets_401_and_keeps_form(
    page_session: PageSession,
) -> None:
    told = page_session.get(DAY_PATH, HX_Request="true")

    assert (told.status, told.headers["HX-Retarget"]) == (401, "#notice")


def test_late_plain_save_can_be_sent_again_after_login(
    page_session: PageSession,
) -> None:
    sent = f"doctor_id=dr-lee&date={MONDAY}&version=0&request_id=x&ticked=%22%3E&ticked=2"
    form = {"Content_Type": "application/x-www-form-urlencoded", "Sec_Fetch_Site": "same-origin"}

    told = page_session.send("POST", "/slots", sent, **form)

    assert told.status == 401
    assert '<form method="post" action="/slots">' in told.text
    assert '<input type="hidden" name="ticked" value="&#34;&gt;">' in told.text
    assert '<input type="hidden" name="ticked" value="2">' in told.text
    for too_much in ("x=" + "y" * 100_000, "yyy=&" * 10_000):
        told = page_session.send("POST", "/slots", too_much, **form)
        assert (told.status, "yyy" in told.text) == (401, False)


@pytest.mark.parametrize(
    "proof", [{"Sec_Fetch_Site": "cross-site"}, {"Origin": "http://evil.example"}, {}]
)
def test_cross_site_form_is_not_returned(page_session: PageSession, proof: dict[str, str]) -> None:
    """To it a browser adds no cookie of ours, so it comes as from somebody who is signed out."""
    sent = f"doctor_id=dr-lee&date={MONDAY}&version=0&request_id=x&ticked=20261123T0900Z"

    told = page_session.send(
        "POST", "/slots", sent, Content_Type="application/x-www-form-urlencoded", **proof
    )

    assert told.status == 401
    assert "<form" not in told.text
    assert "20261123T0900Z" not in told.text


def test_history_names_user_and_client(page_session: PageSession) -> None:
    page_session.sign_in("sam", "delegate")
    page_session.save("09:00", Sec_Fetch_Site="same-origin")

    (change,) = page_session.get(
        f"/slots/history?doctor_id=dr-lee&date={MONDAY}", Accept="application/json"
    ).json["changes"]

    assert (change["by"], change["client"]) == ("sam", "page")
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

    assert "You don't have access to any doctor's schedule yet" in page_session.get("/slots").text


def test_admin_chooses_among_all_doctors(page_session: PageSession) -> None:
    page_session.sign_in("alex", "admin")

    page = page_session.get("/slots").text

    assert page.count("/slots?doctor_id=") == 6
    assert "Signed in as <strong>alex</strong>" in page


def test_user_without_role_can_sign_out(page_session: PageSession) -> None:
    page_session.sign_in("pat", "patient")

    refused = page_session.get(DAY_PATH)

    assert refused.status == 403
    assert "signed in as pat, but your account has no role yet" in refused.text
    assert '<form class="other-account" method="post" action="/sign-out">' in refused.text
