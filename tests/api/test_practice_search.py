"""Which doctors a practice day shows: filters, and pages of an admin with many doctors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from chalicelib.use_cases.manage_practice import PracticeSearch
from tests.support.factories import MONDAY
from tests.support.practice_requests import add_doctors, doctor_ids, get_practice

if TYPE_CHECKING:
    from tests.api.conftest import ItemsAfter
    from tests.support.app_client import AppClient
    from tests.support.raw_table import RawItem

BATCH, QUERY = "BatchGetItem", "Query"


def test_specialty_and_location_filter_the_doctors(client: AppClient) -> None:
    add_doctors(client, 2, specialty="surgery", location="Leeds")

    assert doctor_ids(get_practice(client, specialty="surgery")) == ["dr-no-000", "dr-no-001"]
    assert doctor_ids(get_practice(client, location="Leeds")) == ["dr-no-000", "dr-no-001"]
    assert doctor_ids(get_practice(client, specialty="surgery", location="London")) == []
    assert doctor_ids(get_practice(client, ["dr-lee", "dr-no-001"], location="Leeds")) == [
        "dr-no-001"
    ]


def test_pages_of_twenty_doctors_lead_on_and_back(client: AppClient) -> None:
    add_doctors(client, 25, specialty="surgery")

    first = get_practice(client, specialty="surgery")
    second = get_practice(client, specialty="surgery", cursor=first.json["next"])

    assert (len(doctor_ids(first)), len(doctor_ids(second))) == (20, 5)
    assert [*doctor_ids(first), *doctor_ids(second)] == [
        f"dr-no-{number:03}" for number in range(25)
    ]
    assert second.json["next"] is None


@pytest.fixture(scope="module")
def items_of_many_doctors(items_after: ItemsAfter) -> list[RawItem]:
    """So many doctors that an admin's list of all is incomplete: all but a few are surgeons."""
    return items_after(lambda client: add_doctors(client, 52, specialty="surgery"))


@pytest.fixture
def many_doctors(
    client: AppClient, doctor_items: list[RawItem], items_of_many_doctors: list[RawItem]
) -> AppClient:
    """The app on those items."""
    client.restore(items_of_many_doctors, current=doctor_items)
    return client


def test_many_doctors_are_found_page_by_page(many_doctors: AppClient) -> None:
    found: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = get_practice(many_doctors, specialty="surgery", **cursor)
        found += doctor_ids(page)
        if page.json["next"] is None:
            break
        cursor = {"cursor": page.json["next"]}

    assert found == [f"dr-no-{number:03}" for number in range(52)]
    practice = many_doctors.services.practice
    search = practice_search(specialty="surgery", cursor=cursor["cursor"])
    last = practice.get_day(many_doctors.caller, search, MONDAY)
    search = practice_search(specialty="surgery", cursor=last.previous)
    middle = practice.get_day(many_doctors.caller, search, MONDAY)
    search = practice_search(specialty="surgery", cursor=middle.previous)
    first = practice.get_day(many_doctors.caller, search, MONDAY)
    found_back = [view.doctor.doctor_id for day in (first, middle, last) for view in day.views]
    assert found_back == found
    assert (first.previous, last.next) == (None, None)


def practice_search(**fields: Any) -> PracticeSearch:  # noqa: ANN401  as in PracticeSearch
    return PracticeSearch(**fields)


def test_location_among_many_doctors_is_found_in_every_specialty(
    many_doctors: AppClient,
) -> None:
    add_doctors(many_doctors, 15, "ca", specialty="cardiology", location="Leeds # 2%")
    add_doctors(many_doctors, 15, "ge", specialty="cardiology 2", location="Leeds # 2%")
    add_doctors(many_doctors, 15, "zo", specialty="zoology", location="Leeds # 2%")
    leeds = [f"dr-{prefix}-{number:03}" for prefix in ("ca", "ge", "zo") for number in range(15)]
    pages, cursor = [], None
    while True:
        search = practice_search(location="Leeds # 2%", cursor=cursor)
        with many_doctors.record_calls() as calls:
            page = many_doctors.services.practice.get_day(many_doctors.caller, search, MONDAY)
        assert len(calls) <= 1 + 2 * 4 + 2, "two for each specialty"
        pages.append(page)
        cursor = page.next
        if cursor is None:
            break
    back = [pages[-1]]
    while back[0].previous:
        search = practice_search(location="Leeds # 2%", cursor=back[0].previous)
        practice = many_doctors.services.practice
        back.insert(0, practice.get_day(many_doctors.caller, search, MONDAY))

    assert [len(page.views) for page in pages] == [20, 20, 5]
    assert sorted(v.doctor.doctor_id for page in pages for v in page.views) == sorted(leeds)
    assert [page.views for page in back] == [page.views for page in pages]
    assert doctor_ids(get_practice(many_doctors, location="L" * 100)) == []
    assert len(doctor_ids(get_practice(many_doctors, location="London"))) == 20
    assert doctor_ids(get_practice(many_doctors, location="Leeds", specialty="surgery")) == []


def test_twenty_of_many_doctors_are_read_in_three_calls(many_doctors: AppClient) -> None:
    many_doctors.restart()
    with many_doctors.record_calls() as calls:
        found = get_practice(many_doctors)

    assert len(doctor_ids(found)) == 20
    assert calls == [QUERY, QUERY, BATCH]


def test_selected_doctors_are_read_in_one_call(many_doctors: AppClient) -> None:
    selected = [f"dr-no-{number:03}" for number in range(20)]
    with many_doctors.record_calls() as calls:
        assert doctor_ids(get_practice(many_doctors, selected)) == selected

    assert calls == [BATCH]
