"""Signing in at the issuer, the session that follows, and its end."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from datetime import timedelta
from hashlib import sha256
from http.cookies import SimpleCookie
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, quote, urlsplit

import pytest

from tests.an_issuer import PAGE_CLIENT_ID
from tests.builders import MONDAY

if TYPE_CHECKING:
    from tests.an_issuer import FakeOidcProvider
    from tests.site import AppClient, AppResponse

HOST_HEADERS = {"Host": "slots.example", "Accept": "text/html"}
ORIGIN = "http://slots.example"
DAY_PATH = f"/slots?doctor_id=dr-lee&date={MONDAY}"


class PageSession:
    """Keeps cookies, and tells who it is."""

    def __init__(self, client: AppClient, oidc_provider: FakeOidcProvider) -> None:
        self.client = client
        self.oidc_provider = oidc_provider
        self.cookies: dict[str, str] = {}

    def send(self, method: str, path: str, body: str = "", **headers: str) -> AppResponse:
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        sent = {**HOST_HEADERS, **({"Cookie": cookie} if cookie else {})}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        answer = self.client.request(method, path, body.encode(), sent)
        set_cookies: str | list[str] = answer.headers.get("Set-Cookie", [])
        for text in [set_cookies] if isinstance(set_cookies, str) else set_cookies:
            for name, morsel in SimpleCookie(text).items():
                self.cookies[name] = morsel.value
                if morsel["max-age"] == "0":
                    del self.cookies[name]
        return answer

    def get(self, path: str, **headers: str) -> AppResponse:
        return self.send("GET", path, **headers)

    def save(self, start: str, **headers: str) -> AppResponse:
        body = (
            '{"doctor_id": "dr-lee", "date": "2026-11-23", '
            f'"slots": [{{"start": "{start}", "status": "free"}}]}}'
        )
        sent = {"Content_Type": "application/json", "Accept": "application/json", **headers}
        return self.send("POST", "/slots", body, **sent)

    def sign_in(
        self, name: str = "dr-lee", group: str = "doctor", return_path: str = DAY_PATH
    ) -> AppResponse:
        asked = self.start_login(return_path)
        self.oidc_provider.id_tokens_by_code["c"] = self.oidc_provider.id_token(
            name, group, nonce=asked["nonce"]
        )
        return self.get(f"/sign-in/callback?code=c&state={asked['state']}")

    def start_login(self, return_path: str = DAY_PATH) -> dict[str, str]:
        """What the issuer is asked."""
        url = urlsplit(self.get(f"/sign-in?to={quote(return_path)}").headers["Location"])
        return {name: values[0] for name, values in parse_qs(url.query).items()}


@pytest.fixture
def browser(guarded: AppClient, issuer: FakeOidcProvider) -> PageSession:
    """In which nobody is signed in."""
    return PageSession(guarded, issuer)


def test_a_page_leads_to_sign_in_and_sign_in_back_to_the_page(
    browser: PageSession, issuer: FakeOidcProvider
) -> None:
    away = browser.get(DAY_PATH)
    assert (away.status, away.headers["Location"]) == (
        303,
        f"/sign-in?to={quote(DAY_PATH, safe='')}",
    )

    url = urlsplit(browser.get(away.headers["Location"]).headers["Location"])
    asked = {name: values[0] for name, values in parse_qs(url.query).items()}
    assert f"{url.scheme}://{url.netloc}{url.path}" == f"{issuer.url}/authorize"
    assert (asked["client_id"], asked["response_type"]) == (PAGE_CLIENT_ID, "code")
    assert asked["redirect_uri"] == f"{ORIGIN}/sign-in/callback"
    assert asked["code_challenge_method"] == "S256"

    issuer.id_tokens_by_code["c"] = issuer.id_token("dr-lee", "doctor", nonce=asked["nonce"])
    back = browser.get(f"/sign-in/callback?code=c&state={asked['state']}")

    assert (back.status, back.headers["Location"]) == (303, DAY_PATH)
    digest = sha256(issuer.token_requests[-1]["code_verifier"].encode()).digest()
    assert urlsafe_b64encode(digest).decode().rstrip("=") == asked["code_challenge"]
    assert browser.get(DAY_PATH).status == 200


def test_the_session_is_out_of_reach_for_scripts_and_other_sites(browser: PageSession) -> None:
    signed_in = browser.sign_in()

    (session,) = (text for text in signed_in.headers["Set-Cookie"] if text.startswith("session="))
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(session.split("; "))
    assert "Secure" not in session


def test_where_the_page_came_by_tls_so_must_the_session(browser: PageSession) -> None:
    asked = browser.get("/sign-in", x_forwarded_proto="https")

    assert "Secure" in str(asked.headers["Set-Cookie"])
    assert quote("https://slots.example", safe="") in asked.headers["Location"]


def test_what_other_hosts_of_a_domain_set_is_not_taken_over_tls(browser: PageSession) -> None:
    """A ``__Host-`` cookie is set by its own host alone (RFC 6265bis, section 4.1.3)."""
    asked = browser.get("/sign-in", x_forwarded_proto="https")
    cookie = asked.headers["Set-Cookie"][0]
    assert cookie.startswith("__Host-sign-in=")
    assert {"Path=/", "Secure"} <= set(cookie.split("; "))

    browser.sign_in()

    assert browser.get(DAY_PATH).status == 200
    assert browser.get(DAY_PATH, x_forwarded_proto="https").status == 303


@pytest.mark.parametrize(
    "beside", ["a/b=c", 'said={"a":1}', "a[b]=1", "=", 'x="', "x", "path=/", "said=é", "a,b=1"]
)
def test_a_strange_cookie_of_another_app_signs_nobody_out(
    browser: PageSession, beside: str
) -> None:
    browser.sign_in()
    session = browser.cookies["session"]

    assert browser.get(DAY_PATH, Cookie=f"{beside}; session={session}").status == 200


def test_the_way_back_is_the_page_that_was_asked_for(browser: PageSession) -> None:
    away = browser.get("/doctors/dr-lee")

    assert away.headers["Location"] == "/sign-in?to=%2Fdoctors%2Fdr-lee"


@pytest.mark.parametrize("host", ["x:abc", "x:123456", "[", "[::1", "a b", "x:80:80", "a@b", "x/y"])
def test_a_host_that_is_none_is_no_origin_of_ours(browser: PageSession, host: str) -> None:
    browser.sign_in()

    assert browser.get("/sign-in", Host=host).status == 303
    assert browser.save("09:00", Host=host, Origin=f"http://{host}").status == 403


@pytest.mark.parametrize("named", ["X_Forwarded_Host", "X_Original_Host", "Forwarded"])
def test_only_the_host_of_the_request_is_ours(browser: PageSession, named: str) -> None:
    browser.sign_in()
    forged = {named: "host=evil.example" if named == "Forwarded" else "evil.example"}

    asked = browser.get("/sign-in", **forged)
    assert quote(f"{ORIGIN}/sign-in/callback", safe="") in asked.headers["Location"]
    assert "evil" not in asked.headers["Location"]
    assert browser.save("09:00", Origin="http://evil.example", **forged).status == 403


@pytest.mark.parametrize(
    "to",
    ["https://evil.example", "//evil.example", "/\\evil.example", "\\\\evil.example", "evil",
     "javascript:alert(1)", "/slots\r\nSet-Cookie: x=y", "http:/slots", "/slots?" + "x" * 1000],
)  # fmt: skip
def test_sign_in_leads_to_our_own_pages_only(browser: PageSession, to: str) -> None:
    assert browser.sign_in(return_path=to).headers["Location"] == "/slots"


def test_an_answer_of_another_sign_in_is_refused(
    browser: PageSession, issuer: FakeOidcProvider
) -> None:
    asked = browser.start_login()
    issuer.id_tokens_by_code["c"] = issuer.id_token("dr-lee", "doctor", nonce=asked["nonce"])
    issuer.id_tokens_by_code["d"] = issuer.id_token("dr-lee", "doctor", nonce="another")
    refused = [
        browser.get("/sign-in/callback?code=c&state=another"),
        browser.get("/sign-in/callback?code=c"),
        browser.get("/sign-in/callback?code=c&state=%C3%A9"),
        browser.get(f"/sign-in/callback?code=unknown&state={asked['state']}"),
        browser.get(f"/sign-in/callback?code=d&state={asked['state']}"),
        browser.get(f"/sign-in/callback?state={asked['state']}"),
        browser.get(f"/sign-in/callback?error=access_denied&state={asked['state']}"),
        PageSession(browser.client, issuer).get(f"/sign-in/callback?code=c&state={asked['state']}"),
    ]

    assert [answer.status for answer in refused] == [400] * 8
    assert "session" not in browser.cookies


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
def test_an_id_token_that_is_not_for_us_signs_nobody_in(
    browser: PageSession, issuer: FakeOidcProvider, wrong: dict[str, object]
) -> None:
    asked = browser.start_login()
    issuer.id_tokens_by_code["c"] = issuer.id_token(
        "dr-lee", "doctor", nonce=asked["nonce"], **wrong
    )

    assert browser.get(f"/sign-in/callback?code=c&state={asked['state']}").status == 400


def test_of_two_sign_ins_side_by_side_only_the_later_is_answered(
    browser: PageSession, issuer: FakeOidcProvider
) -> None:
    """They share a cookie, and neither can be taken for the other."""
    earlier, later = browser.start_login("/slots"), browser.start_login(DAY_PATH)
    issuer.id_tokens_by_code["earlier"] = issuer.id_token(
        "dr-okafor", "doctor", nonce=earlier["nonce"]
    )
    issuer.id_tokens_by_code["later"] = issuer.id_token("dr-lee", "doctor", nonce=later["nonce"])

    mixed = browser.get(f"/sign-in/callback?code=earlier&state={later['state']}")
    too_early = browser.get(f"/sign-in/callback?code=earlier&state={earlier['state']}")
    signed_in = browser.get(f"/sign-in/callback?code=later&state={later['state']}")

    assert (mixed.status, too_early.status) == (400, 400)
    assert 'href="/slots"' in too_early.text
    assert (signed_in.status, signed_in.headers["Location"]) == (303, DAY_PATH)


def test_an_answer_of_the_issuer_is_taken_once(
    browser: PageSession, issuer: FakeOidcProvider
) -> None:
    asked = browser.start_login()
    issuer.id_tokens_by_code["c"] = issuer.id_token("dr-lee", "doctor", nonce=asked["nonce"])
    callback = f"/sign-in/callback?code=c&state={asked['state']}"

    assert [browser.get(callback).status for _ in range(2)] == [303, 400]


def test_a_session_of_before_goes_with_who_signs_in_next(browser: PageSession) -> None:
    browser.sign_in("dr-okafor")
    before = browser.cookies["session"]

    browser.sign_in("dr-lee")

    assert browser.cookies["session"] != before
    assert "Signed in as <strong>dr-lee</strong>" in browser.get(DAY_PATH).text
    assert browser.get("/slots?doctor_id=dr-okafor").status == 403


def test_a_session_ends_after_half_an_hour_of_doing_nothing(browser: PageSession) -> None:
    browser.sign_in()
    for _ in range(3):
        browser.client.clock.now += timedelta(minutes=29)
        assert browser.get(DAY_PATH).status == 200

    browser.client.clock.now += timedelta(minutes=31)

    assert browser.get(DAY_PATH).status == 303
    assert browser.save("09:00", Sec_Fetch_Site="same-origin").status == 401


def test_looking_for_news_is_doing_nothing(browser: PageSession) -> None:
    browser.sign_in()
    for _ in range(2):
        browser.client.clock.now += timedelta(minutes=20)
        browser.get(DAY_PATH, If_None_Match='"x"')

    assert browser.get(DAY_PATH).status == 303


def test_a_session_ends_after_twelve_hours_in_any_case(browser: PageSession) -> None:
    browser.sign_in()
    statuses = []
    for _ in range(25):
        browser.client.clock.now += timedelta(minutes=29)
        statuses.append(browser.get(DAY_PATH).status)

    assert statuses == [200] * 24 + [303]


def test_an_admin_is_asked_again_after_an_hour_who_she_is(browser: PageSession) -> None:
    browser.sign_in("alex", "admin")
    statuses = []
    for _ in range(4):
        browser.client.clock.now += timedelta(minutes=19)
        statuses.append(browser.get(DAY_PATH).status)

    assert statuses == [200, 200, 200, 303]


def test_a_session_that_was_changed_is_none(browser: PageSession) -> None:
    browser.sign_in()
    right = browser.cookies["session"]
    for wrong in ("", "x", right[:-1], right[1:], right.replace(".", ""), f"{right}x"):
        browser.cookies["session"] = wrong
        assert browser.get(DAY_PATH).status == 303

    browser.cookies = {"session": right}
    assert browser.get(DAY_PATH).status == 200


def test_what_was_asked_of_the_issuer_is_no_session(browser: PageSession) -> None:
    browser.start_login()
    browser.cookies["session"] = browser.cookies["sign-in"]

    assert browser.get(DAY_PATH).status == 303


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
def test_a_save_by_cookie_must_come_from_our_own_page(
    browser: PageSession, proof: dict[str, str], status: int
) -> None:
    browser.sign_in()

    assert browser.save("09:00", **proof).status == status
    stored = browser.client.item_types()
    assert stored["slot"] == (1 if status == 200 else 0)


def test_a_token_needs_no_proof_of_origin(browser: PageSession, issuer: FakeOidcProvider) -> None:
    claims = {"username": "dr-lee", "cognito:groups": ["doctor"], "client_id": PAGE_CLIENT_ID}

    saved = browser.save("09:00", Authorization=f"Bearer {issuer.access_token(claims)}")

    assert saved.status == 200


def test_signing_out_ends_the_session_here_and_leads_on_to_the_issuer(
    browser: PageSession, issuer: FakeOidcProvider
) -> None:
    browser.sign_in()
    form = {"Content_Type": "application/x-www-form-urlencoded"}
    assert browser.send("POST", "/sign-out", **form).status == 403

    out = browser.send("POST", "/sign-out", **form, Sec_Fetch_Site="same-origin")

    assert out.status == 200
    assert f"{issuer.url}/logout?client_id={PAGE_CLIENT_ID}" in out.text
    assert "session" not in browser.cookies
    assert browser.get(DAY_PATH).status == 303


def test_an_issuer_that_is_away_leaves_who_is_signed_in_alone_and_tells_the_others(
    browser: PageSession, issuer: FakeOidcProvider
) -> None:
    issuer.is_down = True
    refused = browser.get("/sign-in")
    assert (refused.status, refused.headers["Retry-After"]) == (503, "5")
    assert "try again in a moment" in refused.text

    issuer.is_down = False
    browser.client.clock.now += timedelta(minutes=1)
    browser.sign_in()
    issuer.is_down = True

    assert browser.get(DAY_PATH).status == 200
    assert browser.save("09:00", Sec_Fetch_Site="same-origin").status == 200


def test_an_htmx_request_without_a_session_is_told_and_leaves_the_form_alone(
    browser: PageSession,
) -> None:
    told = browser.get(DAY_PATH, HX_Request="true")

    assert (told.status, told.headers["HX-Retarget"]) == (401, "#notice")


def test_without_a_script_a_save_that_came_too_late_can_be_sent_again(browser: PageSession) -> None:
    sent = f"doctor_id=dr-lee&date={MONDAY}&version=0&request_id=x&ticked=%22%3E&ticked=2"
    form = {"Content_Type": "application/x-www-form-urlencoded", "Sec_Fetch_Site": "same-origin"}

    told = browser.send("POST", "/slots", sent, **form)

    assert told.status == 401
    assert '<form method="post" action="/slots">' in told.text
    assert '<input type="hidden" name="ticked" value="&#34;&gt;">' in told.text
    assert '<input type="hidden" name="ticked" value="2">' in told.text
    for too_much in ("x=" + "y" * 100_000, "yyy=&" * 10_000):
        told = browser.send("POST", "/slots", too_much, **form)
        assert (told.status, "yyy" in told.text) == (401, False)


@pytest.mark.parametrize(
    "proof", [{"Sec_Fetch_Site": "cross-site"}, {"Origin": "http://evil.example"}, {}]
)
def test_what_another_site_sends_does_not_become_a_form_of_ours(
    browser: PageSession, proof: dict[str, str]
) -> None:
    """To it a browser adds no cookie of ours, so it comes as from somebody who is signed out."""
    sent = f"doctor_id=dr-lee&date={MONDAY}&version=0&request_id=x&ticked=20261123T0900Z"

    told = browser.send(
        "POST", "/slots", sent, Content_Type="application/x-www-form-urlencoded", **proof
    )

    assert told.status == 401
    assert "<form" not in told.text
    assert "20261123T0900Z" not in told.text


def test_who_saved_is_told_by_name_and_client(browser: PageSession) -> None:
    browser.sign_in("sam", "delegate")
    browser.save("09:00", Sec_Fetch_Site="same-origin")

    (change,) = browser.get(
        f"/slots/history?doctor_id=dr-lee&date={MONDAY}", Accept="application/json"
    ).json["changes"]

    assert (change["by"], change["client"]) == ("sam", "page")
    assert [slot["start"] for slot in change["opened"]] == ["2026-11-23T09:00:00+00:00"]
    assert change["withdrawn"] == []
    page = browser.get(f"/slots/history?doctor_id=dr-lee&date={MONDAY}")
    assert "sam, for the doctor" in page.text


def test_a_delegate_chooses_among_the_doctors_who_name_him(
    browser: PageSession, issuer: FakeOidcProvider
) -> None:
    claims = {"username": "alex", "cognito:groups": ["admin"], "client_id": PAGE_CLIENT_ID}
    admin = {"Authorization": f"Bearer {issuer.access_token(claims)}"}
    site = browser.client
    okafor = site.get("/doctors/dr-okafor", **admin).json
    browser.sign_in("sam", "delegate")

    assert "dr-lee" in browser.get("/slots").text
    assert "dr-okafor" not in browser.get("/slots").text

    site.put("/doctors/dr-okafor", okafor | {"delegates": ["sam", "kim"]}, **admin)
    assert "dr-okafor" in browser.get("/slots").text
    assert browser.get("/slots?doctor_id=dr-okafor").status == 200

    site.put("/doctors/dr-okafor", okafor | {"delegates": ["kim"]}, **admin)
    assert "dr-okafor" not in browser.get("/slots").text
    assert browser.get("/slots?doctor_id=dr-okafor").status == 403
    assert browser.get("/slots", Accept="application/json").error_codes == [
        ("doctor_id", "required")
    ]


def test_whom_nobody_names_is_told_so(browser: PageSession) -> None:
    browser.sign_in("mallory", "delegate")

    assert "No doctor names you" in browser.get("/slots").text


def test_an_admin_chooses_among_all_doctors(browser: PageSession) -> None:
    browser.sign_in("alex", "admin")

    page = browser.get("/slots").text

    assert page.count("/slots?doctor_id=") == 6
    assert "Signed in as <strong>alex</strong>" in page


def test_who_is_nobody_here_can_sign_out_again(browser: PageSession) -> None:
    browser.sign_in("pat", "patient")

    refused = browser.get(DAY_PATH)

    assert refused.status == 403
    assert "pat is signed in, but is nobody here" in refused.text
    assert '<form class="other-account" method="post" action="/sign-out">' in refused.text
