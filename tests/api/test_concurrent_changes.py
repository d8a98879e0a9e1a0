"""What a save of the page reports of changes by others meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from botocore.exceptions import EndpointConnectionError

from chalicelib.domain.changes import SlotChange
from chalicelib.domain.permissions import Caller, Role
from chalicelib.domain.slot import SlotStatus
from chalicelib.use_cases.manage_slots import SaveRequest
from tests.support.day_page import HTMX_HEADERS, load_form
from tests.support.factories import MONDAY, to_instant

if TYPE_CHECKING:
    from tests.support.app_client import AppClient


def save_as_sam(client: AppClient, *opened: str, closed: tuple[str, ...] = ()) -> None:
    """Open and close slots as a delegate, in the same process."""
    changes = [
        *((start, SlotStatus.FREE) for start in opened),
        *((start, SlotStatus.UNAVAILABLE) for start in closed),
    ]
    client.services.manage_slots.save(
        Caller(name="sam", client="page", roles=frozenset({Role.DELEGATE})),
        SaveRequest(
            doctor_id="dr-lee",
            date=MONDAY,
            changes=[SlotChange(to_instant(start), status) for start, status in changes],
            request_id=uuid4().hex,
            fingerprint="f",
        ),
    )


def test_save_reports_concurrent_changes(client: AppClient) -> None:
    client.save("09:00")
    form = load_form(client)
    save_as_sam(client, "10:00", closed=("09:00",))

    saved = client.post_form(form.submission("09:00", "11:00"), **HTMX_HEADERS)

    assert saved.status == 200
    assert "sam opened 10:00 while you were editing" in saved.text
    assert "sam closed 09:00 while you were editing" in saved.text
    assert client.get_day().free_times == ["10:00", "11:00"]


def test_changes_of_several_people_are_reported_by_name(client: AppClient) -> None:
    form = load_form(client)
    save_as_sam(client, "09:00")
    client.save("10:00")

    saved = client.post_form(form.submission("11:00"), **HTMX_HEADERS)

    assert "sam opened 09:00 while you were editing" in saved.text
    assert "You opened 10:00 in another window" in saved.text


def test_concurrent_changes_of_unknown_authors_are_reported(client: AppClient) -> None:
    form = load_form(client)
    save_as_sam(client, "09:00")

    with client.inject_responses("Query", *[EndpointConnectionError(endpoint_url="x")] * 9):
        saved = client.post_form(form.submission("11:00"), **HTMX_HEADERS)

    assert saved.status == 200
    assert "Someone else opened 09:00 while you were editing" in saved.text


def test_names_of_others_are_read_only_if_needed(client: AppClient) -> None:
    form = load_form(client)

    with client.record_calls() as calls:
        client.post_form(form.submission("11:00"), **HTMX_HEADERS)

    assert calls == ["BatchGetItem", "TransactWriteItems"]


def test_own_changes_are_not_reported(client: AppClient) -> None:
    client.save("09:00")
    form = load_form(client)
    save_as_sam(client, "10:00", "11:00", closed=("09:00",))

    rejected = client.post_form(form.submission("10:00"), **HTMX_HEADERS)

    assert "sam opened 11:00 while you were editing<" in rejected.text
    assert "sam closed 09:00 while" not in rejected.text


def test_many_concurrent_changes_are_summarised(client: AppClient) -> None:
    form = load_form(client)
    save_as_sam(client, "09:00", "09:30", "10:00", "10:30", "11:00", "11:30")

    saved = client.post_form(form.submission("16:30"), **HTMX_HEADERS)

    assert "sam opened 09:00, 09:30, 10:00, 10:30 and 2 more while" in saved.text


def test_save_reports_what_patients_have_booked(client: AppClient) -> None:
    client.save("09:00", "09:30", "10:00")
    form = load_form(client)
    client.book("09:00")
    client.hold("09:30")

    saved = client.post_form(form.submission("09:00", "09:30", "10:00", "11:00"), **HTMX_HEADERS)

    assert saved.status == 200
    assert "No longer free: 09:00, 09:30<" in saved.text


def test_cancellation_is_not_reported_as_a_doctors_change(client: AppClient) -> None:
    client.save("09:00", "10:00")
    client.book("09:00")
    form = load_form(client)
    client.cancel("09:00")

    saved = client.post_form(form.submission("10:00", "11:00"), **HTMX_HEADERS)

    assert saved.status == 200
    assert "while you were editing" not in saved.text
