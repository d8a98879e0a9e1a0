"""Markup in any input: pages show it as text, or the request is rejected."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

import pytest
from msgspec import structs

from chalicelib import bootstrap
from tests.support.app_client import FORM
from tests.support.fake_oidc_provider import PAGE_CLIENT_ID
from tests.support.html import MARKUP_SAMPLES, PLAIN_TEXT, count_text, parse, parse_once, structure
from tests.support.page_session import DAY_PATH, PageSession

if TYPE_CHECKING:
    from tests.support.app_client import AppClient, AppResponse
    from tests.support.fake_oidc_provider import FakeOidcProvider

DATE = "2026-11-23"
HTMX_HEADERS = {"HX_Request": "true"}
VALID_FORM = {
    "doctor_id": "dr-lee",
    "date": DATE,
    "version": "0",
    "request_id": "r",
    **dict.fromkeys(("shown", "offered", "ticked"), "20261123T0900Z"),
}
FORM_HEADERS = {"Content_Type": FORM, "Sec_Fetch_Site": "same-origin"}


def assert_escaped(
    markup: str, responses: dict[str, AppResponse], plain_responses: dict[str, AppResponse]
) -> None:
    """Fail unless each page shows the markup as text, exactly where it shows plain text."""
    for name, response in responses.items():
        plain = plain_responses[name]
        page, plain_page = parse(response.text), parse_once(plain.text)
        assert response.headers["Content-Type"].startswith("text/html"), name
        assert response.status == plain.status, name
        assert list(structure(page)) == list(structure(plain_page)), name
        assert count_text(page, markup) == count_text(plain_page, PLAIN_TEXT) > 0, name


def fetch_pages(page_session: PageSession, doctor_id: str, name: str) -> dict[str, AppResponse]:
    """Return all pages that show the doctor's and the delegate's name, which both are ``name``."""
    claims = {"username": "alex", "cognito:groups": ["admin"], "client_id": PAGE_CLIENT_ID}
    admin = {"Authorization": f"Bearer {page_session.oidc_provider.access_token(claims)}"}
    settings = page_session.client.get("/doctors/dr-lee", **admin).json
    texts = dict.fromkeys(("name", "specialty", "location"), name)
    created = page_session.client.put(
        f"/doctors/{doctor_id}",
        {**settings, "doctor_id": doctor_id, **texts, "delegates": [name]},
        **admin,
    )
    assert created.status == 201, created.text

    page_session.sign_in(name, "delegate")
    day = f"/slots?doctor_id={doctor_id}&date={DATE}"
    form = {"doctor_id": doctor_id, "date": DATE, "version": 0, "request_id": "r"}
    box = {"offered": f"{DATE.replace('-', '')}T0900Z", "ticked": f"{DATE.replace('-', '')}T0900Z"}
    saved = page_session.send("POST", "/slots", urlencode({**form, **box}), **FORM_HEADERS)
    assert saved.status == 303, saved.text
    pages = {
        "day": page_session.get(day),
        "partial of the day": page_session.get(day, **HTMX_HEADERS),
        "rejected save": page_session.send(
            "POST", "/slots", urlencode({**form, **box, "request_id": "s"}), **FORM_HEADERS
        ),
        "history": page_session.get(f"/slots/history?doctor_id={doctor_id}&date={DATE}"),
        "doctor picker": page_session.get("/slots"),
        "practice day": page_session.get(f"/practice?date={DATE}"),
    }
    assert [page.status for page in pages.values()] == [200, 200, 400, 200, 200, 200]
    return pages


def test_names_of_people_and_places_are_escaped_on_every_page(page_session: PageSession) -> None:
    plain = fetch_pages(page_session, "dr-plain", PLAIN_TEXT)

    for number, markup in enumerate(MARKUP_SAMPLES):
        assert_escaped(markup, fetch_pages(page_session, f"dr-{number}", markup), plain)


def test_client_name_is_escaped_in_history(
    authenticated_client: AppClient, oidc_provider: FakeOidcProvider
) -> None:
    def history(name: str, date: str) -> dict[str, AppResponse]:
        sign_in = authenticated_client.services.settings.oidc
        assert sign_in is not None
        settings = structs.replace(
            authenticated_client.services.settings,
            oidc=structs.replace(sign_in, client_id="a-client"),
            client_names={"a-client": name},
        )
        bootstrap.set_services(bootstrap.build_services(settings, now=authenticated_client.clock))
        claims = {"username": "dr-lee", "cognito:groups": ["doctor"], "client_id": "a-client"}
        doctor = {"Authorization": f"Bearer {oidc_provider.access_token(claims)}"}
        slots = [{"start": "09:00", "status": "free"}]
        authenticated_client.post_slots(
            {"doctor_id": "dr-lee", "date": date, "slots": slots}, **doctor
        )
        path = f"/slots/history?doctor_id=dr-lee&date={date}"
        return {"page": authenticated_client.get(path, Accept="text/html", **doctor)}

    plain = history(PLAIN_TEXT, "2026-11-23")

    for day, markup in enumerate(MARKUP_SAMPLES, 24):
        assert_escaped(markup, history(markup, f"2026-11-{day}"), plain)


def test_unknown_resource_is_escaped_in_not_found_page(page_session: PageSession) -> None:
    page_session.sign_in("alex", "admin")

    def responses(word: str) -> dict[str, AppResponse]:
        return {
            f"{path} {kind}": page_session.get(f"{path}{quote(word, safe='')}", **headers)
            for path in ("/doctors/", "/slots/", "/static/")
            for kind, headers in (("page", {}), ("notice", HTMX_HEADERS))
        }

    plain = responses(PLAIN_TEXT)

    for markup in MARKUP_SAMPLES:
        assert_escaped(markup, responses(markup), plain)


def test_forbidden_page_escapes_user_name(page_session: PageSession) -> None:
    def responses(word: str) -> dict[str, AppResponse]:
        page_session.sign_in(word, "visitors")
        return {
            "page": page_session.get("/slots"),
            "notice": page_session.get("/slots", **HTMX_HEADERS),
        }

    plain = responses(PLAIN_TEXT)
    assert plain["page"].status == 403

    for markup in MARKUP_SAMPLES:
        assert_escaped(markup, responses(markup), plain)


def test_login_error_of_identity_provider_is_escaped(page_session: PageSession) -> None:
    def responses(word: str) -> dict[str, AppResponse]:
        pages = {}
        for name in ("error", "error_description"):
            query = {"error": "x", name: word, "state": page_session.start_login()["state"]}
            pages[name] = page_session.get(f"/sign-in/callback?{urlencode(query)}")
        return pages

    plain = responses(PLAIN_TEXT)
    assert plain["error"].status == 400

    for markup in MARKUP_SAMPLES:
        assert_escaped(markup, responses(markup), plain)


def test_expired_form_is_returned_escaped(page_session: PageSession) -> None:
    def responses(word: str) -> dict[str, AppResponse]:
        sent = {**dict.fromkeys(VALID_FORM, word), word: word}
        return {"page": page_session.send("POST", "/slots", urlencode(sent), **FORM_HEADERS)}

    plain = responses(PLAIN_TEXT)
    assert plain["page"].status == 401

    for markup in MARKUP_SAMPLES:
        assert_escaped(markup, responses(markup), plain)


def assert_rejected_without_echo(
    markup: str, responses: list[AppResponse], nonsense_responses: list[AppResponse]
) -> None:
    """Fail unless each page is a 400 like that of other invalid input, without the markup."""
    for response, nonsense in zip(responses, nonsense_responses, strict=True):
        assert response.status == nonsense.status == 400, (response.text, nonsense.text)
        assert_not_reflected(markup, response, nonsense)


def assert_not_reflected(markup: str, response: AppResponse, expected: AppResponse) -> None:
    """Fail unless the response is a page like the expected one, without the markup."""
    assert response.status == expected.status
    if response.text != expected.text:
        page = parse(response.text)
        assert list(structure(page)) == list(structure(parse_once(expected.text)))
        assert count_text(page, markup) == 0


SEARCHES = ["/doctors?q=", "/doctors?date=", "/changes?date="]
SEARCHES += [f"/changes?doctor_id=dr-lee&{name}=" for name in ("by", "kind", "from", "to", "date")]


@pytest.mark.parametrize("path", SEARCHES)
def test_search_is_shown_escaped(page_session: PageSession, path: str) -> None:
    page_session.sign_in("alex", "admin")
    plain = parse(page_session.get(path + quote(PLAIN_TEXT, safe="")).text)

    for markup in MARKUP_SAMPLES:
        shown = parse(page_session.get(path + quote(markup, safe="")).text)

        assert list(structure(shown)) == list(structure(plain))


@pytest.mark.parametrize("field", VALID_FORM)
def test_form_fields_reject_markup(page_session: PageSession, field: str) -> None:
    page_session.sign_in("alex", "admin")

    def responses(word: str) -> list[AppResponse]:
        body = urlencode(VALID_FORM | {field: word})
        return [
            page_session.send("POST", "/slots", body, **FORM_HEADERS, **kind)
            for kind in ({}, HTMX_HEADERS)
        ]

    nonsense = responses("!")
    for markup in MARKUP_SAMPLES:
        assert_rejected_without_echo(markup, responses(markup), nonsense)


@pytest.mark.parametrize(
    "path",
    [
        "/slots?date=2026-11-23&doctor_id=",
        "/slots?doctor_id=dr-lee&date=",
        "/slots/history?date=2026-11-23&doctor_id=",
        "/slots/history?doctor_id=dr-lee&date=",
        "/changes?doctor_id=",
        "/changes?doctor_id=dr-lee&cursor=",
        "/settings?doctor_id=",
        "/calendar-feeds?doctor_id=",
        *(f"/doctors/dr-lee/slots?{name}=" for name in ("from", "to")),
        *(f"/sign-in/callback?{name}=" for name in ("code", "code=c&state", "error")),
    ],
)
def test_query_parameters_reject_markup(page_session: PageSession, path: str) -> None:
    page_session.sign_in("alex", "admin")
    page_session.start_login()

    def responses(word: str) -> list[AppResponse]:
        return [
            page_session.get(path + quote(word, safe=""), **kind) for kind in ({}, HTMX_HEADERS)
        ]

    nonsense = responses("!")
    for markup in MARKUP_SAMPLES:
        assert_rejected_without_echo(markup, responses(markup), nonsense)


@pytest.mark.parametrize(
    "path",
    [
        "/slots?part=",
        "/slots/history?date=2026-11-23&view=",
        *(f"/doctors?{name}=" for name in ("limit", "page")),
        *(f"/{name}=" for name in ("docs?x", "signed-in?x", "sign-in?to")),
    ],
)
def test_undeclared_parameters_are_not_reflected(page_session: PageSession, path: str) -> None:
    page_session.sign_in()
    plain = page_session.get(path)

    for markup in MARKUP_SAMPLES:
        response = page_session.get(path + quote(markup, safe=""))

        assert_not_reflected(markup, response, plain)
        assert quote(markup, safe="") not in str(response.headers)


@pytest.mark.parametrize("name", ["session", "sign-in", "flash"])
def test_cookies_are_not_reflected(page_session: PageSession, name: str) -> None:
    page_session.sign_in()
    page = page_session.get(DAY_PATH)
    signed_out = page_session.client.get(DAY_PATH, Accept="text/html", Host="slots.example")

    for markup in MARKUP_SAMPLES:
        cookies = {**page_session.cookies, name: markup}
        sent = "; ".join(f"{cookie}={value}" for cookie, value in cookies.items())
        response = page_session.get(DAY_PATH, Cookie=sent)
        assert_not_reflected(markup, response, signed_out if name == "session" else page)


def test_client_chosen_ids_reject_markup(client: AppClient) -> None:
    settings = client.get("/doctors/dr-lee").json
    slot = "/slots/dr-lee~20261123T0900Z"

    for markup in MARKUP_SAMPLES:
        rejected = [
            client.put(f"/doctors/{quote(markup, safe='')}", {**settings, "doctor_id": markup}),
            client.put("/doctors/dr-lee", {**settings, "time_zone": markup}),
            client.put(f"{slot}/hold", {"holder": markup, "seconds": 60}),
            client.put(f"{slot}/booking", {"booking_id": markup, "patient_reference": "p"}),
            client.save("09:00", Idempotency_Key=markup),
            client.save("09:00", If_Match=markup),
            client.save(markup),
            client.save("09:00", date=markup),
        ]

        assert [response.status for response in rejected] == [400] * len(rejected)
        for response in rejected:
            assert response.headers["Content-Type"] == "application/problem+json"
