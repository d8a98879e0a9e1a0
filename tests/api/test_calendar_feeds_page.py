"""The page of a doctor's calendar feeds."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

from tests.support.app_client import FORM
from tests.support.calendar_feeds import FEEDS
from tests.support.html import parse, text_of

if TYPE_CHECKING:
    from tests.support.app_client import AppClient, AppResponse

PAGE = "/calendar-feeds?doctor_id=dr-lee"


def send(client: AppClient, path: str, **fields: str) -> AppResponse:
    body = urlencode({"doctor_id": "dr-lee", **fields}).encode()
    return client.request("POST", path, body, {"Content-Type": FORM, "Accept": "text/html"})


def shown_url(response: AppResponse) -> str:
    """Return the path of the URL that the page shows."""
    field = parse(response.text).select_one("#new-url")
    assert field is not None
    return urlsplit(str(field["value"])).path


def feed_id(client: AppClient) -> str:
    (feed,) = client.get(FEEDS).json["calendar_feeds"]
    return str(feed["feed_id"])


def test_new_feed_shows_its_address_once(client: AppClient) -> None:
    created = send(client, "/calendar-feeds", name=" Phone ")

    assert created.status == 200
    assert client.get(shown_url(created)).status == 200
    assert "The former address" not in created.text
    later = parse(client.get(PAGE, Accept="text/html").text)
    assert later.select("#new-url") == []
    assert [text_of(heading) for heading in later.select("h2")] == ["Phone"]


def test_renewed_address_is_shown_and_the_old_one_ends(client: AppClient) -> None:
    old = shown_url(send(client, "/calendar-feeds", name="Phone"))

    renewed = send(client, f"/calendar-feeds/{feed_id(client)}", act="renew")

    assert client.get(shown_url(renewed)).status == 200
    assert client.get(old).status == 404
    assert "The former address no longer works." in renewed.text


def test_revoked_feed_leaves_the_list(client: AppClient) -> None:
    path = shown_url(send(client, "/calendar-feeds", name="Phone"))

    revoked = send(client, f"/calendar-feeds/{feed_id(client)}", act="revoke")

    assert (revoked.status, revoked.headers["Location"]) == (303, PAGE)
    assert client.get(path).status == 404
    later = client.get(PAGE, Accept="text/html", Cookie=str(revoked.headers["Set-Cookie"]))
    assert "No calendar feeds yet." in later.text
    (message,) = parse(later.text).select("[role=status]")
    assert text_of(message) == "The calendar feed is revoked: its address no longer works"
    assert "Max-Age=0" in later.headers["Set-Cookie"]


def test_invalid_name_is_explained_beside_its_field_and_stays(client: AppClient) -> None:
    response = send(client, "/calendar-feeds", name="x" * 101)

    page = parse(response.text)
    assert response.status == 400
    (field,) = page.select("input[name=name]")
    assert (field["value"], field["aria-invalid"]) == ("x" * 101, "true")
    assert [text_of(error) for error in page.select("#name-error")] == [
        "Enter a name of at most 100 characters"
    ]
