"""Each row of ``docs/reference/dynamodb-calls.md``, compared with recorded calls."""

from __future__ import annotations

import html
import json
import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from chalicelib.domain.slot import format_start
from tests.support.app_client import make_slot_id
from tests.support.booking_scenarios import (
    book,
    cancel,
    hold,
    move,
    move_to_other_doctor,
    offers,
    offers_of_colleagues,
    release,
)
from tests.support.call_scenarios import (
    at_time,
    conflicting_saves,
    date_after,
    other_length,
    practice_day,
    practice_save,
    relocation,
    save_again,
    settings,
    settings_redraw,
    uncached,
)
from tests.support.factories import MONDAY, to_instant
from tests.support.plan_scenarios import PLAN_SCENARIOS
from tests.support.time_off_scenarios import CACHED_TIME_OFF_SCENARIOS, TIME_OFF_SCENARIOS
from tests.support.webhook_scenarios import OTHER_SYSTEMS_SCENARIOS

if TYPE_CHECKING:
    from tests.support.app_client import AppClient
    from tests.support.call_scenarios import Scenario, Send

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "dynamodb-calls.md"
DAY = f"/slots?doctor_id=dr-lee&date={MONDAY}"
MONTH = "/slots/month?doctor_id=dr-lee&month="
HTMX = {"HX_Request": "true", "Accept": "text/html"}


def poll(client: AppClient) -> Send:
    """Prepare the request that htmx sends every two seconds."""
    page = client.get(DAY, Accept="text/html").text
    (sent,) = re.findall(r"hx-headers='([^']+)'|hx-headers=\"([^\"]+)\"", page)
    headers = json.loads(html.unescape("".join(sent)))
    return lambda: client.request(
        "GET", f"{DAY}&part=day", headers={**headers, "HX-Request": "true"}
    )


def poll_with_changes(client: AppClient) -> Send:
    """The same after another client has saved."""
    sending = poll(client)
    client.save("11:00")
    return sending


def undo(client: AppClient) -> Send:
    assert client.save("11:30").status == 200
    change, *_ = client.get(f"/doctors/dr-lee/changes?date={MONDAY}").json["changes"]
    return lambda: client.post("/slots/undo", {"change_id": change["change_id"]})


def form(client: AppClient, *ticked: str) -> Send:
    """The form of the page, which showed 09:00 and 10:30 as free."""
    starts = {time: format_start(to_instant(time)) for time in ("09:00", "09:30", "10:30")}
    fields: dict[str, object] = {
        "doctor_id": "dr-lee",
        "date": MONDAY.isoformat(),
        "version": "1",
        "request_id": "once",
        "shown": [starts["09:00"], starts["10:30"]],
        "offered": [*starts.values()],
        "ticked": [starts[time] for time in ticked],
    }
    return lambda: client.post_form(fields, **HTMX)


def next_week_only(client: AppClient) -> Send:
    """The slots of a range without any, before the next one."""
    client.save("11:00", date=date_after(7))
    return lambda: client.get(f"/doctors/dr-lee/slots?from={date_after(1)}&to={date_after(1)}")


def day_not_modified(client: AppClient) -> Send:
    """A day with the ETag of the last response."""
    etag = client.get_day().headers["ETag"]
    return lambda: client.get(DAY, If_None_Match=etag)


def week_save(client: AppClient) -> Send:
    """Save two dates of a week."""
    days = [
        {"date": date_after(n), "slots": [{"start": "11:00", "status": "free"}]} for n in range(2)
    ]
    return lambda: client.post("/slots/week", {"doctor_id": "dr-lee", "days": days})


def month_with_third_slot(part: str = "", **headers: str) -> Scenario:
    """Read a month that has a third bookable slot."""

    def scenario(client: AppClient) -> Send:
        client.save("11:00", "11:30", date=date_after(1))
        return lambda: client.get(f"{MONTH}2026-11{part}", **headers)

    return scenario


def month_page_again(client: AppClient) -> Send:
    """Open the page of a month after another page."""
    client.get("/settings?doctor_id=dr-lee", Accept="text/html")
    return month_with_third_slot(Accept="text/html")(client)


def page(path: str) -> Scenario:
    """Open a page as an admin."""
    return lambda client: lambda: client.get(path, Accept="text/html")


def week_page_again(client: AppClient) -> Send:
    """Open the page of a week after another page."""
    client.get("/settings?doctor_id=dr-lee", Accept="text/html")
    return lambda: client.get(f"/slots/week?doctor_id=dr-lee&date={MONDAY}", Accept="text/html")


def slots_of_month(client: AppClient) -> Send:
    """List the bookable slots of a doctor."""
    return lambda: client.get(f"/doctors/dr-lee/slots?from={MONDAY}&to={date_after(30)}")


def availability(client: AppClient) -> Send:
    """Search across doctors."""
    return lambda: client.get(
        f"/availability?specialty=cardiology&from={MONDAY}&to={date_after(13)}"
    )


CACHED: dict[str, list[Scenario]] = {
    "hold, release, book, move, cancel": [hold, release, book, move, cancel],
    "... rejected because of the slot's state, or done already": [
        lambda client: lambda: client.hold("10:00"),
        lambda client: lambda: client.release("09:30", "ivan"),
        lambda client: lambda: client.book("10:00", "b-1"),
        lambda client: lambda: client.book("09:30", "b-1", moves=make_slot_id("10:00")),
        lambda client: lambda: client.cancel("09:00"),
    ],
    "... hold, book or move rejected because of the time (started, lead time, booking window)": [
        at_time("11:00", hold),
        at_time("08:00", hold, lead_minutes=90),
        at_time("11:00", book),
        at_time("11:00", move),
    ],
    "... renew a hold": [lambda client: lambda: client.hold("09:30")],
    "... release, disrupt or revoke for a reason": [
        lambda client: lambda: client.override("release", "09:30"),
        lambda client: lambda: client.override("disrupt", "10:00"),
        lambda client: lambda: client.override("revoke", "10:00"),
    ],
    "end the one hold of a client": [
        lambda client: lambda: client.delete("/doctors/dr-lee/holds?client_id=practice")
    ],
    "bookings of a doctor": [lambda client: client.list_bookings],
    "... hold or book of a slot that doesn't have the doctor's current slot length": [
        other_length(hold),
        other_length(book),
    ],
    "what to offer instead of a slot, if the doctor has as many slots": [offers],
    "... and of other doctors, who are in the cache": [offers_of_colleagues],
    **CACHED_TIME_OFF_SCENARIOS,
    "one slot": [lambda client: lambda: client.get_slot("09:00")],
    "a doctor's slots, 31 days": [slots_of_month],
    "... none of them bookable, next one within 128 days": [next_week_only],
    "availability, 14 dates": [availability],
    "poll without changes": [poll],
    "poll with changes": [poll_with_changes],
}
UNCACHED: dict[str, list[Scenario]] = {
    "hold, release, book, cancel": [
        uncached(hold),
        uncached(release),
        uncached(book),
        uncached(cancel),
    ],
    "move to another doctor": [uncached(move_to_other_doctor)],
    "a doctor's slots, 31 days": [uncached(slots_of_month)],
    "availability, 14 dates": [uncached(availability)],
    "poll without changes": [uncached(poll)],
    "a day without a date, once per process": [
        lambda client: lambda: client.get("/slots?doctor_id=dr-night")
    ],
}
ALWAYS: dict[str, list[Scenario]] = {
    "save": [
        lambda client: lambda: client.save("11:00"),
        lambda client: lambda: client.save("11:00", "13:00", "13:30"),
    ],
    "save that was carried out before": [save_again],
    "save that is rejected": [lambda client: lambda: client.save("09:00")],
    "save from the page that is rejected": [
        lambda client: form(client, "09:00", "09:30", "10:30"),
    ],
    "save from the page without changes": [lambda client: form(client, "09:00", "10:30")],
    "undo": [undo],
    "two saves of one day at the same moment": [conflicting_saves],
    "a day": [lambda client: client.get_day],
    "a day, not modified": [day_not_modified],
    "a week": [lambda client: lambda: client.get(f"/slots/week?doctor_id=dr-lee&date={MONDAY}")],
    "save of a week, 2 dates": [week_save],
    "a practice day of up to 20 doctors, or a poll of it": [practice_day],
    "save of a practice day, 2 doctors": [practice_save],
    "a month, also beside the week": [
        month_with_third_slot(),
        month_with_third_slot(part="&part=rail", **HTMX),
    ],
    "a month whose third next available slot is outside it": [
        lambda client: lambda: client.get(f"{MONTH}2026-11"),
        lambda client: lambda: client.get(f"{MONTH}2027-01"),
    ],
    "the page of a week": [
        page(f"/slots/week?doctor_id=dr-lee&date={MONDAY}"),
    ],
    "the page of a week or month, of a person who got another page in the last ten seconds": [
        week_page_again,
        month_page_again,
    ],
    "the page of a doctor's changes": [page("/changes?doctor_id=dr-lee")],
    "the page of a doctor's settings": [page("/settings?doctor_id=dr-lee")],
    "... drawn again as a field changes": [settings_redraw],
    "the page of all doctors": [page("/doctors")],
    "... of those with a name": [page("/doctors?q=lee")],
    "the page that invites a delegate": [page("/new-delegate")],
    "the page of people at another provider": [page("/people")],
    **PLAN_SCENARIOS,
    **TIME_OFF_SCENARIOS,
    **OTHER_SYSTEMS_SCENARIOS,
    "history of a date": [
        lambda client: lambda: client.get(f"/slots/history?doctor_id=dr-lee&date={MONDAY}"),
        lambda client: lambda: client.get(f"/doctors/dr-lee/changes?date={MONDAY}"),
    ],
    "changes of a doctor": [lambda client: lambda: client.get("/doctors/dr-lee/changes")],
    "one doctor": [lambda client: lambda: client.get("/doctors/dr-lee")],
    "a list of doctors": [lambda client: lambda: client.get("/doctors?specialty=cardiology")],
    "create a doctor, change settings, as an admin": [
        lambda client: settings(client, lead_minutes=60),
        lambda client: settings(client, doctor_id="dr-new", delegates=[]),
        lambda client: settings(client, delegates=["sam", "kim"]),
    ],
    "... with another specialty or location, 25 coming days": [relocation],
    "health": [lambda client: lambda: client.get("/health")],
}
SECTIONS = [CACHED, UNCACHED, ALWAYS]


def rows() -> list[dict[str, str]]:
    """The tables of the section, each as calls by request."""
    section = PAGE.read_text().partition("## DynamoDB calls per request")[2].partition("\n## ")[0]
    tables = re.findall(r"(?:^\|.*\n)+", section, re.MULTILINE)
    pattern = re.compile(r"^\| (?!request)([^|-][^|]*) \| ([^|]+) \|$", re.MULTILINE)
    return [dict(pattern.findall(table)) for table in tables]


def documented_calls(cell: str) -> Counter[str]:
    """Parse a cell such as ``2 `GetItem`, `Query` `` to a count by operation."""
    return Counter({name: int(times or 1) for times, name in re.findall(r"(\d*) ?`(\w+)`", cell)})


def test_calls_reference_has_one_row_per_scenario() -> None:
    assert [set(table) for table in rows()] == [set(section) for section in SECTIONS]


@pytest.mark.usefixtures("cached_doctor")
@pytest.mark.parametrize(
    ("scenario", "calls"),
    [
        pytest.param(scenario, table[request], id=f"{request}-{n}")
        for table, section in zip(rows(), SECTIONS, strict=True)
        for request, scenarios in section.items()
        for n, scenario in enumerate(scenarios)
    ],
)
def test_request_makes_documented_calls(client: AppClient, scenario: Scenario, calls: str) -> None:
    send = scenario(client)

    with client.record_calls() as recorded:
        send()

    assert Counter(recorded) == documented_calls(calls)
