"""Markup in whatever reaches a page: it is shown as the text it is, or refused."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

import pytest
from msgspec import structs

from chalicelib import bootstrap
from tests.an_issuer import PAGE
from tests.contract.test_sign_in import DAY, Browser
from tests.markup import MARKUP, PLAIN, Parsed
from tests.site import FORM

if TYPE_CHECKING:
    from tests.an_issuer import AnIssuer
    from tests.site import Answer, Site

DATE = "2026-11-23"
HTMX = {"HX_Request": "true"}
RIGHT = {
    "doctor_id": "dr-lee",
    "date": DATE,
    "version": "0",
    "request_id": "r",
    "shown": "20261123T0900Z",
    "offered": "20261123T0900Z",
    "ticked": "20261123T0900Z",
}
POSTED = {"Content_Type": FORM, "Sec_Fetch_Site": "same-origin"}


@pytest.fixture
def browser(guarded: Site, issuer: AnIssuer) -> Browser:
    """In which nobody is signed in."""
    return Browser(guarded, issuer)


def expect_text(markup: str, told: dict[str, Answer], plain: dict[str, Answer]) -> None:
    """As often as the plain word, and no element or attribute comes of it."""
    for name, answer in told.items():
        parsed, wanted = Parsed(answer.text), Parsed(plain[name].text)
        assert answer.headers["Content-Type"].startswith("text/html"), name
        assert (answer.status, parsed.elements) == (plain[name].status, wanted.elements), name
        assert parsed.times(markup) == wanted.times(PLAIN) > 0, name


def pages_of(browser: Browser, doctor_id: str, word: str) -> dict[str, Answer]:
    """All pages on which that is what the doctor, and he who keeps her schedule, are called."""
    claims = {"username": "alex", "cognito:groups": ["admin"], "client_id": PAGE}
    admin = {"Authorization": f"Bearer {browser.issuer.access_token(claims)}"}
    settings = browser.site.get("/doctors/dr-lee", **admin).json
    called = dict.fromkeys(("doctor_id", "name", "specialty", "location"), word)
    called["doctor_id"] = doctor_id
    made = browser.site.put(
        f"/doctors/{doctor_id}", {**settings, **called, "delegates": [word]}, **admin
    )
    assert made.status == 201, made.text

    browser.sign_in(word, "delegate")
    day = f"/slots?doctor_id={doctor_id}&date={DATE}"
    form = {"doctor_id": doctor_id, "date": DATE, "version": 0, "request_id": "r"}
    box = {"offered": f"{DATE.replace('-', '')}T0900Z", "ticked": f"{DATE.replace('-', '')}T0900Z"}
    saved = browser.send("POST", "/slots", urlencode({**form, **box}), **POSTED)
    assert saved.status == 303, saved.text
    history = f"/slots/history?doctor_id={doctor_id}&date={DATE}"
    pages = {
        "day": browser.get(day),
        "part of the day": browser.get(day, **HTMX),
        "a refused save": browser.send(
            "POST", "/slots", urlencode({**form, **box, "request_id": "s"}), **POSTED
        ),
        "history": browser.get(history),
        "chooser": browser.get("/slots"),
    }
    assert [page.status for page in pages.values()] == [200, 200, 400, 200, 200]
    return pages


def test_what_people_and_places_are_called_is_text_on_every_page(browser: Browser) -> None:
    plain = pages_of(browser, "dr-plain", PLAIN)

    for number, markup in enumerate(MARKUP):
        expect_text(markup, pages_of(browser, f"dr-{number}", markup), plain)


def test_a_client_is_called_by_its_id_in_the_history(guarded: Site, issuer: AnIssuer) -> None:
    def history(client: str, date: str) -> dict[str, Answer]:
        sign_in = guarded.services.settings.oidc
        assert sign_in is not None
        settings = structs.replace(
            guarded.services.settings, oidc=structs.replace(sign_in, client_id=client)
        )
        bootstrap.set_services(bootstrap.build_services(settings, now=guarded.clock))
        claims = {"username": "dr-lee", "cognito:groups": ["doctor"], "client_id": client}
        doctor = {"Authorization": f"Bearer {issuer.access_token(claims)}"}
        slots = [{"start": "09:00", "status": "free"}]
        guarded.post({"doctor_id": "dr-lee", "date": date, "slots": slots}, **doctor)
        path = f"/slots/history?doctor_id=dr-lee&date={date}"
        return {"page": guarded.get(path, Accept="text/html", **doctor)}

    plain = history(PLAIN, "2026-11-23")

    for day, markup in enumerate(MARKUP, 24):
        expect_text(markup, history(markup, f"2026-11-{day}"), plain)


def test_what_is_not_there_is_named_as_it_was_asked_for(browser: Browser) -> None:
    browser.sign_in("alex", "admin")

    def answers(word: str) -> dict[str, Answer]:
        return {
            f"{path} {kind}": browser.get(f"{path}{quote(word, safe='')}", **headers)
            for path in ("/doctors/", "/slots/", "/static/")
            for kind, headers in (("page", {}), ("notice", HTMX))
        }

    plain = answers(PLAIN)

    for markup in MARKUP:
        # Parts of a path are not decoded.
        expect_text(quote(markup, safe=""), answers(markup), plain)


def test_who_may_nothing_here_is_told_so_by_name(browser: Browser) -> None:
    def answers(word: str) -> dict[str, Answer]:
        browser.sign_in(word, "visitors")
        return {"page": browser.get("/slots"), "notice": browser.get("/slots", **HTMX)}

    plain = answers(PLAIN)
    assert plain["page"].status == 403

    for markup in MARKUP:
        expect_text(markup, answers(markup), plain)


def test_what_the_issuer_says_against_a_sign_in_is_text(browser: Browser) -> None:
    def answers(word: str) -> dict[str, Answer]:
        told = {}
        for name in ("error", "error_description"):
            query = {"error": "x", name: word, "state": browser.ask()["state"]}
            told[name] = browser.get(f"/sign-in/callback?{urlencode(query)}")
        return told

    plain = answers(PLAIN)
    assert plain["error"].status == 400

    for markup in MARKUP:
        expect_text(markup, answers(markup), plain)


def test_a_form_that_came_too_late_is_given_back_as_it_was_sent(browser: Browser) -> None:
    def answers(word: str) -> dict[str, Answer]:
        sent = {**dict.fromkeys(RIGHT, word), word: word}
        return {"page": browser.send("POST", "/slots", urlencode(sent), **POSTED)}

    plain = answers(PLAIN)
    assert plain["page"].status == 401

    for markup in MARKUP:
        expect_text(markup, answers(markup), plain)


def expect_refusal(markup: str, told: list[Answer], of_nonsense: list[Answer]) -> None:
    """400, by the same elements as other nonsense, and without a word of it."""
    for answer, wanted in zip(told, of_nonsense, strict=True):
        assert answer.status == wanted.status == 400, (answer.text, wanted.text)
        assert Parsed(answer.text).elements == Parsed(wanted.text).elements
        assert Parsed(answer.text).times(markup) == 0


@pytest.mark.parametrize("field", RIGHT)
def test_no_field_of_the_form_takes_markup(browser: Browser, field: str) -> None:
    browser.sign_in("alex", "admin")

    def answers(word: str) -> list[Answer]:
        body = urlencode(RIGHT | {field: word})
        return [browser.send("POST", "/slots", body, **POSTED, **kind) for kind in ({}, HTMX)]

    for markup in MARKUP:
        expect_refusal(markup, answers(markup), answers("!"))


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
def test_no_query_takes_markup(browser: Browser, path: str) -> None:
    browser.sign_in("alex", "admin")
    browser.ask()

    def answers(word: str) -> list[Answer]:
        # htmx is not asked for the chooser.
        kinds = ({},) if path == "/slots?cursor=" else ({}, HTMX)
        return [browser.get(path + quote(word, safe=""), **kind) for kind in kinds]

    for markup in MARKUP:
        expect_refusal(markup, answers(markup), answers("!"))


@pytest.mark.parametrize("path", ["/slots?part=", "/docs?x=", "/signed-in?x=", "/sign-in?to="])
def test_what_nobody_asked_is_not_told(browser: Browser, path: str) -> None:
    browser.sign_in()
    plain = browser.get(path)

    for markup in MARKUP:
        told = browser.get(path + quote(markup, safe=""))

        assert told.status == plain.status
        assert Parsed(told.text).elements == Parsed(plain.text).elements
        assert Parsed(told.text).times(markup) == 0
        assert quote(markup, safe="") not in str(told.headers)


@pytest.mark.parametrize("name", ["session", "sign-in", "said"])
def test_no_cookie_puts_markup_on_a_page(browser: Browser, name: str) -> None:
    browser.sign_in()
    page = browser.get(DAY)
    without = browser.site.get(DAY, Accept="text/html", Host="slots.example")

    for markup in MARKUP:
        cookies = {**browser.cookies, name: markup}
        sent = "; ".join(f"{cookie}={value}" for cookie, value in cookies.items())
        told = browser.get(DAY, Cookie=sent)

        expected = without if name == "session" else page
        assert told.status == expected.status
        assert Parsed(told.text).elements == Parsed(expected.text).elements
        assert Parsed(told.text).times(markup) == 0


def test_no_id_that_a_client_makes_is_markup(site: Site) -> None:
    settings = site.get("/doctors/dr-lee").json
    slot = "/slots/dr-lee~20261123T0900Z"

    for markup in MARKUP:
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
