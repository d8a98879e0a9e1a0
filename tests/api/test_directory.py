"""The doctors page of admins: the figures, the search, and how many reads they take."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from chalicelib.storage.doctor_mapping import doctor_to_item
from chalicelib.storage.doctor_names import DoctorNameItem, _items, index_missing
from chalicelib.storage.models import DoctorItem
from chalicelib.use_cases.backfill_doctors import backfill_page
from tests.support.doctor_names import forget_names
from tests.support.factories import make_doctor, make_grid
from tests.support.html import attribute, parse, text_of

if TYPE_CHECKING:
    from bs4 import Tag

    from tests.api.conftest import SignIn
    from tests.support.app_client import AppClient
    from tests.support.page_session import PageSession

pytestmark = pytest.mark.usefixtures("authenticated_client")


@pytest.fixture
def admin(page_session: PageSession) -> PageSession:
    """An admin's browser."""
    page_session.sign_in("alex", "admin")
    return page_session


def store(count: int) -> None:
    """Write doctors directly, named ``Dr Nr 0007``."""
    grid = make_grid(("09:00", "12:00"))
    doctors = [
        replace(make_doctor(f"dr-x{n:05}", grid), name=f"Dr Nr X{n:05}", version=1)
        for n in range(count)
    ]
    with DoctorItem.batch_write() as batch:
        for doctor in doctors:
            batch.save(doctor_to_item(doctor))
    with DoctorNameItem.batch_write() as batch:
        for doctor in doctors:
            for item in _items(doctor):
                batch.save(item)


def names(page: Tag) -> list[str]:
    return [text_of(link) for link in page.select(".roster th a")]


def walk(admin: PageSession, path: str) -> list[str]:
    """Follow the link to more doctors to the end."""
    found: list[str] = []
    while path:
        page = parse(admin.get(path).text)
        found += names(page)
        path = next(
            (attribute(a, "href") for a in page.select(".pages a") if "More" in text_of(a)), ""
        )
    return found


def test_row_has_this_week_and_next_available(sign_in: SignIn, admin: PageSession) -> None:
    sunday, booking = "2026-11-22", {"booking_id": "b-1", "patient_reference": "p"}
    sign_in("admin").save("15:00", "15:30", "16:00", date=sunday)
    sign_in("admin").save("09:00")  # of next week
    sign_in("slots/book").put("/slots/dr-lee~20261122T1500Z/booking", booking)

    page = parse(admin.get("/doctors?q=mina").text)

    (row,) = page.select("#dr-lee")
    assert "2 open, 1 booked" in text_of(row)
    assert "22 Nov, 15:30" in text_of(row)


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("okafor", ["Dr Chidi Okafor"]),
        ("  CHIDI okafor", ["Dr Chidi Okafor"]),
        ("okafor chidi", ["Dr Chidi Okafor"]),
        ("chi", ["Dr Chidi Okafor"]),
        ("hidi", []),
        ("lee okafor", []),
        ("50%#", []),
    ],
)
def test_search_finds_beginnings_of_words(
    admin: PageSession, search: str, found: list[str]
) -> None:
    page = parse(admin.get(f"/doctors?q={search.replace('%', '%25').replace('#', '%23')}").text)

    assert names(page) == found


def test_renamed_doctor_is_found_by_the_new_name_alone(
    client: AppClient, admin: PageSession
) -> None:
    doctor = client.services.doctors.get("dr-okafor")
    client.services.doctors.save(replace(doctor, name="José Ångström"), doctor)

    found = [walk(admin, f"/doctors?q={text}") for text in ("jose", "angstrom", "chidi", "okafor")]

    assert found == [["José Ångström"], ["José Ångström"], [], []]


@pytest.mark.parametrize(
    ("name", "value"), [("name", {"N": "1"}), ("name", None), ("GSI1SK", {"S": "dr chidi okafor"})]
)
def test_unreadable_name_hides_no_other(
    client: AppClient, admin: PageSession, name: str, value: dict[str, str] | None
) -> None:
    client.set_attribute("DOCTOR#dr-okafor", "NAME#0", name, value)

    found = walk(admin, "/doctors?q=dr")

    assert "Dr Mina Lee" in found
    assert "Dr Chidi Okafor" not in found


def test_names_are_indexed_in_pages_until_every_doctor_is_found(
    client: AppClient, admin: PageSession
) -> None:
    store(110)
    forget_names(client)

    cursor = backfill_page(client.services.doctors, None)
    assert cursor is not None
    assert backfill_page(client.services.doctors, cursor) is None

    assert len(walk(admin, "/doctors?q=dr")) == 116
    with client.record_calls() as calls:
        backfill_page(client.services.doctors, None)
    assert sorted(calls) == ["BatchGetItem", "Query"]


def test_doctor_renamed_meanwhile_is_not_indexed_by_former_name(
    client: AppClient, admin: PageSession
) -> None:
    read_before = client.services.doctors.get("dr-okafor")
    client.services.doctors.save(replace(read_before, name="Dr Ada New"), read_before)
    forget_names(client)

    index_missing([read_before])

    assert walk(admin, "/doctors?q=okafor") == []


@pytest.mark.parametrize("count", [60, pytest.param(10_000, marks=pytest.mark.nightly)])
def test_paging_and_search_take_same_reads_in_large_practice(
    client: AppClient, admin: PageSession, count: int
) -> None:
    paths = ("/doctors", "/doctors?q=dr+nr", "/doctors?q=x0001", "/slots?q=x0001")
    store(30)
    small = []
    admin.get("/doctors")  # so that the session is cached
    for path in paths:
        with client.record_calls() as calls:
            admin.get(path)
        small.append(sorted(calls))
    store(count)

    for path, expected in zip(paths, small, strict=True):
        with client.record_calls() as calls:
            admin.get(path)
        assert sorted(calls) == expected
    assert len(small[0]) <= 8


def test_every_doctor_is_on_one_page(admin: PageSession) -> None:
    store(60)

    assert walk(admin, "/doctors?q=nr+dr") == [f"Dr Nr X{n:05}" for n in range(60)]
    everyone = walk(admin, "/doctors")
    assert len(everyone) == 66
    assert len([name for name in everyone if name.startswith("Dr Nr")]) == 60


def test_cursor_of_another_search_is_rejected(admin: PageSession) -> None:
    store(60)
    page = parse(admin.get("/doctors?q=dr").text)
    (more,) = page.select(".pages a")

    assert admin.get(attribute(more, "href").replace("q=dr", "q=nr")).status == 400
