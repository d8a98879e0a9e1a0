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
        "tests/contract/test_booking.py::test_a_booked_slot_is_sold_once",
    ),
    Mutant(
        "Concurrent clients hold the same slot",
        "chalicelib.storage.booking_repository:_can_be_claimed",
        exists(condition("FREE")),
        "tests/race/test_bookings_race.py::test_of_fifty_who_hold_one_slot_one_has_it",
    ),
    Mutant(
        "Responses are not linearizable: booked slots are sold again",
        "chalicelib.storage.booking_repository:_can_be_claimed",
        exists(condition("FREE")),
        "tests/faults/test_load.py::test_what_many_clients_are_told_has_happened_one_thing_after_the_other",
    ),
    Mutant(
        "A booked slot is sold again when its former hold would have expired",
        "chalicelib.storage.booking_repository:_can_be_claimed",
        exists(condition("HELD")),
        "tests/contract/test_conditions.py::test_a_booking_that_keeps_the_trace_of_a_hold_is_not_sold_again_when_that_runs_out",
    ),
    Mutant(
        "A slot is claimed although its hold has not expired",
        "chalicelib.storage.booking_repository:_can_be_claimed",
        exists(condition("held_until")),
        "tests/contract/test_booking.py::test_a_slot_that_somebody_else_holds_is_taken",
    ),
    Mutant(
        "A slot cannot be claimed in the second in which its hold expires",
        "chalicelib.storage.booking_repository:_can_be_claimed",
        shift_boundary(condition("held_until")),
        "tests/contract/test_booking.py::test_a_hold_that_ran_out_is_free_for_everybody_at_that_very_second",
    ),
    Mutant(
        "A holder claims a slot that another client holds",
        "chalicelib.storage.booking_repository:_can_be_claimed",
        exists(condition("holder")),
        "tests/contract/test_booking.py::test_a_slot_that_somebody_else_holds_is_taken",
    ),
    Mutant(
        "A holder cannot book the slot that they hold",
        "chalicelib.storage.booking_repository:_can_be_claimed",
        drop(condition("holder")),
        "tests/contract/test_booking.py::test_a_holder_books_what_she_holds",
    ),
    Mutant(
        "A slot is claimed although it does not have the expected length",
        "chalicelib.storage.booking_repository:_can_be_claimed",
        drop(condition("end")),
        "tests/contract/test_booking_failures.py::test_a_slot_that_changes_its_length_while_a_patient_books_is_booked_as_it_is",
    ),
    Mutant(
        "A hold is written without a condition",
        "chalicelib.storage.booking_repository:_hold_update",
        becomes(call(booking_repository._can_be_claimed), None),
        "tests/contract/test_booking.py::test_a_slot_that_somebody_else_holds_is_taken",
    ),
    Mutant(
        "A booking is written without a condition",
        "chalicelib.storage.booking_repository:_booking_update",
        becomes(call(booking_repository._can_be_claimed), None),
        "tests/contract/test_booking.py::test_a_booked_slot_is_sold_once",
    ),
    Mutant(
        "A hold is released by another holder",
        "chalicelib.storage.booking_repository:_release_update",
        drop(condition("holder")),
        "tests/contract/test_booking.py::test_a_hold_is_released_by_its_holder_alone_and_as_often_as_she_likes",
    ),
    Mutant(
        "A booked slot is released by its former holder",
        "chalicelib.storage.booking_repository:_release_update",
        drop(condition("HELD")),
        "tests/contract/test_conditions.py::test_a_booking_that_keeps_the_trace_of_a_hold_is_not_released_with_it",
    ),
    Mutant(
        "A booking is cancelled with the id of another booking",
        "chalicelib.storage.booking_repository:_cancel_update",
        drop(condition("booking_id")),
        "tests/contract/test_booking.py::test_a_cancelled_booking_leaves_the_slot_free_and_may_be_cancelled_again",
    ),
    Mutant(
        "A held slot is freed when its former booking is cancelled",
        "chalicelib.storage.booking_repository:_cancel_update",
        drop(condition("BOOKED")),
        "tests/contract/test_conditions.py::test_a_hold_that_keeps_the_trace_of_a_booking_is_not_cancelled_with_it",
    ),
    Mutant(
        "A move uses two transactions, one for each slot",
        "chalicelib.storage.booking_repository:BookingRepository.apply",
        one_call_each(call(booking_repository._commit, 1)),
        "tests/contract/test_booking.py::test_a_move_from_what_is_not_that_booking_does_nothing",
    ),
    Mutant(
        "A slot is sold although its day has no entry for it",
        "chalicelib.storage.booking_repository:_SlotUpdate.day_has_slot",
        exists(condition()),
        "tests/contract/test_booking_failures.py::test_a_slot_that_the_day_has_lost_is_not_sold",
    ),
    Mutant(
        "A move within a day requires an entry only for the first slot",
        "chalicelib.storage.booking_repository:_update_day",
        first_only(generator(-1)),
        "tests/contract/test_booking_failures.py::test_a_move_of_which_the_day_has_lost_either_slot_is_not_done",
    ),
    Mutant(
        "A move within a day requires an entry only for the last slot",
        "chalicelib.storage.booking_repository:_update_day",
        last_only(generator(-1)),
        "tests/contract/test_booking_failures.py::test_a_move_of_which_the_day_has_lost_either_slot_is_not_done",
    ),
    Mutant(
        "A booking does not increment the revision",
        "chalicelib.storage.booking_repository:_update_day",
        keep_left(addition("revision")),
        "tests/contract/test_booking.py::test_every_deed_of_a_patient_counts_as_a_revision_and_none_as_a_version",
    ),
    Mutant(
        "A booking makes the save of a doctor fail",
        "chalicelib.storage.booking_repository:_update_day",
        rename("revision", "version"),
        "tests/contract/test_saving_json.py::test_a_booking_in_between_does_not_fail_a_save_with_if_match",
    ),
    Mutant(
        "A failed condition does not return the stored slot",
        "chalicelib.storage.transaction:Transaction.commit",
        becomes(keyword("return_values"), None),
        "tests/contract/test_booking.py::test_a_booked_slot_is_sold_once",
    ),
)
