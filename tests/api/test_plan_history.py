"""Changes that plans make, on the pages of changes."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from tests.support.factories import MONDAY
from tests.support.plans import (
    MORNING,
    apply,
    make_series,
    open_times,
    propose,
    series_json,
    undo_plan,
)

if TYPE_CHECKING:
    from tests.support.app_client import AppClient

PAGES = ("/changes?doctor_id=dr-lee", f"/slots/history?doctor_id=dr-lee&date={MONDAY}")
MONDAYS = series_json({"mon": MORNING}, last=MONDAY + timedelta(weeks=1))


def test_every_change_of_a_plan_and_its_undo_is_on_the_pages(client: AppClient) -> None:
    """Also what it kept, and the undo of a date whose change was undone by itself."""
    plan = make_series(client, MONDAYS)
    client.save(closed=("09:00",))
    client.book("09:30")
    longer = {**MONDAYS, "weekly": {"mon": [{"from": "09:00", "to": "11:00"}]}}
    edited = apply(client, propose(client, longer, plan["series_id"]).json)
    assert {kept["code"] for kept in edited["days"][0]["kept"]} == {"closed_by_hand"}
    path = f"/doctors/dr-lee/changes?kind=series&date={MONDAY}"
    (change, *_) = client.get(path).json["changes"]
    client.post("/slots/undo", {"change_id": change["change_id"]})
    undo_plan(client, edited)

    pages = [client.get(page, Accept="text/html") for page in PAGES]

    assert [page.status for page in pages] == [200, 200]
    assert open_times(client, MONDAY) == ["09:30"]
    assert client.get("/doctors/dr-lee/changes?kind=undo").json["changes"]


def test_a_change_that_a_plan_has_undone_is_undone_once(client: AppClient) -> None:
    plan = make_series(client, MONDAYS)
    (change, *_) = client.get(f"/doctors/dr-lee/changes?date={MONDAY}").json["changes"]
    undo_plan(client, plan)
    client.save("09:00")

    again = client.post("/slots/undo", {"change_id": change["change_id"]})

    assert again.status == 200
    assert open_times(client, MONDAY) == ["09:00"]
