"""Mutants of the conditions of a save."""

from __future__ import annotations

from chalicelib.storage import day_writes
from chalicelib.storage.models import AuditItem, ChangeItem, DayItem, DoctorItem, SlotItem
from chalicelib.storage.transaction import Transaction
from tests.mutation.edits import (
    always,
    becomes,
    drop,
    exists,
    first_argument_only,
    keep_left,
    last_only,
    repeat,
    shift_boundary,
    skip,
    swap,
)
from tests.mutation.mutant import Mutant
from tests.mutation.selectors import (
    addition,
    call,
    choice,
    condition,
    generator,
    starred,
    statement,
)

MUTANTS = (
    Mutant(
        "A second first save of a day overwrites the first",
        "chalicelib.storage.day_writes:update_day",
        becomes(condition(DayItem, "does_not_exist"), None),
        "tests/api/test_conditions.py::test_concurrent_first_saves_one_wins",
    ),
    Mutant(
        "A save does not check the version that it read",
        "chalicelib.storage.day_writes:update_day",
        exists(condition(DayItem, "version")),
        "tests/api/test_conditions.py::test_concurrent_saves_on_same_version_one_wins",
    ),
    Mutant(
        "Responses are not linearizable: saves do not check the version",
        "chalicelib.storage.day_writes:update_day",
        exists(condition(DayItem, "version")),
        "tests/resilience/test_load.py::test_store_restarts_lose_and_duplicate_nothing",
    ),
    Mutant(
        "Concurrent saves do not check the version",
        "chalicelib.storage.day_writes:update_day",
        exists(condition(DayItem, "version")),
        "tests/concurrency/test_concurrent_saves.py::test_concurrent_overlapping_saves_never_both_commit",
    ),
    Mutant(
        "A save does not increment the version",
        "chalicelib.storage.day_writes:_update_day_actions",
        keep_left(addition("version")),
        "tests/api/test_conditions.py::test_concurrent_saves_on_same_version_one_wins",
    ),
    Mutant(
        "A save does not increment the revision",
        "chalicelib.storage.day_writes:_update_day_actions",
        keep_left(addition("revision")),
        "tests/api/test_conditions.py::test_save_keeps_concurrent_changes_to_other_slots",
    ),
    Mutant(
        "A save overwrites the whole slot map of the day, and with it concurrent bookings",
        "chalicelib.storage.day_writes:update_day",
        always(choice(day_writes._create_day_actions)),
        "tests/api/test_conditions.py::test_save_keeps_concurrent_changes_to_other_slots",
    ),
    Mutant(
        "A save uses two transactions, one for its slots and one for the day",
        "chalicelib.storage.day_repository:DayRepository.save",
        repeat(
            statement(Transaction.commit),
            statement(Transaction),
            before=statement("update_day"),
        ),
        "tests/concurrency/test_concurrent_saves.py::test_concurrent_overlapping_saves_never_both_commit",
    ),
    Mutant(
        "A slot is created although it exists",
        "chalicelib.storage.day_writes:put_slot",
        becomes(condition(SlotItem, "does_not_exist"), None),
        "tests/api/test_failures.py::test_slot_missing_from_day_cannot_be_opened_twice",
    ),
    Mutant(
        "A slot that is no longer free is deleted",
        "chalicelib.storage.day_writes:delete_slot",
        exists(condition("FREE")),
        "tests/api/test_conditions.py::test_slot_booked_after_read_is_reported_when_close_fails",
    ),
    Mutant(
        "A save concurrent with bookings deletes a slot that is no longer free",
        "chalicelib.storage.day_writes:delete_slot",
        exists(condition("FREE")),
        "tests/concurrency/test_concurrent_bookings.py::test_concurrent_close_and_bookings_have_one_winner",
    ),
    Mutant(
        "A booked slot is deleted when its former hold would have expired",
        "chalicelib.storage.day_writes:delete_slot",
        drop(condition("HELD")),
        "tests/api/test_conditions.py::test_booking_made_from_hold_does_not_expire",
    ),
    Mutant(
        "A slot is deleted although its hold has not expired",
        "chalicelib.storage.day_writes:delete_slot",
        exists(condition("held_until")),
        "tests/api/test_conditions.py::test_renewed_hold_keeps_slot_from_being_closed",
    ),
    Mutant(
        "A slot is not deleted in the second in which its hold expires",
        "chalicelib.storage.day_writes:delete_slot",
        shift_boundary(condition("held_until")),
        "tests/api/test_saving_json.py::test_slot_with_expired_hold_can_be_closed",
    ),
    Mutant(
        "A slot is closed at an instant before its last act",
        "chalicelib.storage.day_writes:delete_slot",
        exists(condition("format_microsecond")),
        "tests/api/test_audit_of_saves.py::test_close_is_recorded_after_the_slots_last_act",
    ),
    Mutant(
        "A slot of a former release, which has no instant, cannot be closed",
        "chalicelib.storage.day_writes:delete_slot",
        drop(condition("changed_at", "does_not_exist")),
        "tests/api/test_audit_of_saves.py::test_slot_without_instant_can_be_closed",
    ),
    Mutant(
        "The change of a request is created although it exists",
        "chalicelib.storage.day_writes:put_save_record",
        becomes(condition(ChangeItem, "does_not_exist"), None),
        "tests/api/test_conditions.py::test_repeated_first_save_is_applied_once",
    ),
    Mutant(
        "A save is not recorded",
        "chalicelib.storage.day_repository:DayRepository.save",
        skip(statement("add_entry")),
        "tests/api/test_audit_of_saves.py::test_save_is_recorded_with_author_and_slots",
    ),
    Mutant(
        "Two saves of one instant have the same place in the audit log",
        "chalicelib.use_cases.save_days:SaveDays._save_attempt",
        first_argument_only(call("next_instant")),
        "tests/api/test_audit_of_saves.py::test_saves_of_one_instant_are_recorded_in_their_order",
    ),
    Mutant(
        "An entry of the audit log overwrites another one",
        "chalicelib.storage.audit_log:add_entry",
        becomes(condition(AuditItem, "does_not_exist"), None),
        "tests/api/test_audit_log.py::test_existing_entry_is_never_overwritten",
    ),
    Mutant(
        "A new day is indexed where its doctor is no longer found",
        "chalicelib.storage.day_writes:check_doctor_index_key",
        exists(condition(DoctorItem, "gsi1_sk")),
        "tests/api/test_relocation.py::test_first_save_with_stale_location_is_indexed_at_new_one",
    ),
    Mutant(
        "A failed condition raises the error of another condition",
        "chalicelib.storage.transaction:Transaction._find_reasons",
        swap(starred(1), starred(2)),
        "tests/api/test_conditions.py::test_slot_booked_after_read_is_reported_when_close_fails",
    ),
    Mutant(
        "A rejection names only one of several conflicting slots",
        "chalicelib.storage.transaction:_merge",
        last_only(generator(-2)),
        "tests/api/test_conditions.py::test_all_conflicting_slots_are_reported",
    ),
)
