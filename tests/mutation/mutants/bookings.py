"""Mutants of the writes of holds and bookings."""

from __future__ import annotations

from chalicelib.domain.booking import Observed
from chalicelib.storage import booking_conditions
from chalicelib.storage.booking_repository import BookingRepository
from chalicelib.storage.transaction import Transaction
from tests.mutation.edits import (
    always,
    becomes,
    drop,
    exists,
    first_only,
    keep_left,
    last_only,
    never,
    rename,
    repeat,
    skip,
)
from tests.mutation.mutant import Mutant
from tests.mutation.selectors import (
    addition,
    branch,
    call,
    condition,
    generator,
    keyword,
    name,
    statement,
)

_REPOSITORY = "chalicelib.storage.booking_repository"
_MOVED = "tests/api/test_time_zone_data.py"

MUTANTS = (
    Mutant(
        "A slot is written without its condition",
        f"{_REPOSITORY}:_slot_condition",
        drop(call(booking_conditions.slot_is)),
        "tests/api/test_booking.py::test_booked_slot_is_not_booked_again",
    ),
    Mutant(
        "A booking record is written without its condition",
        f"{_REPOSITORY}:_update_record",
        becomes(call(booking_conditions.record_is), None),
        "tests/api/test_booking_records.py::test_booking_id_on_second_slot_names_the_first",
    ),
    Mutant(
        "Holds are counted without a limit",
        "chalicelib.storage.hold_writes:update_holds",
        becomes(call(booking_conditions.holds_are), None),
        "tests/api/test_hold_limits.py::test_client_holds_limited_number_of_slots",
    ),
    Mutant(
        "A booking changes the day, and not the slot",
        f"{_REPOSITORY}:BookingRepository.commit",
        skip(statement("_update_slot")),
        "tests/api/test_booking.py::test_booked_slot_is_not_booked_again",
    ),
    Mutant(
        "A move uses two transactions, one for each slot",
        f"{_REPOSITORY}:BookingRepository.commit",
        repeat(
            statement(Transaction.commit), statement(Transaction), before=statement("_update_slot")
        ),
        "tests/api/test_booking.py::test_move_from_wrong_booking_changes_nothing",
    ),
    Mutant(
        "A slot that is stored under another date than its local one cannot be booked",
        f"{_REPOSITORY}:_day_has",
        exists(condition()),
        f"{_MOVED}::test_listed_slot_is_booked_if_there_is_a_day_of_its_new_date",
    ),
    Mutant(
        "A booking cannot move from a slot that is stored under another date",
        f"{_REPOSITORY}:_update_day",
        first_only(generator(-1)),
        f"{_MOVED}::test_booking_moves_between_listed_slot_and_slot_of_new_date",
    ),
    Mutant(
        "A booking cannot move to a slot that is stored under another date",
        f"{_REPOSITORY}:_update_day",
        last_only(generator(-1)),
        f"{_MOVED}::test_booking_moves_between_listed_slot_and_slot_of_new_date",
    ),
    Mutant(
        "A booking does not increment the revision",
        f"{_REPOSITORY}:_NEXT_REVISION",
        keep_left(addition("revision")),
        "tests/api/test_booking.py::test_patient_operations_change_revision_not_version",
    ),
    Mutant(
        "A booking makes the save of a doctor fail",
        f"{_REPOSITORY}:_NEXT_REVISION",
        rename("revision", "version"),
        "tests/api/test_saving_json.py::test_booking_does_not_fail_save_with_if_match",
    ),
    Mutant(
        "A failed condition does not return the stored slot",
        "chalicelib.storage.transaction:Transaction.update",
        becomes(keyword("return_values"), None),
        "tests/api/test_booking.py::test_booked_slot_is_not_booked_again",
    ),
    Mutant(
        "Several failed conditions return one stored item",
        "chalicelib.storage.transaction:_updated",
        becomes(call(Observed.updated), None),
        "tests/api/test_booking_records.py::test_repeated_move_changes_nothing",
    ),
    Mutant(
        "An act on a booking is not recorded",
        f"{_REPOSITORY}:BookingRepository.commit",
        skip(statement("add_entry")),
        "tests/api/test_overrides.py::test_every_act_on_bookings_is_recorded",
    ),
    Mutant(
        "The counted holds of a client are not read consistently",
        f"{_REPOSITORY}:BookingRepository.get_holds",
        never(keyword("consistent_read")),
        "tests/api/test_consistent_reads.py::test_reads_of_bookings_are_consistent",
    ),
    Mutant(
        "The bookings of a doctor are not read consistently",
        f"{_REPOSITORY}:BookingRepository.list_booked",
        never(keyword("consistent_read")),
        "tests/api/test_consistent_reads.py::test_reads_of_bookings_are_consistent",
    ),
    Mutant(
        "Free slots are listed as bookings",
        f"{_REPOSITORY}:BookingRepository.list_booked",
        exists(condition("BOOKED")),
        "tests/api/test_booking_list.py::test_site_lists_own_bookings_with_their_ids",
    ),
    Mutant(
        "A booking site lists the bookings of another site",
        "chalicelib.use_cases.override_bookings:OverrideBookings.list_bookings",
        rename("is_practice", "doctor"),
        "tests/api/test_booking_ownership.py::test_other_site_learns_and_changes_nothing",
    ),
    Mutant(
        "A booking site books as the practice",
        "chalicelib.domain.permissions:Caller.require_owner",
        always(branch("PRACTICE")),
        "tests/api/test_booking_ownership.py::test_sites_may_use_the_same_ids",
    ),
    Mutant(
        "A hold is renewed without end",
        "chalicelib.domain.holds:HoldClaim.plan",
        rename("held_since", "changed_at"),
        "tests/api/test_hold_limits.py::test_renewed_hold_ends_after_thirty_minutes_in_all",
    ),
    Mutant(
        "A held slot is booked after the settings have changed only while they allow it",
        "chalicelib.domain.booking_claim:BookingClaim._reason_unavailable",
        never(branch("is_held_by")),
        "tests/api/test_hold_limits.py::test_hold_can_be_booked_whatever_the_settings_become",
    ),
    Mutant(
        "A booking that was cancelled is booked again by a late repeat",
        "chalicelib.domain.booking_claim:BookingClaim.plan",
        never(branch("was_cancelled_on")),
        "tests/api/test_booking_records.py"
        "::test_cancelled_booking_id_is_refused_on_its_slot_for_a_day",
    ),
    Mutant(
        "A booking that moved and was cancelled is booked again by a late repeat",
        "chalicelib.domain.moves:MoveClaim._moved_record",
        becomes(keyword("new_cancellation"), None),
        "tests/api/test_booking_records.py"
        "::test_late_repeat_after_move_and_cancellation_books_nothing",
    ),
    Mutant(
        "A move of a booking with two slots forgets the slot that it leaves",
        f"{_REPOSITORY}:_cancellation_actions",
        drop(name("new", n=-1)),
        "tests/api/test_booking_records.py"
        "::test_late_repeat_of_moved_booking_of_two_slots_books_nothing",
    ),
    Mutant(
        "A booking of the past is cancelled",
        "chalicelib.domain.cancellations:Cancellation.plan",
        never(branch("has_begun")),
        "tests/api/test_booking_records.py::test_slot_that_has_begun_is_neither_cancelled_nor_moved",
    ),
    Mutant(
        "A booking id is used for another patient",
        "chalicelib.domain.booking_claim:BookingClaim._require_same_patient",
        never(branch("BookingDiffers")),
        "tests/api/test_booking_records.py::test_booking_id_for_another_patient_is_rejected",
    ),
    Mutant(
        "An override does not wait for a read",
        "chalicelib.use_cases.slot_operations:SlotOperationRunner.run",
        never(branch(BookingRepository.read)),
        "tests/api/test_overrides.py::test_admin_revokes_booking_of_a_site",
    ),
)
