"""Saving the form of a practice day: the date of each doctor by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest

from tests.support.app_client import FORM
from tests.support.day_page import BROWSER_HEADERS, HTMX_HEADERS, PageForm
from tests.support.factories import DOCTOR_SETTINGS, MONDAY
from tests.support.html import attribute, parse, text_of

if TYPE_CHECKING:
    from tests.support.app_client import AppClient, AppResponse

PATH = f"/practice?date={MONDAY}"
PAIR = f"{PATH}&doctor_id=dr-lee&doctor_id=dr-hale"
MAX_KILOBYTES = 14
UNDONE = "Change undone"


@pytest.fixture(autouse=True)
def colleague(client: AppClient) -> None:
    """Dr Hale has the hours of Dr Lee."""
    settings = DOCTOR_SETTINGS | {"name": "Dr Ann Hale", "specialty": "surgery"}
    assert client.put("/doctors/dr-hale", settings).status == 201


def load(client: AppClient, path: str = PAIR) -> AppResponse:
    return client.get(path, **BROWSER_HEADERS)


def post(client: AppClient, path: str, fields: dict[str, object], **headers: str) -> AppResponse:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    body = urlencode(fields, doseq=True).encode()
    return client.request("POST", path, body, {**sent, "Content-Type": FORM})


def save(client: AppClient, form: PageForm, *ticked: str, **headers: str) -> AppResponse:
    return post(client, PAIR, form.submission(*ticked), **(headers or HTMX_HEADERS))


def message(response: AppResponse) -> str:
    return text_of(parse(response.text).select("#status")[0])


def test_boxes_of_two_doctors_are_saved(client: AppClient) -> None:
    ticked = ["dr-hale 09:00", "dr-lee 09:00", "dr-lee 11:30"]

    saved = save(client, PageForm(load(client)), *ticked)

    assert saved.status == 200
    assert "Slots saved successfully" in message(saved)
    assert sorted(PageForm(saved).checked_starts) == ticked
    assert client.get_day("dr-hale").free_times == ["09:00"]


def test_plain_save_redirects_to_the_same_doctors(client: AppClient) -> None:
    saved = save(client, PageForm(load(client)), "dr-lee 09:00", **BROWSER_HEADERS)

    assert (saved.status, saved.headers["Location"]) == (303, PAIR)
    cookie = saved.headers["Set-Cookie"].split(";")[0]
    assert "Slots saved successfully" in client.get(PAIR, Cookie=cookie, **BROWSER_HEADERS).text


def test_conflict_names_the_doctor_and_keeps_the_ticks_of_others(client: AppClient) -> None:
    form = PageForm(load(client))
    client.save("10:00")
    client.book("10:00")
    ticked = ["dr-hale 09:00", "dr-lee 10:00", "dr-lee 11:00"]

    rejected = save(client, form, *ticked)

    assert rejected.status == 207
    assert message(rejected).startswith(
        "Saved: Dr Ann Hale. Dr Mina Lee wasn't saved: You booked 10:00–10:30 in another window "
        "at 12:00. Save again to save your other change."
    )
    assert PageForm(rejected).invalid_starts == ["dr-lee 10:00"]

    again = save(client, PageForm(rejected), "dr-hale 09:00", "dr-lee 11:00")

    assert again.status == 200
    assert client.get_day().free_times == ["11:00"]


def test_save_of_no_doctor_is_400_on_the_whole_page(client: AppClient) -> None:
    form = PageForm(load(client))
    client.save("09:00")

    rejected = save(client, form, "dr-lee 09:00", **BROWSER_HEADERS)

    assert rejected.status == 400
    assert rejected.text.startswith("<!doctype html>")
    assert "Dr Mina Lee wasn't saved" in message(rejected)
    assert parse(rejected.text).select("#specialty option")


def test_news_name_the_doctor(client: AppClient) -> None:
    form = PageForm(load(client))
    client.save("11:00", doctor_id="dr-hale")

    saved = save(client, form, "dr-lee 09:00")

    assert "Dr Ann Hale: You opened 11:00 in another window" in message(saved)


def test_unchanged_form_writes_nothing(client: AppClient) -> None:
    before = client.export()

    assert "No changes to save" in message(save(client, PageForm(load(client))))
    assert client.export() == before


def test_saves_of_all_doctors_are_undone_together(client: AppClient) -> None:
    saved = save(client, PageForm(load(client)), "dr-hale 09:00", "dr-lee 09:00")
    (button,) = parse(saved.text).select("#status button")
    (form,) = parse(load(client).text).select("#undo")
    fields: dict[str, object] = {
        "page": "practice",
        "date": str(MONDAY),
        "doctor_id": [attribute(field, "value") for field in form.select("[name=doctor_id]")],
        "change_id": attribute(button, "value"),
    }

    undone = post(client, attribute(form, "action"), fields, **HTMX_HEADERS)
    redirected = post(client, attribute(form, "action"), fields, **BROWSER_HEADERS)

    assert UNDONE in message(undone)
    assert PageForm(undone).checked_starts == []
    assert len(parse(undone.text).select("thead th")) == 2
    assert redirected.headers["Location"] == PAIR


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("version", ["dr-lee"]),
        ("version", ["a/b/1"]),
        ("offered", ["dr-who/20261123T0900Z-30"]),
        ("date", "soon"),
        ("request_id", "?"),
    ],
)
def test_malformed_form_is_rejected(client: AppClient, name: str, value: object) -> None:
    fields = PageForm(load(client)).submission("dr-lee 09:00", **{name: value})

    assert post(client, PAIR, fields, Accept="application/json").status == 400


def test_form_gets_json_for_a_client_that_wants_it(client: AppClient) -> None:
    fields = PageForm(load(client)).submission("dr-lee 09:00")

    saved = post(client, PAIR, fields, Accept="application/json").json

    assert [(each["doctor_id"], each["status"]) for each in saved["doctors"]] == [("dr-lee", 200)]
