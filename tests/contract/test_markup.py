"""Markup in whatever reaches a page: it is shown as the text it is, or refused."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

import pytest
from msgspec import structs

from chalicelib import bootstrap
from tests.an_issuer import PAGE_CLIENT_ID
from tests.contract.test_sign_in import DAY_PATH, PageSession
from tests.markup import MARKUP_SAMPLES, PLAIN_TEXT, ParsedHtml
from tests.site import FORM

if TYPE_CHECKING:
    from tests.an_issuer import FakeOidcProvider
    from tests.site import AppClient, AppResponse

DATE = "2026-11-23"
HTMX_HEADERS = {"HX_Request": "true"}
VALID_FORM = {
    "doctor_id": "dr-lee",
    "date": DATE,
    "version": "0",
    "request_id": "r",
    "shown": "20261123T0900Z",
    "offered": "20261123T0900Z",
    "ticked": "20261123T0900Z",
}
FORM_HEADERS = {"Content_Type": FORM, "Sec_Fetch_Site": "same-origin"}


@pytest.fixture
def browser(guarded: AppClient, issuer: FakeOidcProvider) -> PageSession:
    """In which nobody is signed in."""
    return PageSession(guarded, issuer)


def assert_escaped(
    markup: str, responses: dict[str, AppResponse], plain_responses: dict[str, AppResponse]
) -> None:
    """As often as the plain word, and no element or attribute comes of it."""
    for name, answer in responses.items():
        parsed, wanted = ParsedHtml(answer.text), ParsedHtml(plain_responses[name].text)
        assert answer.headers["Content-Type"].startswith("text/html"), name
        assert (answer.status, parsed.elements) == (
            plain_responses[name].status,
            wanted.elements,
        ), name
        assert parsed.count_text(markup) == wanted.count_text(PLAIN_TEXT) > 0, name


def fetch_pages(page_session: PageSession, doctor_id: str, name: str) -> dict[str, AppResponse]:
    """All pages on which that is what the doctor, and he who keeps her schedule, are called."""
    claims = {"username": "alex", "cognito:groups": ["admin"], "client_id": PAGE_CLIENT_ID}
    admin = {"Authorization": f"Bearer {page_session.oidc_provider.access_token(claims)}"}
    settings = page_session.client.get("/doctors/dr-lee", **admin).json
    called = dict.fromkeys(("doctor_id", "name", "specialty", "location"), name)
    called["doctor_id"] = doctor_id
    made = page_session.client.put(
        f"/doctors/{doctor_id}", {**settings, **called, "delegates": [name]}, **admin
    )
    assert made.status == 201, made.text

    page_session.sign_in(name, "delegate")
    day = f"/slots?doctor_id={doctor_id}&date={DATE}"
    form = {"doctor_id": doctor_id, "date": DATE, "version": 0, "request_id": "r"}
    box = {"offered": f"{DATE.replace('-', '')}T0900Z", "ticked": f"{DATE.replace('-', '')}T0900Z"}
    saved = page_session.send("POST", "/slots", urlencode({**form, **box}), **FORM_HEADERS)
    assert saved.status == 303, saved.text
    history = f"/slots/history?doctor_id={doctor_id}&date={DATE}"
    pages = {
        "day": page_session.get(day),
        "part of the day": page_session.get(day, **HTMX_HEADERS),
        "a refused save": page_session.send(
            "POST", "/slots", urlencode({**form, **box, "request_id": "s"}), **FORM_HEADERS
        ),
        "history": page_session.get(history),
        "chooser": page_session.get("/slots"),
    }
    assert [page.status for page in pages.values()] == [200, 200, 400, 200, 200]
    return pages


def test_what_people_and_places_are_called_is_text_on_every_page(browser: PageSession) -> None:
    plain = fetch_pages(browser, "dr-plain", PLAIN_TEXT)

    for number, markup in enumerate(MARKUP_SAMPLES):
        assert_escaped(markup, fetch_pages(browser, f"dr-{number}", markup), plain)


def test_a_client_is_called_by_its_id_in_the_history(
    guarded: AppClient, issuer: FakeOidcProvider
) -> None:
    def history(client: str, date: str) -> dict[str, AppResponse]:
        sign_in = guarded.services.settings.oidc
        assert sign_in is not None
        settings = structs.replace(
            guarded.services.settings, oidc=structs.replace(sign_in, client_id=client)
        )
        bootstrap.set_services(bootstrap.build_services(settings, now=guarded.clock))
        claims = {"username": "dr-lee", "cognito:groups": ["doctor"], "client_id": client}
        doctor = {"Authorization": f"Bearer {issuer.access_token(claims)}"}
        slots = [{"start": "09:00", "status": "free"}]
        guarded.post_slots({"doctor_id": "dr-lee", "date": date, "slots": slots}, **doctor)
        path = f"/slots/history?doctor_id=dr-lee&date={date}"
        return {"page": guarded.get(path, Accept="text/html", **doctor)}

    plain = history(PLAIN_TEXT, "2026-11-23")

    for day, markup in enumerate(MARKUP_SAMPLES, 24):
        assert_escaped(markup, history(markup, f"2026-11-{day}"), plain)


def test_what_is_not_there_is_named_as_it_was_asked_for(browser: PageSession) -> None:
    browser.sign_in("alex", "admin")

    def answers(word: str) -> dict[str, AppResponse]:
        return {
            f"{path} {kind}": browser.get(f"{path}{quote(word, safe='')}", **headers)
            for path in ("/doctors/", "/slots/", "/static/")
            for kind, headers in (("page", {}), ("notice", HTMX_HEADERS))
        }

    plain = answers(PLAIN_TEXT)

    for markup in MARKUP_SAMPLES:
        # Parts of a path are not decoded.
        assert_escaped(quote(markup, safe=""), answers(markup), plain)


def test_who_may_nothing_here_is_told_so_by_name(browser: PageSession) -> None:
    def answers(word: str) -> dict[str, AppResponse]:
        browser.sign_in(word, "visitors")
        return {"page": browser.get("/slots"), "notice": browser.get("/slots", **HTMX_HEADERS)}

    plain = answers(PLAIN_TEXT)
    assert plain["page"].status == 403

    for markup in MARKUP_SAMPLES:
        assert_escaped(markup, answers(markup), plain)


def test_what_the_issuer_says_against_a_sign_in_is_text(browser: PageSession) -> None:
    def answers(word: str) -> dict[str, AppResponse]:
        told = {}
        for name in ("error", "error_description"):
            query = {"error": "x", name: word, "state": browser.start_login()["state"]}
            told[name] = browser.get(f"/sign-in/callback?{urlencode(query)}")
        return told

    plain = answers(PLAIN_TEXT)
    assert plain["error"].status == 400

    for markup in MARKUP_SAMPLES:
        assert_escaped(markup, answers(markup), plain)


def test_a_form_that_came_too_late_is_given_back_as_it_was_sent(browser: PageSession) -> None:
    def answers(word: str) -> dict[str, AppResponse]:
        sent = {**dict.fromkeys(VALID_FORM, word), word: word}
        return {"page": browser.send("POST", "/slots", urlencode(sent), **FORM_HEADERS)}

    plain = answers(PLAIN_TEXT)
    assert plain["page"].status == 401

    for markup in MARKUP_SAMPLES:
        assert_escaped(markup, answers(markup), plain)


def assert_rejected_without_echo(
    markup: str, responses: list[AppResponse], nonsense_responses: list[AppResponse]
) -> None:
    """400, by the same elements as other nonsense, and without a word of it."""
    for answer, wanted in zip(responses, nonsense_responses, strict=True):
        assert answer.status == wanted.status == 400, (answer.text, wanted.text)
        assert ParsedHtml(answer.text).elements == ParsedHtml(wanted.text).elements
        assert ParsedHtml(answer.text).count_text(markup) == 0


@pytest.mark.parametrize("field", VALID_FORM)
def test_no_field_of_the_form_takes_markup(browser: PageSession, field: str) -> None:
    browser.sign_in("alex", "admin")

    def answers(word: str) -> list[AppResponse]:
        body = urlencode(VALID_FORM | {field: word})
        return [
            browser.send("POST", "/slots", body, **FORM_HEADERS, **kind)
            for kind in ({}, HTMX_HEADERS)
        ]

    for markup in MARKUP_SAMPLES:
        assert_rejected_without_echo(markup, answers(markup), answers("!"))


@pytest.mark.parametrize(
    "path",
    [
        "/slots?date=2026-11-23&doctor_id=",
        "/slots?doctor_id=dr-lee&date=",
        "/slots?cursor=",
        "/slots/history?date=2026-11-23&doctor_id=",
        "/slots/history?doctor_id=dr-lee&date=",
        "/doctors?cursor=",
        "/doctors?limit=",
        "/doctors/dr-lee/slots?from=",
        "/doctors/dr-lee/slots?to=",
        "/sign-in/callback?code=",
        "/sign-in/callback?code=c&state=",
        "/sign-in/callback?error=",
    ],
)
def test_no_query_takes_markup(browser: PageSession, path: str) -> None:
    browser.sign_in("alex", "admin")
    browser.start_login()

    def answers(word: str) -> list[AppResponse]:
        # htmx is not asked for the chooser.
        kinds = ({},) if path == "/slots?cursor=" else ({}, HTMX_HEADERS)
        return [browser.get(path + quote(word, safe=""), **kind) for kind in kinds]

    for markup in MARKUP_SAMPLES:
        assert_rejected_without_echo(markup, answers(markup), answers("!"))


@pytest.mark.parametrize("path", ["/slots?part=", "/docs?x=", "/signed-in?x=", "/sign-in?to="])
def test_what_nobody_asked_is_not_told(browser: PageSession, path: str) -> None:
    browser.sign_in()
    plain = browser.get(path)

    for markup in MARKUP_SAMPLES:
        told = browser.get(path + quote(markup, safe=""))

        assert told.status == plain.status
        assert ParsedHtml(told.text).elements == ParsedHtml(plain.text).elements
        assert ParsedHtml(told.text).count_text(markup) == 0
        assert quote(markup, safe="") not in str(told.headers)


@pytest.mark.parametrize("name", ["session", "sign-in", "said"])
def test_no_cookie_puts_markup_on_a_page(browser: PageSession, name: str) -> None:
    browser.sign_in()
    page = browser.get(DAY_PATH)
    without = browser.client.get(DAY_PATH, Accept="text/html", Host="slots.example")

    for markup in MARKUP_SAMPLES:
        cookies = {**browser.cookies, name: markup}
        sent = "; ".join(f"{cookie}={value}" for cookie, value in cookies.items())
        told = browser.get(DAY_PATH, Cookie=sent)

        expected = without if name == "session" else page
        assert told.status == expected.status
        assert ParsedHtml(told.text).elements == ParsedHtml(expected.text).elements
        assert ParsedHtml(told.text).count_text(markup) == 0


def test_no_id_that_a_client_makes_is_markup(site: AppClient) -> None:
    settings = site.get("/doctors/dr-lee").json
    slot = "/slots/dr-lee~20261123T0900Z"

    for markup in MARKUP_SAMPLES:
        refused = [
            site.put(f"/doctors/{quote(markup, safe='')}", {**settings, "doctor_id": markup}),
            site.put("/doctors/dr-lee", {**settings, "time_zone": markup}),
            site.put(f"{slot}/hold", {"holder": markup, "seconds": 60}),
            site.put(f"{slot}/booking", {"booking_id": markup, "patient_reference": "p"}),
            site.save("09:00", Idempotency_Key=markup),
            site.save("09:00", If_Match=markup),
            site.save(markup),
            site.save("09:00", date=markup),
        ]

        assert [answer.status for answer in refused] == [400] * len(refused)
        kinds = {answer.headers["Content-Type"] for answer in refused}
        assert kinds == {"application/problem+json"}
