"""The history page: each kind of change in plain words, grouped by day, the newest first."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from msgspec import structs

from chalicelib.domain.audit_log import Actor, AuditLogEntry, ChangeKind
from chalicelib.domain.permissions import Role
from chalicelib.domain.slot import SlotId
from chalicelib.storage.audit_log import add_entry
from chalicelib.storage.transaction import Transaction
from tests.support.app_client import build_services
from tests.support.day_page import BROWSER_HEADERS, visible_text
from tests.support.factories import MONDAY, SUNDAY_NOON, make_slot, to_instant
from tests.support.html import attribute, parse

if TYPE_CHECKING:
    from tests.support.app_client import AppClient

DOCTOR = Actor(name="dr-lee", role=Role.DOCTOR, client="page")
PORTAL = Actor(name="portal-id", role=Role.BOOKING_SITE, client="portal-id")
SLOT = (make_slot("09:00"),)
SUNDAY = "Sunday 22 November 2026"
LEE, PORTAL_LINE = "12:00 · Dr Mina Lee, via Manage Slots", "12:00 · Patient portal"
HISTORY = f"/slots/history?doctor_id=dr-lee&date={MONDAY}"


def add_change(minutes: int, kind: ChangeKind, actor: Actor = DOCTOR, **fields: Any) -> None:  # noqa: ANN401  as in AuditLogEntry
    """Add an entry of Monday that many minutes after Sunday noon."""
    transaction = Transaction()
    add_entry(
        transaction,
        AuditLogEntry(
            doctor_id="dr-lee",
            at=SUNDAY_NOON + timedelta(minutes=minutes),
            suffix="s",
            kind=kind,
            actor=actor,
            date=MONDAY,
            **fields,
        ),
    )
    transaction.commit()


def history_text(client: AppClient, path: str = HISTORY) -> str:
    """Return the text of the history's page, in one line."""
    text = " ".join(visible_text(client.get(path, **BROWSER_HEADERS)).split())
    return text.replace(" ,", ",")


def shown_change(client: AppClient, kind: ChangeKind, actor: Actor = DOCTOR, **fields: Any) -> str:  # noqa: ANN401  as in AuditLogEntry
    """Return what the page shows of a single change."""
    settings = structs.replace(
        client.services.settings, client_names={"portal-id": "Patient portal"}
    )
    client.use_services(build_services(settings, client.clock))
    add_change(0, kind, actor, **fields)
    return history_text(client).partition(f"{SUNDAY} ")[2].partition(" Back to")[0]


def test_save_is_shown_with_opened_and_closed_slots(client: AppClient) -> None:
    shown = shown_change(
        client, ChangeKind.SAVE, opened=SLOT, closed=(make_slot("10:00"), make_slot("11:00"))
    )

    assert shown == f"Opened 09:00–09:30 Closed 10:00–10:30, 11:00–11:30 {LEE} Undo 12:00"


def test_booking_is_shown_with_name_of_booking_site(client: AppClient) -> None:
    assert shown_change(client, ChangeKind.BOOKING, PORTAL, booked=SLOT) == (
        f"Booked 09:00–09:30 {PORTAL_LINE}"
    )


def test_cancellation_is_shown(client: AppClient) -> None:
    assert shown_change(client, ChangeKind.CANCELLATION, PORTAL, cancelled=SLOT) == (
        f"Cancelled 09:00–09:30 {PORTAL_LINE}"
    )


def test_move_within_day_is_shown_with_both_slots(client: AppClient) -> None:
    shown = shown_change(
        client, ChangeKind.MOVE, PORTAL, booked=SLOT, cancelled=(make_slot("10:00"),)
    )

    assert shown == f"Moved a booking from 10:00–10:30 to 09:00–09:30 {PORTAL_LINE}"


def test_move_between_dates_is_shown_with_the_other_date(client: AppClient) -> None:
    other = SlotId("dr-lee", to_instant("10:00", MONDAY + timedelta(days=1)))

    shown = shown_change(client, ChangeKind.MOVE, PORTAL, cancelled=SLOT, moved_to=other)

    assert shown == f"Moved a booking to Tue 24 Nov, 10:00, from 09:00–09:30 {PORTAL_LINE}"


def test_move_to_another_doctor_is_shown_without_their_name(client: AppClient) -> None:
    other = SlotId("dr-twenty", to_instant("10:00"))

    shown = shown_change(client, ChangeKind.MOVE, PORTAL, booked=SLOT, moved_from=other)

    assert shown == f"Moved a booking from another doctor to 09:00–09:30 {PORTAL_LINE}"


def test_override_is_shown_with_reason_and_author(client: AppClient) -> None:
    sam = Actor(name="sam", role=Role.DELEGATE, client="page")

    shown = shown_change(client, ChangeKind.RELEASE, sam, affected=SLOT, reason="Emergency")

    assert shown == (
        "Ended the hold of 09:00–09:30 Reason: Emergency "
        "12:00 · sam, on Dr Mina Lee's behalf, via Manage Slots"
    )


def test_removed_booking_is_shown_with_admin(client: AppClient) -> None:
    alex = Actor(name="alex", role=Role.ADMIN, client="page")

    shown = shown_change(client, ChangeKind.REVOKE, alex, cancelled=SLOT, reason="Wrong patient")

    assert shown == (
        "Removed the booking of 09:00–09:30 Reason: Wrong patient "
        "12:00 · alex, as an administrator, via Manage Slots"
    )


def test_client_of_a_person_is_shown_by_name(client: AppClient) -> None:
    shown = shown_change(client, ChangeKind.SAVE, replace(DOCTOR, client="portal-id"), opened=SLOT)

    assert shown == "Opened 09:00–09:30 12:00 · Dr Mina Lee, via Patient portal Undo 12:00"


def test_client_without_a_name_is_shown_without_its_id(client: AppClient) -> None:
    site = Actor(name="other-id", role=Role.BOOKING_SITE, client="other-id")
    add_change(0, ChangeKind.BOOKING, site, booked=SLOT)
    add_change(1, ChangeKind.SAVE, replace(DOCTOR, client="other-id"), opened=SLOT)

    text = history_text(client)

    assert "12:00 · An unnamed booking site" in text
    assert "12:01 · Dr Mina Lee, via an unnamed program" in text
    assert "other-id" not in client.get(HISTORY, **BROWSER_HEADERS).text


def test_changes_are_grouped_by_day_newest_first(client: AppClient) -> None:
    add_change(0, ChangeKind.SAVE, opened=SLOT)
    add_change(60, ChangeKind.SAVE, closed=SLOT)
    add_change(24 * 60, ChangeKind.SAVE, opened=SLOT)

    text = history_text(client)

    headings_and_times = re.findall(
        r"(?:Mon|Sun)day \d+ November 2026(?= Open| Clos)|1\d:00(?= ·)", text
    )
    assert headings_and_times == [
        "Monday 23 November 2026",
        "12:00",
        "Sunday 22 November 2026",
        "13:00",
        "12:00",
    ]


def test_older_changes_are_on_a_further_page(client: AppClient) -> None:
    for minute in range(51):
        add_change(minute, ChangeKind.SAVE, opened=SLOT)
    page = parse(client.get(HISTORY, **BROWSER_HEADERS).text)
    older = attribute(page.select("a:-soup-contains('Older')")[0], "href")

    first, second = history_text(client), history_text(client, older)

    assert (first.count("Opened"), second.count("Opened")) == (50, 1)
    assert "Older changes" in first
    assert "Older changes" not in second
