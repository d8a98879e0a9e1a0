"""``python -m examples.busy_practice``, as ``scripts/demo busy``.

Adds six doctors with hours by weekday and ``WEEKS`` weeks of slots, bookings, holds and changes.
What is there already stays, so that a second run adds little.
"""

from __future__ import annotations

import json
import os
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import requests

from examples.busy_practice.client import ApiError, Client, server_url

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Slot = dict[str, Any]

WEEKS = int(os.environ.get("WEEKS", "4"))
_OPEN, _CLOSED = "free", "busy-unavailable"
_SHARE_OPEN = 0.9
_MOST_HOLDS = 3
# The shares of slots that patients have booked: tomorrow, and in the last week.
_BOOKED_SOON, _BOOKED_LATE = 0.85, 0.15


def main() -> int:
    """Fill the server, and report each doctor; return the exit status."""
    try:
        url = server_url()
        admin, sam = Client(url, "admin"), Client(url, "delegate", "sam")
        site = Client(url, "booking-site")
        for settings in json.loads((Path(__file__).parent / "doctors.json").read_text("utf-8")):
            admin.put(f"/doctors/{settings['doctor_id']}", settings)
            manager = sam if "sam" in settings["delegates"] else admin
            print(_describe(settings["name"], BusyDoctor(settings, manager, site).fill()))
    except (ApiError, OSError, requests.RequestException) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _describe(name: str, counts: dict[str, int]) -> str:
    return f"{name}: {', '.join(f'{count} {what}' for what, count in counts.items())}"


class BusyDoctor:
    """A doctor whose slots a manager opens and patients book. Each run makes the same choices."""

    def __init__(self, settings: dict[str, Any], manager: Client, site: Client) -> None:
        self._id = settings["doctor_id"]
        self._manager = manager
        self._site = site
        self._random = Random(self._id)  # noqa: S311  example data need no secret numbers  # nosec B311

    def fill(self) -> dict[str, int]:
        """Open slots, book, hold, cancel, move and close; return how many of each."""
        opened = sum(self._open_week(monday) for monday in _mondays())
        free = self._bookable()
        booked = [slot for slot in free if self._is_wanted(slot) and self._book(slot)]
        cancelled = sum(map(self._cancel, booked[5::15]))
        moved = self._move(booked[3::15])
        desk = sum(map(self._book_at_desk, self._bookable()[:1]))
        held = sum(map(self._hold, self._bookable()[:_MOST_HOLDS]))
        closed = self._close(self._bookable()[-4:])
        return {
            "slots opened": opened,
            "booked": len(booked) + desk,
            "held": held,
            "cancelled": cancelled,
            "moved": moved,
            "closed again": closed,
        }

    def _open_week(self, monday: date) -> int:
        query = {"doctor_id": self._id, "date": monday.isoformat()}
        days = self._manager.get("/slots/week", **query)["days"]
        changes = [(day["date"], self._openings(day["slots"])) for day in days]
        return self._save([(on, slots) for on, slots in changes if slots])

    def _openings(self, slots: Sequence[Slot]) -> list[Slot]:
        """Most boxes that nothing occupies; some days keep their last hour closed."""
        now = datetime.now(UTC)
        return [
            {"start": slot["start"], "status": _OPEN}
            for slot in slots
            if slot["status"] == _CLOSED
            and "conflicts_with" not in slot
            and datetime.fromisoformat(slot["start"]) > now
            and self._random.random() < _SHARE_OPEN
        ]

    def _save(self, changes: Sequence[tuple[str, list[Slot]]]) -> int:
        if not changes:
            return 0
        days = [{"date": on, "slots": slots} for on, slots in changes]
        self._manager.post("/slots/week", {"doctor_id": self._id, "days": days})
        return sum(len(slots) for _, slots in changes)

    def _bookable(self) -> list[Slot]:
        query = {"from": _today().isoformat(), "to": _last_date().isoformat()}
        slots: list[Slot] = self._site.get(f"/doctors/{self._id}/slots", **query)["slots"]
        return slots

    def _is_wanted(self, slot: Slot) -> bool:
        """Whether a patient books the slot: the sooner, the likelier."""
        days = (datetime.fromisoformat(slot["start"]).date() - _today()).days
        share = _BOOKED_SOON + (_BOOKED_LATE - _BOOKED_SOON) * days / (7 * WEEKS)
        return self._random.random() < share

    def _book(self, slot: Slot, **more: str) -> bool:
        booking_id = _booking_id(slot)
        body = {"booking_id": booking_id, "patient_reference": f"patient-{booking_id}", **more}
        return self._site.put(f"/slots/{slot['slot_id']}/booking", body)

    def _book_at_desk(self, slot: Slot) -> bool:
        body = {"booking_id": _booking_id(slot)}
        return self._manager.put(f"/slots/{slot['slot_id']}/booking", body)

    def _cancel(self, slot: Slot) -> bool:
        path = f"/slots/{slot['slot_id']}/booking"
        return self._site.delete(path, booking_id=_booking_id(slot))

    def _move(self, booked: Sequence[Slot]) -> int:
        free = self._bookable()
        self._random.shuffle(free)
        return sum(self._move_to(new, old) for old, new in zip(booked, free, strict=False))

    def _move_to(self, new: Slot, old: Slot) -> bool:
        booking_id = _booking_id(old)
        body = {"booking_id": booking_id, "patient_reference": f"patient-{booking_id}"}
        return self._site.put(f"/slots/{new['slot_id']}/booking", {**body, "moves": old["slot_id"]})

    def _hold(self, slot: Slot) -> bool:
        body = {"holder": f"visitor-{_booking_id(slot)}", "seconds": 1800}
        return self._site.put(f"/slots/{slot['slot_id']}/hold", body)

    def _close(self, slots: Sequence[Slot]) -> int:
        by_date: dict[str, list[Slot]] = {}
        for slot in slots:
            change = {"start": slot["start"], "status": _CLOSED}
            by_date.setdefault(slot["start"][:10], []).append(change)
        return sum(self._save([change]) for change in by_date.items())


def _booking_id(slot: Slot) -> str:
    return f"demo-{slot['slot_id'].replace('~', '-')}"


def _today() -> date:
    return datetime.now(UTC).date()


def _mondays() -> Iterator[date]:
    """The Mondays of this week and the weeks after it."""
    monday = _today() - timedelta(days=_today().weekday())
    return (monday + timedelta(weeks=week) for week in range(WEEKS))


def _last_date() -> date:
    """The Sunday of the last week."""
    return max(_mondays()) + timedelta(days=6)


if __name__ == "__main__":
    sys.exit(main())
