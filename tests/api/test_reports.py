"""Reports: JSON, CSV and the page."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from tests.support.factories import MONDAY
from tests.support.html import parse, text_of

if TYPE_CHECKING:
    from tests.support.app_client import AppClient

HTML = {"Accept": "text/html"}
RANGE = f"from={MONDAY}&to={MONDAY}"
LEE = f"/reports?{RANGE}&doctor_id=dr-lee"
TUESDAY = str(MONDAY + timedelta(days=1))


@pytest.fixture
def busy_client(client: AppClient) -> AppClient:
    """Dr Lee with four slots in a week, one of them booked, after a cancellation and a move."""
    client.save("09:00", "09:30", "10:00")
    client.save("09:00", date=TUESDAY)
    client.book("09:00", "b-1")
    client.book("09:30", "b-2")
    client.cancel("09:30", "b-2")
    client.book("10:00", "b-1", moves=f"dr-lee~{MONDAY:%Y%m%d}T0900Z")
    return client


def test_report_has_fill_rate_cancellations_and_third_next(busy_client: AppClient) -> None:
    report = busy_client.get(LEE).json

    figures = {"offered": 4, "booked": 1, "fill_rate": 0.25, "cancelled": 1}
    assert report == {
        "from": "2026-11-23",
        "to": "2026-11-29",
        "doctors": [
            {
                "doctor_id": "dr-lee",
                "name": "Dr Mina Lee",
                "third_next_available_days": 2,
                **figures,
                "weeks": [{"from": "2026-11-23", **figures}],
            }
        ],
        "next": None,
    }


def test_third_next_is_found_outside_the_weeks(busy_client: AppClient) -> None:
    for weeks in (-2, 2):
        on = MONDAY + timedelta(weeks=weeks)
        (doctor,) = busy_client.get(f"/reports?from={on}&to={on}&doctor_id=dr-lee").json["doctors"]
        assert doctor["offered"] == 0
        assert doctor["third_next_available_days"] == 2


def test_slots_without_a_booking_count_after_they_have_begun(busy_client: AppClient) -> None:
    busy_client.clock.now += timedelta(days=5)
    (doctor,) = busy_client.get(LEE).json["doctors"]
    assert (doctor["offered"], doctor["booked"]) == (4, 1)


@pytest.mark.parametrize("headers", [{"Accept": "text/csv"}, {}])
def test_report_as_csv_has_a_line_for_each_doctor_and_week(
    busy_client: AppClient, headers: dict[str, str]
) -> None:
    busy_client.update_doctor(name='=HYPERLINK("x")')

    response = busy_client.get(LEE if headers else f"{LEE}&format=csv", **headers)

    assert response.headers["Content-Type"].startswith("text/csv")
    assert response.text.splitlines() == [
        "doctor_id,doctor,week,offered,booked,fill_rate,cancelled,third_next_available_days",
        'dr-lee,"\'=HYPERLINK(""x"")",2026-11-23,4,1,0.25,1,2',
    ]


def test_page_has_plots_with_names_and_a_table_beside_them(busy_client: AppClient) -> None:
    page = parse(busy_client.get(LEE, **HTML).text)

    names = [text_of(title) for title in page.select("svg[role=img] > title")]
    assert names == ["Fill rate by week, Dr Mina Lee", "Cancellations by week, Dr Mina Lee"]
    assert [text_of(text) for text in page.select("svg > desc")] == [
        "25% of 4 slots booked",
        "1 cancellation",
    ]
    row = [text_of(cell) for cell in page.select("tbody tr > *")]
    assert row == ["23 Nov", "4", "1", "25%", "1"]
    assert page.select("[style]") == []
    assert len(page.select("rect.coming")) == 2


def test_page_rounds_down_as_the_month_does(client: AppClient) -> None:
    client.save("09:00", "10:00", "11:00")
    client.book("09:00")
    client.book("10:00", "b-2")

    report = client.get(LEE, **HTML).text
    month = client.get("/slots/month?doctor_id=dr-lee&month=2026-11", **HTML).text

    assert "66% of 3 slots booked" in report
    assert "66% of the coming slots are booked" in month
    assert client.get(LEE).json["doctors"][0]["fill_rate"] == 0.6667


def test_report_of_many_doctors_goes_on_with_its_cursor(client: AppClient) -> None:
    for number in range(20):
        settings = client.get("/doctors/dr-lee").json | {"delegates": []}
        client.put(f"/doctors/dr-{number}", settings | {"doctor_id": f"dr-{number}"})
    client.restart()

    first = client.get(f"/reports?{RANGE}").json
    second = client.get(f"/reports?{RANGE}&cursor={first['next']}").json

    ids = [each["doctor_id"] for page in (first, second) for each in page["doctors"]]
    assert (len(first["doctors"]), second["next"]) == (20, None)
    assert len(ids) == len({*ids}) == len(client.get("/doctors?limit=100").json["doctors"])
    page = parse(client.get(f"/reports?{RANGE}", **HTML).text)
    assert [text_of(link) for link in page.select("nav.pages a")] == ["Next"]


@pytest.mark.parametrize(
    ("query", "errors"),
    [
        ("from=x&to=2026-11-31", [("from", "invalid"), ("to", "invalid")]),
        ("from=2026-11-23&to=2027-11-23", [("to", "too_many")]),
        ("format=pdf", [("format", "invalid")]),
        ("from=9999-12-30&to=9999-12-30", [("from", "invalid"), ("to", "invalid")]),
        ("cursor=never", [("cursor", "invalid")]),
    ],
)
def test_invalid_report_is_rejected(
    client: AppClient, query: str, errors: list[tuple[str, str]]
) -> None:
    response = client.get(f"/reports?{query}")
    assert (response.status, response.error_codes) == (400, errors)


def test_report_of_this_week_needs_no_query_to_look_ahead(busy_client: AppClient) -> None:
    with busy_client.record_calls() as calls:
        busy_client.get("/reports?doctor_id=dr-lee")
    assert calls == ["BatchGetItem", "Query", "Query"]


def test_range_that_is_too_long_is_rejected_beside_its_field(client: AppClient) -> None:
    response = client.get("/reports?from=2026-11-23&to=2027-11-23&specialty=cardiology", **HTML)

    page = parse(response.text)
    assert response.status == 400
    assert text_of(page.select("#to-error")[0]) == "Choose at most 16 weeks"
    assert page.select("#to")[0]["value"] == "2027-11-23"
    assert page.select("option[value=cardiology][selected]")


def test_page_of_chosen_doctors_keeps_them_in_its_file_and_form(busy_client: AppClient) -> None:
    page = parse(busy_client.get(LEE, **HTML).text)

    assert "doctor_id=dr-lee" in str(page.select("a[download]")[0]["href"])
    assert page.select("form.find input[name=doctor_id][value=dr-lee]")


def test_doctor_without_slots_has_no_empty_plots(client: AppClient) -> None:
    page = parse(client.get(LEE, **HTML).text)

    assert text_of(page.select(".report li")[1]) == "No slots in these weeks"
    assert page.select(".report :is(svg, table)") == []
