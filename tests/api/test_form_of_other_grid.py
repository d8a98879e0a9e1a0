"""A form that was rendered before the doctor's slot length changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.day_page import HTMX_HEADERS, PageForm, load_form
from tests.support.html import attribute, parse, text_of

if TYPE_CHECKING:
    from tests.support.app_client import AppClient, AppResponse


def ticked_boxes(response: AppResponse) -> dict[str, str]:
    """The time of each checked box, and the reason beside it."""
    items = parse(response.text).select(".box:has([name=ticked][checked])")
    return {
        item.select(".time")[0].get_text(strip=True): " ".join(
            error.get_text(" ", strip=True) for error in item.select(".error")
        )
        for item in items
    }


def test_form_of_other_grid_is_rejected_and_keeps_ticks(client: AppClient) -> None:
    form = load_form(client)
    client.set_slot_minutes("dr-lee", minutes=20)
    before = client.export()

    rejected = client.post_form(form.submission("09:00", "09:30"), **HTMX_HEADERS)

    assert rejected.status == 400
    assert client.export() == before
    assert ticked_boxes(rejected) == {
        "09:00–09:30": "09:00–09:30 is not one of this day's slots",
        "09:30–10:00": "09:30–10:00 is not one of this day's slots",
    }
    assert (
        "Nothing was saved. 2 of the times that you ticked are no longer slots of this day:"
        " 09:00–10:00. Untick them, then save again." in text_of(parse(rejected.text))
    )
    assert "09:00–09:20 closed" in text_of(parse(rejected.text))


def test_form_of_other_grid_is_saved_without_its_obsolete_boxes(client: AppClient) -> None:
    form = load_form(client)
    client.set_slot_minutes("dr-lee", minutes=20)
    rejected = client.post_form(form.submission("09:00"), **HTMX_HEADERS)
    values = [
        attribute(box, "value")
        for box in parse(rejected.text).select("[name=ticked]:not([checked], [disabled])")
    ]

    saved = client.post_form({**PageForm(rejected).hidden, "ticked": values[:2]}, **HTMX_HEADERS)

    assert saved.status == 200
    assert client.get_day().free_times == ["09:00", "09:20"]
    assert list(ticked_boxes(saved)) == ["09:00–09:20", "09:20–09:40"]


def test_unticked_slot_of_former_grid_is_closed(client: AppClient) -> None:
    client.save("09:00", "09:30")
    form = load_form(client)
    client.set_slot_minutes("dr-lee", minutes=20)

    saved = client.post_form(form.submission("09:30"), **HTMX_HEADERS)

    assert saved.status == 200
    assert client.get_day().free_times == ["09:30"]


def test_form_with_starts_only_is_still_saved(client: AppClient) -> None:
    """Forms of former releases have boxes without an end."""
    form = load_form(client)
    fields = {
        name: [value.partition("-")[0] if name == "offered" else value for value in values]
        for name, values in form.hidden.items()
    }

    saved = client.post_form({**fields, "ticked": ["20261123T0930Z"]}, **HTMX_HEADERS)

    assert saved.status == 200
    assert client.get_day().free_times == ["09:30"]
