"""Mutants of the conditions of holds and bookings."""

from __future__ import annotations

from chalicelib.storage import booking_repository
from tests.mutation.edits import (
    becomes,
    drop,
    exists,
    first_only,
    keep_left,
    last_only,
    one_call_each,
    rename,
    shift_boundary,
)
from tests.mutation.mutant import Mutant
from tests.mutation.selectors import addition, call, condition, generator, keyword

MUTANTS = (
    Mutant(
        "A booked slot is held or booked again",
        "chalicelib.storage.booking_repository:_can_be_claimed",
        exists(condition("FREE")),
        "tests/api/test_booking.py::test_booked_slot_is_not_booked_again",
    ),
    Mutant(
        "Concurrent clients hold the same slot",
        "chalicelib.storage.booking_repository:_can_be_claimed",
        exists(condition("FREE")),
        "tests/concurrency/test_concurrent_bookings.py::test_concurrent_holds_have_one_winner",
    ),
    Mutant(
        "Responses are not linearizable: booked slots are sold again",
        "chalicelib.storage.booking_repository:_can_be_claimed",
        exists(condition("FREE")),
        "tests/resilience/test_load.py::test_responses_under_load_are_linearizable",
    ),
    Mutant(
        "A booked slot is sold again when its former hold would have expired",
        "chalicelib.storage.booking_repository:_can_be_claimed",
        exists(condition("HELD")),
        "tests/api/test_conditions.py::test_booking_with_leftover_hold_is_not_resold_on_expiry",
    ),
    Mutant(
        "A slot is claimed although its hold has not expired",
        "chalicelib.storage.booking_repository:_can_be_claimed",
        exists(condition("held_until")),
        "tests/api/test_holds.py::test_slot_held_by_another_is_taken",
    ),
    Mutant(
        "A slot cannot be claimed in the second in which its hold expires",
        "chalicelib.storage.booking_repository:_can_be_claimed",
        shift_boundary(condition("held_until")),
        "tests/api/test_holds.py::test_hold_expires_at_its_exact_end_second",
    ),
    Mutant(
        "A holder claims a slot that another client holds",
        "chalicelib.storage.booking_repository:_can_be_claimed",
        exists(condition("holder")),
        "tests/api/test_holds.py::test_slot_held_by_another_is_taken",
    ),
    Mutant(
        "A holder cannot book the slot that they hold",
        "chalicelib.storage.booking_repository:_can_be_claimed",
        drop(condition("holder")),
        "tests/api/test_holds.py::test_holder_books_held_slot",
    ),
    Mutant(
        "A slot is claimed although it does not have the expected length",
        "chalicelib.storage.booking_repository:_can_be_claimed",
        drop(condition("end")),
        "tests/api/test_booking_failures.py::test_booking_during_length_change_keeps_slot_length",
    ),
    Mutant(
        "A hold is written without a condition",
        "chalicelib.storage.booking_repository:_hold_update",
        becomes(call(booking_repository._can_be_claimed), None),
        "tests/api/test_holds.py::test_slot_held_by_another_is_taken",
    ),
    Mutant(
        "A booking is written without a condition",
        "chalicelib.storage.booking_repository:_booking_update",
        becomes(call(booking_repository._can_be_claimed), None),
        "tests/api/test_booking.py::test_booked_slot_is_not_booked_again",
    ),
    Mutant(
        "A hold is released by another holder",
        "chalicelib.storage.booking_repository:_release_update",
        drop(condition("holder")),
        "tests/api/test_holds.py::test_hold_is_released_by_holder_only_and_idempotently",
    ),
    Mutant(
        "A booked slot is released by its former holder",
        "chalicelib.storage.booking_repository:_release_update",
        drop(condition("HELD")),
        "tests/api/test_leftover_claims.py::test_booking_with_leftover_hold_is_not_released",
    ),
    Mutant(
        "A booking is cancelled with the id of another booking",
        "chalicelib.storage.booking_repository:_cancel_update",
        drop(condition("booking_id")),
        "tests/api/test_booking.py::test_cancel_frees_slot_and_is_idempotent",
    ),
    Mutant(
        "A held slot is freed when its former booking is cancelled",
        "chalicelib.storage.booking_repository:_cancel_update",
        drop(condition("BOOKED")),
        "tests/api/test_leftover_claims.py::test_hold_with_leftover_booking_is_not_cancelled",
    ),
    Mutant(
        "A move uses two transactions, one for each slot",
        "chalicelib.storage.booking_repository:BookingRepository.apply",
        one_call_each(call(booking_repository._commit, 1)),
        "tests/api/test_booking.py::test_move_from_wrong_booking_changes_nothing",
    ),
    Mutant(
        "A slot is sold although its day has no entry for it",
        "chalicelib.storage.booking_repository:_SlotUpdate.day_has_slot",
        exists(condition()),
        "tests/api/test_booking_failures.py::test_slot_missing_from_day_is_not_booked",
    ),
    Mutant(
        "A move within a day requires an entry only for the first slot",
        "chalicelib.storage.booking_repository:_update_day",
        first_only(generator(-1)),
        "tests/api/test_booking_failures.py::test_move_with_slot_missing_from_day_is_not_committed",
    ),
    Mutant(
        "A move within a day requires an entry only for the last slot",
        "chalicelib.storage.booking_repository:_update_day",
        last_only(generator(-1)),
        "tests/api/test_booking_failures.py::test_move_with_slot_missing_from_day_is_not_committed",
    ),
    Mutant(
        "A booking does not increment the revision",
        "chalicelib.storage.booking_repository:_update_day",
        keep_left(addition("revision")),
        "tests/api/test_booking.py::test_patient_operations_change_revision_not_version",
    ),
    Mutant(
        "A booking makes the save of a doctor fail",
        "chalicelib.storage.booking_repository:_update_day",
        rename("revision", "version"),
        "tests/api/test_saving_json.py::test_booking_does_not_fail_save_with_if_match",
    ),
    Mutant(
        "A failed condition does not return the stored slot",
        "chalicelib.storage.transaction:Transaction.commit",
        becomes(keyword("return_values"), None),
        "tests/api/test_booking.py::test_booked_slot_is_not_booked_again",
    ),
)
