"""Mutants of the conditions of holds and bookings."""

from __future__ import annotations

from chalicelib.storage.models import BookingItem, DayItem, HoldsItem, SlotItem
from tests.mutation.edits import becomes, exists, never, shift_boundary
from tests.mutation.mutant import Mutant
from tests.mutation.selectors import branch, condition

_SLOT = "tests/api/test_booking_conditions.py::test_slot_is_written_only_as_required"
_RECORD = "tests/api/test_booking_conditions.py::test_record_is_written_only_as_required"
_HOLDS = "tests/api/test_booking_conditions.py::test_hold_is_counted_only_below_the_limit"
_DISRUPTION = "tests/api/test_booking_conditions.py::test_slot_is_written_only_with_its_disruption"
_MODULE = "chalicelib.storage.booking_conditions"

MUTANTS = (
    Mutant(
        "A slot that was held when time off was taken is booked after its hold",
        "chalicelib.storage.booking_conditions:has_blocks",
        becomes(condition(DayItem, "does_not_exist"), None),
        "tests/api/test_bookings_in_time_off.py::test_slot_that_is_freed_in_time_off_is_not_offered",
    ),
    Mutant(
        "A slot is booked on a day of which more is blocked than was observed",
        "chalicelib.storage.booking_conditions:has_blocks",
        exists(condition(DayItem, "blocks")),
        "tests/api/test_bookings_in_time_off.py::test_slot_is_not_booked_in_time_off_that_is_taken_meanwhile",
    ),
    Mutant(
        "A booked slot is held or booked again",
        f"{_MODULE}:_is_available",
        exists(condition("FREE")),
        _SLOT,
    ),
    Mutant(
        "Concurrent clients hold the same slot",
        f"{_MODULE}:_is_available",
        exists(condition("FREE")),
        "tests/concurrency/test_concurrent_bookings.py::test_concurrent_holds_have_one_winner",
    ),
    Mutant(
        "Responses are not linearizable: booked slots are sold again",
        f"{_MODULE}:_is_available",
        exists(condition("FREE")),
        "tests/resilience/test_load.py::test_responses_under_load_are_linearizable",
    ),
    Mutant(
        "A booked slot is sold again when its former hold would have expired",
        f"{_MODULE}:_is_available",
        exists(condition("HELD")),
        _SLOT,
    ),
    Mutant(
        "A slot is claimed although its hold has not expired",
        f"{_MODULE}:_is_available",
        exists(condition("held_until")),
        _SLOT,
    ),
    Mutant(
        "A slot cannot be claimed in the second in which its hold expires",
        f"{_MODULE}:_is_available",
        shift_boundary(condition("held_until")),
        "tests/api/test_holds.py::test_hold_expires_at_its_exact_end_second",
    ),
    Mutant(
        "A holder claims a slot that another client holds",
        f"{_MODULE}:_is_available",
        exists(condition("holder")),
        _SLOT,
    ),
    Mutant(
        "A holder cannot book the slot that they hold",
        f"{_MODULE}:_is_available",
        never(branch("holder")),
        "tests/api/test_holds.py::test_holder_books_held_slot",
    ),
    Mutant(
        "A slot is claimed although it does not have the expected length",
        f"{_MODULE}:_ends_at",
        exists(condition("end")),
        _SLOT,
    ),
    Mutant(
        "A client uses the hold and the booking of another client",
        f"{_MODULE}:_is_owned_by",
        exists(condition("owner")),
        _SLOT,
    ),
    Mutant(
        "A hold or booking with an owner counts as one without",
        f"{_MODULE}:_is_owned_by",
        exists(condition("does_not_exist")),
        _SLOT,
    ),
    Mutant(
        "A hold is released by another holder",
        f"{_MODULE}:_is_held_by",
        exists(condition("holder")),
        _SLOT,
    ),
    Mutant(
        "A booked slot is released by its former holder",
        f"{_MODULE}:_is_held_by",
        exists(condition("HELD")),
        _SLOT,
    ),
    Mutant(
        "An expired hold is booked although the slot is not bookable",
        f"{_MODULE}:_is_unexpired",
        exists(condition("held_until")),
        _SLOT,
    ),
    Mutant(
        "A hold is renewed with the age of an earlier hold",
        f"{_MODULE}:_is_held_since",
        exists(condition(SlotItem, "since", n=0)),
        _SLOT,
    ),
    Mutant(
        "A hold with a known age is renewed as one without",
        f"{_MODULE}:_is_held_since",
        exists(condition("does_not_exist")),
        _SLOT,
    ),
    Mutant(
        "A booking is cancelled with the id of another booking",
        f"{_MODULE}:_is_booked_as",
        exists(condition("booking_id")),
        _SLOT,
    ),
    Mutant(
        "A held slot is freed when its former booking is cancelled",
        f"{_MODULE}:_is_booked_as",
        exists(condition("BOOKED")),
        _SLOT,
    ),
    Mutant(
        "An old booking moves for another patient",
        f"{_MODULE}:_is_booked_for",
        exists(condition(SlotItem, "required")),
        "tests/api/test_booking_records.py::test_old_booking_moves_only_for_the_same_patient",
    ),
    Mutant(
        "An old booking with a patient counts as one without",
        f"{_MODULE}:_is_booked_for",
        exists(condition("does_not_exist")),
        "tests/api/test_booking_records.py::test_old_booking_moves_only_for_the_same_patient",
    ),
    *(
        Mutant(
            f"An override changes a slot that has another {what} than it has read",
            f"{_MODULE}:_is_as_read",
            exists(condition(*words)),
            _SLOT,
        )
        for what, words in {
            "status": ("status", "str"),
            "holder": ("holder",),
            "booking": ("booking_id",),
            "owner": ("client", "stored"),
            "owner, where it had none,": ("does_not_exist",),
        }.items()
    ),
    Mutant(
        "An override overwrites the reason of a concurrent one",
        f"{_MODULE}:_was_changed_at",
        exists(condition(SlotItem, "instant")),
        _SLOT,
    ),
    Mutant(
        "An override meets a slot that has an instant by now",
        f"{_MODULE}:_was_changed_at",
        exists(condition("does_not_exist")),
        _SLOT,
    ),
    Mutant(
        "A client frees a slot whose disruption it has not seen, and the slot stays open",
        f"{_MODULE}:has_disruption",
        exists(condition("does_not_exist")),
        _DISRUPTION,
    ),
    Mutant(
        "The slot of a disrupted booking is closed although the disruption was lifted",
        f"{_MODULE}:has_disruption",
        exists(condition(SlotItem, "since")),
        _DISRUPTION,
    ),
    Mutant(
        "A slot is written with an instant before its last change",
        f"{_MODULE}:is_older_than",
        exists(condition("at")),
        "tests/api/test_booking_records.py::test_writes_of_one_slot_are_in_order_with_slow_clock",
    ),
    Mutant(
        "A slot with an instant counts as one without",
        f"{_MODULE}:is_older_than",
        exists(condition("does_not_exist")),
        "tests/api/test_booking_records.py::test_writes_of_one_slot_are_in_order_with_slow_clock",
    ),
    Mutant(
        "A booking id books a second slot",
        f"{_MODULE}:record_is",
        exists(condition("does_not_exist")),
        "tests/api/test_booking_records.py::test_booking_id_on_second_slot_names_the_first",
    ),
    Mutant(
        "A record is written that has changed since it was read",
        f"{_MODULE}:record_is",
        exists(condition("version")),
        _RECORD,
    ),
    Mutant(
        "A booking moves from a slot where it is not",
        f"{_MODULE}:_is_at",
        exists(condition("slot_id")),
        _RECORD,
    ),
    Mutant(
        "A booking with a record moves as one without",
        f"{_MODULE}:_is_at",
        exists(condition("does_not_exist")),
        _RECORD,
    ),
    Mutant(
        "A booking moves for another patient",
        f"{_MODULE}:_has_reference",
        exists(condition(BookingItem, "reference")),
        _RECORD,
    ),
    Mutant(
        "A booking with a patient moves as one without",
        f"{_MODULE}:_has_reference",
        exists(condition("does_not_exist")),
        _RECORD,
    ),
    Mutant(
        "A client holds more slots than its limit",
        f"{_MODULE}:holds_are",
        exists(condition("limit")),
        "tests/api/test_hold_limits.py::test_client_holds_limited_number_of_slots",
    ),
    Mutant(
        "A client holds one slot more than its limit",
        f"{_MODULE}:holds_are",
        shift_boundary(condition("limit")),
        "tests/concurrency/test_hold_limit.py::test_concurrent_holds_never_exceed_the_limit",
    ),
    Mutant(
        "A client that holds other slots counts as one that holds none",
        f"{_MODULE}:holds_are",
        exists(condition("does_not_exist")),
        _HOLDS,
    ),
    Mutant(
        "Any slot counts as one that the client holds already",
        f"{_MODULE}:holds_are",
        exists(condition("contains")),
        _HOLDS,
    ),
    Mutant(
        "Holds are counted again although they have changed since they were read",
        f"{_MODULE}:holds_are",
        exists(condition(HoldsItem, "version")),
        "tests/api/test_booking_conditions.py::test_expired_holds_are_forgotten_only_as_read",
    ),
)
