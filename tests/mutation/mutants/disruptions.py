"""Mutants of the marks of disrupted bookings."""

from __future__ import annotations

from chalicelib.storage.models import SlotItem
from tests.mutation.edits import becomes, drop, exists
from tests.mutation.mutant import Mutant
from tests.mutation.selectors import call, condition

_MODULE = "chalicelib.storage.disruption_writes"
_REPOSITORY = "chalicelib.storage.disruption_repository"
_CHANGED = (
    "tests/api/test_disruption_announcements.py::test_announcement_fails_if_something_changed"
)
_TEST = "tests/api/test_disrupted_days.py::test_slot_is_marked_only_as_required"

MUTANTS = (
    Mutant(
        "A slot is marked at an instant before its last act",
        f"{_MODULE}:mark_slots",
        drop(call("is_older_than")),
        _TEST,
    ),
    Mutant(
        "A slot that has become free is marked as disrupted",
        f"{_MODULE}:_can_be_marked",
        exists(condition("BOOKED")),
        _TEST,
    ),
    Mutant(
        "A mark replaces that of a concurrent change",
        f"{_MODULE}:_can_be_marked",
        exists(condition("does_not_exist")),
        _TEST,
    ),
    Mutant(
        "The mark of another change is lifted",
        f"{_MODULE}:_has_mark",
        exists(condition(SlotItem, "since")),
        _TEST,
    ),
    Mutant(
        "An event announces a day that has changed since it was read",
        f"{_REPOSITORY}:_set_announced",
        exists(condition("revision")),
        _CHANGED,
    ),
    Mutant(
        "Two runs announce the same disruptions, or one forgets what was marked meanwhile",
        f"{_REPOSITORY}:_update_pending_item",
        exists(condition("version")),
        _CHANGED,
    ),
    Mutant(
        "An event overwrites another one",
        f"{_REPOSITORY}:_put_event",
        becomes(condition("does_not_exist"), None),
        "tests/api/test_disruption_announcements.py::test_announcement_of_one_instant_is_stored_once",
    ),
)
