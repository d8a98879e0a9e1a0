"""Import slots by the page: without JavaScript, and with every wrong line named."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from tests.support.factories import MONDAY
from tests.support.html import attribute, parse, text_of
from tests.support.page_form import HtmlForm
from tests.support.plans import PLANS, open_times

if TYPE_CHECKING:
    from tests.support.app_client import AppClient, AppResponse

HTML = {"Accept": "text/html"}
PAGE = "/import?doctor_id=dr-lee"
NOTHING = "Nothing to import: all of these slots are open already"


def send(client: AppClient, lines: str, **headers: str) -> AppResponse:
    return HtmlForm(client.get(PAGE, **HTML)).set(slots=lines).send(client, **headers)


def press(client: AppClient, path: str, act: str) -> str:
    form = HtmlForm(client.get(path, **HTML), "#plan form").set(act=act)
    return form.send(client).headers["Location"]


def error_of(response: AppResponse) -> str:
    return text_of(parse(response.text).select("#slots-error > p")[0])


def reasons(response: AppResponse) -> list[str]:
    return [text_of(item) for item in parse(response.text).select("#slots-error li")]


def test_lines_are_previewed_imported_and_undone(client: AppClient) -> None:
    response = send(client, f"\ufeffdate,start\r\n{MONDAY},09:00\r\n{MONDAY},10:00\r\n")
    preview = response.headers["Location"]
    assert open_times(client, MONDAY) == []

    result = press(client, preview, "start")
    assert open_times(client, MONDAY) == ["09:00", "10:00"]

    press(client, press(client, result, "undo"), "start")
    assert open_times(client, MONDAY) == []


def test_every_wrong_line_has_its_reason_and_nothing_is_stored(client: AppClient) -> None:
    lines = f"date,start\n{MONDAY},09:00\n{MONDAY},09:10\n23 November,09:00\n{MONDAY}"

    response = send(client, lines)

    assert (response.status, error_of(response)) == (400, "Nothing was imported: 3 lines are wrong")
    assert reasons(response) == [
        "Line 3: 2026-11-23 09:10 is not one of this day's slots",
        "Line 4: That isn't a real date. Use the format 2026-11-23.",
        "Line 5: expected date,start",
    ]
    assert HtmlForm(response).fields["slots"] == [
        lines.replace("\n", "\r\n")
    ]  # as a browser sends it
    assert client.get(PLANS).json["plans"] == []


def test_hundred_reasons_are_shown_and_the_others_counted(client: AppClient) -> None:
    response = send(client, "date,start\n" + f"{MONDAY},09:10\n" * 103)

    assert len(reasons(response)) == 101
    assert reasons(response)[-1] == "and 3 more"


@pytest.mark.parametrize(
    ("lines", "error"),
    [
        ("", "The first line must begin with date,start"),
        ("date,start", "Enter at least one slot, such as 2026-11-23,09:00"),
        (f"date,start\n{MONDAY},09:00", NOTHING),
        (
            f"date,start\n{MONDAY - timedelta(days=1)},09:00",
            "Nothing was imported: 1 line is wrong",
        ),
    ],
)
def test_lines_without_anything_to_open_are_rejected(
    client: AppClient, lines: str, error: str
) -> None:
    client.save("09:00")

    response = send(client, lines)

    assert (response.status, error_of(response)) == (400, error)


def test_slot_that_has_begun_is_named_with_its_date(client: AppClient) -> None:
    response = send(client, f"date,start\n{MONDAY - timedelta(days=1)},09:00")
    assert reasons(response) == ["Sunday 22 November 2026: 09:00–09:30 has already started"]


def test_client_of_the_form_gets_the_lines_as_json(client: AppClient) -> None:
    response = send(client, f"date,start\n{MONDAY},09:10", Accept="application/json")
    assert response.error_codes == [("line 2", "not_on_grid")]


@pytest.mark.parametrize("path", ["/series", "/slots", "/slots/week"])
def test_export_and_import_are_linked_from_schedule_and_series(
    client: AppClient, path: str
) -> None:
    page = parse(client.get(f"{path}?doctor_id=dr-lee", **HTML).text)
    links = {text_of(link): attribute(link, "href") for link in page.select("main a")}
    assert links["Import"] == PAGE
    exported = client.get(links["Export"], **HTML)
    assert (exported.status, exported.text[:11]) == (200, "date,start,")


def test_export_form_of_the_page_takes_a_range(client: AppClient) -> None:
    client.save("09:00")
    page = client.get(PAGE, **HTML)
    form = HtmlForm(page, "form[method=get][aria-labelledby=export]")
    assert (form.action, form.fields["from"]) == ("/doctors/dr-lee/export", ["2026-11-22"])
    exported = client.get(f"{form.action}?from={MONDAY}&to=&format=csv", **HTML)
    assert len(exported.text.splitlines()) == 2
