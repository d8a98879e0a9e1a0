"""Mutants of the conditions of a save."""

from __future__ import annotations

from chalicelib.storage import day_repository
from chalicelib.storage.models import ChangeItem, DayItem, DoctorItem, SlotItem
from chalicelib.storage.transaction import Transaction
from tests.mutation.edits import (
    always,
    becomes,
    drop,
    exists,
    keep_left,
    last_only,
    repeat,
    shift_boundary,
    swap,
)
from tests.mutation.mutant import Mutant
from tests.mutation.selectors import addition, choice, condition, generator, starred, statement

MUTANTS = (
    Mutant(
        "A second first save of a day overwrites the first",
        "chalicelib.storage.day_repository:DayRepository.save",
        becomes(condition(DayItem, "does_not_exist"), None),
        "tests/contract/test_conditions.py::test_of_two_first_saves_of_a_day_one_stands",
    ),
    Mutant(
        "A save does not check the version that it read",
        "chalicelib.storage.day_repository:DayRepository.save",
        exists(condition(DayItem, "version")),
        "tests/contract/test_conditions.py::test_of_two_saves_on_the_same_version_one_stands",
    ),
    Mutant(
        "Responses are not linearizable: saves do not check the version",
        "chalicelib.storage.day_repository:DayRepository.save",
        exists(condition(DayItem, "version")),
        "tests/faults/test_load.py::test_nothing_is_lost_or_doubled_while_the_store_stops_and_starts",
    ),
    Mutant(
        "Concurrent saves do not check the version",
        "chalicelib.storage.day_repository:DayRepository.save",
        exists(condition(DayItem, "version")),
        "tests/race/test_saves_race.py::test_overlapping_slots_of_different_lengths_that_race_never_both_stand",
    ),
    Mutant(
        "A save does not increment the version",
        "chalicelib.storage.day_repository:_update_day_actions",
        keep_left(addition("version")),
        "tests/contract/test_conditions.py::test_of_two_saves_on_the_same_version_one_stands",
    ),
    Mutant(
        "A save does not increment the revision",
        "chalicelib.storage.day_repository:_update_day_actions",
        keep_left(addition("revision")),
        "tests/contract/test_conditions.py::test_a_save_leaves_what_patients_do_to_other_slots_meanwhile",
    ),
    Mutant(
        "A save overwrites the whole slot map of the day, and with it concurrent bookings",
        "chalicelib.storage.day_repository:DayRepository.save",
        always(choice(day_repository._create_day_actions)),
        "tests/contract/test_conditions.py::test_a_save_leaves_what_patients_do_to_other_slots_meanwhile",
    ),
    Mutant(
        "A save uses two transactions, one for its slots and one for the day",
        "chalicelib.storage.day_repository:DayRepository.save",
        repeat(
            statement(Transaction.commit),
            statement(Transaction),
            before=statement(Transaction.update),
        ),
        "tests/race/test_saves_race.py::test_overlapping_slots_of_different_lengths_that_race_never_both_stand",
    ),
    Mutant(
        "A slot is created although it exists",
        "chalicelib.storage.day_repository:_put_slot",
        becomes(condition(SlotItem, "does_not_exist"), None),
        "tests/contract/test_failures.py::test_a_slot_that_the_day_does_not_show_still_cannot_be_put_twice",
    ),
    Mutant(
        "A slot that is no longer free is deleted",
        "chalicelib.storage.day_repository:_delete_slot",
        exists(condition("FREE")),
        "tests/contract/test_conditions.py::test_a_slot_booked_since_it_was_read_is_named_when_it_cannot_be_withdrawn",
    ),
    Mutant(
        "A save concurrent with bookings deletes a slot that is no longer free",
        "chalicelib.storage.day_repository:_delete_slot",
        exists(condition("FREE")),
        "tests/race/test_bookings_race.py::test_a_slot_that_a_doctor_withdraws_while_patients_book_is_sold_or_gone",
    ),
    Mutant(
        "A booked slot is deleted when its former hold would have expired",
        "chalicelib.storage.day_repository:_delete_slot",
        drop(condition("HELD")),
        "tests/contract/test_conditions.py::test_a_booking_that_began_as_a_hold_does_not_run_out_with_it",
    ),
    Mutant(
        "A slot is deleted although its hold has not expired",
        "chalicelib.storage.day_repository:_delete_slot",
        exists(condition("held_until")),
        "tests/contract/test_conditions.py::test_a_hold_that_ran_out_and_was_taken_anew_keeps_its_slot",
    ),
    Mutant(
        "A slot is not deleted in the second in which its hold expires",
        "chalicelib.storage.day_repository:_delete_slot",
        shift_boundary(condition("held_until")),
        "tests/contract/test_saving_json.py::test_a_hold_that_has_run_out_can_be_withdrawn",
    ),
    Mutant(
        "The change of a request is created although it exists",
        "chalicelib.storage.day_repository:DayRepository.save",
        becomes(condition(ChangeItem, "does_not_exist"), None),
        "tests/contract/test_conditions.py::test_a_request_is_carried_out_once_even_on_the_day_that_it_made",
    ),
    Mutant(
        "A new day is indexed where its doctor is no longer found",
        "chalicelib.storage.day_repository:DayRepository.save",
        exists(condition(DoctorItem, "gsi1_sk")),
        "tests/contract/test_availability.py::test_a_first_save_that_read_the_doctor_before_she_moved_is_found_where_she_is",
    ),
    Mutant(
        "A failed condition raises the error of another condition",
        "chalicelib.storage.transaction:Transaction._failure_for",
        swap(starred(1), starred(2)),
        "tests/contract/test_conditions.py::test_a_slot_booked_since_it_was_read_is_named_when_it_cannot_be_withdrawn",
    ),
    Mutant(
        "A rejection names only one of several conflicting slots",
        "chalicelib.storage.transaction:_merge",
        last_only(generator(-1)),
        "tests/contract/test_conditions.py::test_all_slots_that_are_in_the_way_of_a_save_are_named",
    ),
)
