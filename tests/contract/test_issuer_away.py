"""The issuer is away for a while: what goes on meanwhile, what is said, and what comes after."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from tests.an_issuer import MACHINE, PAGE
from tests.builders import SUNDAY_NOON
from tests.contract.test_sign_in import DAY, Browser
from tests.site import FORM

if TYPE_CHECKING:
    from tests.an_issuer import AnIssuer
    from tests.site import Answer, Site

TOMORROW = int(SUNDAY_NOON.timestamp()) + 86_400
READER = {"client_id": MACHINE, "scope": "slots/read", "exp": TOMORROW}
DOCTOR = {"username": "dr-lee", "cognito:groups": ["doctor"], "client_id": PAGE, "exp": TOMORROW}
OURS = {"Content_Type": FORM, "Sec_Fetch_Site": "same-origin"}


@pytest.fixture
def browser(guarded: Site, issuer: AnIssuer) -> Browser:
    """In which Dr Lee signed in before the issuer went away."""
    browser = Browser(guarded, issuer)
    browser.sign_in()
    return browser


@pytest.fixture
def reader(guarded: Site, issuer: AnIssuer) -> dict[str, str]:
    """A booking site's token, which was used before as well."""
    reader = {"Authorization": f"Bearer {issuer.access_token(READER)}"}
    assert guarded.get("/doctors", **reader).status == 200
    return reader


def stay_away(browser: Browser, issuer: AnIssuer) -> None:
    """Longer than anything is remembered as new; Dr Lee is at work all the while."""
    issuer.is_away = True
    for _ in range(8):
        browser.site.clock.now += timedelta(minutes=25)
        assert browser.get(DAY).status == 200


def come_back(site: Site, issuer: AnIssuer, refused: Answer) -> None:
    """As much later as the answer said."""
    issuer.is_away = False
    site.clock.now += timedelta(seconds=int(refused.headers["Retry-After"]))


def test_who_is_signed_in_and_who_brings_a_known_token_go_on(
    browser: Browser, reader: dict[str, str], issuer: AnIssuer
) -> None:
    stay_away(browser, issuer)

    answers = [
        browser.get(DAY),
        browser.save("09:00", Sec_Fetch_Site="same-origin"),
        browser.get(f"/slots/history?{DAY.partition('?')[2]}"),
        browser.site.get("/doctors/dr-lee/slots", **reader),
        browser.site.get("/health"),
        browser.site.get("/docs"),
    ]

    assert [answer.status for answer in answers] == [200] * len(answers)


def test_who_wants_to_sign_in_is_told_on_a_page_and_can_once_it_is_back(
    browser: Browser, issuer: AnIssuer
) -> None:
    stay_away(browser, issuer)
    newcomer = Browser(browser.site, issuer)
    refused = newcomer.get(newcomer.get(DAY).headers["Location"])

    assert (refused.status, refused.headers["Retry-After"]) == (503, "5")
    assert refused.headers["Content-Type"].startswith("text/html")
    assert "Signing in is not possible right now: try again in a moment" in refused.text

    come_back(browser.site, issuer, refused)
    asked = newcomer.ask()
    issuer.tokens["c"] = issuer.id_token("dr-lee", "doctor", nonce=asked["nonce"], exp=TOMORROW)
    newcomer.get(f"/sign-in/callback?code=c&state={asked['state']}")

    assert newcomer.get(DAY).status == 200


def test_who_comes_back_from_an_issuer_that_has_just_gone_loads_the_page_again(
    browser: Browser, issuer: AnIssuer
) -> None:
    newcomer = Browser(browser.site, issuer)
    asked = newcomer.ask()
    issuer.tokens["c"] = issuer.id_token("dr-lee", "doctor", nonce=asked["nonce"])
    callback = f"/sign-in/callback?code=c&state={asked['state']}"
    issuer.is_away = True

    refused = newcomer.get(callback)

    assert (refused.status, refused.headers["Retry-After"]) == (503, "5")
    assert refused.headers["Content-Type"].startswith("text/html")
    assert "session" not in newcomer.cookies
    come_back(browser.site, issuer, refused)
    assert newcomer.get(callback).headers["Location"] == DAY
    assert newcomer.get(DAY).status == 200


def test_signing_out_ends_the_session_here_and_says_that_there_it_may_last(
    browser: Browser, issuer: AnIssuer
) -> None:
    stay_away(browser, issuer)

    out = browser.send("POST", "/sign-out", **OURS)

    assert out.status == 200
    assert "could not be reached" in out.text
    assert issuer.url not in out.text
    assert browser.get(DAY).status == 303


def test_a_token_of_a_key_that_is_new_since_is_believed_once_it_is_back(
    browser: Browser, reader: dict[str, str], issuer: AnIssuer
) -> None:
    stay_away(browser, issuer)
    issuer.rotate()
    new = {"Authorization": f"Bearer {issuer.access_token(DOCTOR)}"}
    assert browser.site.get("/doctors", **new).status == 401

    issuer.is_away = False
    browser.site.clock.now += timedelta(seconds=30)

    assert browser.site.get("/doctors", **new).status == 200
    assert browser.site.get("/doctors", **reader).status == 200


def test_not_every_request_waits_for_it(guarded: Site, issuer: AnIssuer) -> None:
    issuer.is_away = True
    bearer = {"Authorization": f"Bearer {issuer.access_token(READER)}"}

    statuses = {guarded.get("/doctors", **bearer).status for _ in range(5)}

    assert statuses == {503}
    assert len(issuer.asked) == 1
