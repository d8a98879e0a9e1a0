"""Mutants of retries, and of what is read before a request is rejected."""

from __future__ import annotations

from chalicelib.domain.booking import BookingClaim
from chalicelib.domain.errors import (
    DayModifiedError,
    IdempotencyKeyReusedError,
    OutcomeUnknownError,
    StoreUnavailableError,
)
from chalicelib.domain.violations import AlreadyTaken, SlotInPast
from chalicelib.storage.booking_repository import BookingRepository
from chalicelib.storage.day_repository import DayRepository
from chalicelib.use_cases import manage_slots
from chalicelib.use_cases.manage_doctors import ManageDoctors
from chalicelib.use_cases.manage_slots import SavedDay
from tests.mutation.edits import (
    becomes,
    drop,
    never,
    remembered,
    rename,
    repeat,
    skip,
    swap,
)
from tests.mutation.mutant import Mutant
from tests.mutation.selectors import assignment, branch, call, comparison, constant, statement

MUTANTS = (
    Mutant(
        "A retried save uses the day that its first attempt read",
        "chalicelib.use_cases.manage_slots:ManageSlots._save_attempt",
        remembered(call(DayRepository.get_with_change, 0)),
        "tests/contract/test_failures.py::test_a_further_save_that_lost_the_race_decides_again_too",
    ),
    Mutant(
        "A repeated request is not recognised",
        "chalicelib.use_cases.manage_slots:ManageSlots._save_attempt",
        never(branch(SavedDay)),
        "tests/contract/test_saving_json.py::test_the_same_key_and_body_again_has_one_effect_and_the_first_answers_version",
    ),
    Mutant(
        "A save whose response was lost is not recognised",
        "chalicelib.use_cases.manage_slots:ManageSlots._save_attempt",
        never(branch(SavedDay)),
        "tests/contract/test_failures.py::test_a_save_whose_answer_was_lost_is_found_and_not_done_twice",
    ),
    Mutant(
        "An idempotency key is accepted for another body",
        "chalicelib.use_cases.manage_slots:ManageSlots._save_attempt",
        never(branch(IdempotencyKeyReusedError)),
        "tests/contract/test_saving_json.py::test_the_same_key_with_another_body_is_refused",
    ),
    Mutant(
        "A repeated request returns a day from before its change",
        "chalicelib.use_cases.manage_slots:ManageSlots._save_attempt",
        never(branch(DayModifiedError, n=0)),
        "tests/contract/test_conditions.py::test_a_request_sent_twice_at_once_is_not_refused_for_what_it_did_itself",
    ),
    Mutant(
        "A request that conflicts with itself is rejected",
        "chalicelib.use_cases.manage_slots:ManageSlots._save_attempt",
        never(branch(DayModifiedError, n=1)),
        "tests/contract/test_conditions.py::test_a_request_sent_twice_at_once_is_not_refused_for_what_it_did_itself",
    ),
    Mutant(
        "If-Match is ignored",
        "chalicelib.use_cases.manage_slots:ManageSlots._save_attempt",
        skip(statement(manage_slots._require_expected_version)),
        "tests/contract/test_saving_json.py::test_if_match_refuses_a_save_on_a_day_that_the_client_has_not_seen",
    ),
    Mutant(
        "If-Match is checked before a repeated request is recognised",
        "chalicelib.use_cases.manage_slots:ManageSlots._save_attempt",
        repeat(statement(manage_slots._require_expected_version), before=branch(SavedDay)),
        "tests/contract/test_saving_json.py::test_the_same_key_and_body_again_has_one_effect_and_the_first_answers_version",
    ),
    Mutant(
        "A conflict is not retried",
        "chalicelib.use_cases.retry:Attempt._can_retry",
        never(comparison("MAX_ATTEMPTS")),
        "tests/contract/test_failures.py::test_a_save_that_lost_the_race_decides_again_on_what_is_there_now",
    ),
    Mutant(
        "A write without a response is not retried",
        "chalicelib.use_cases.retry:Attempt._can_retry",
        never(comparison("MAX_TIMEOUTS")),
        "tests/contract/test_failures.py::test_a_save_whose_answer_was_lost_is_found_and_not_done_twice",
    ),
    Mutant(
        "A write without a response counts as not done",
        "chalicelib.storage.errors:translate_write_errors",
        rename(OutcomeUnknownError, StoreUnavailableError),
        "tests/contract/test_failures.py::test_a_save_whose_answer_was_lost_is_found_and_not_done_twice",
    ),
    Mutant(
        "A transaction conflict is reported as a bug",
        "chalicelib.storage.transaction:_EXPECTED_CODES",
        drop(constant("TransactionConflict")),
        "tests/contract/test_failures.py::test_a_transaction_conflict_is_tried_again",
    ),
    Mutant(
        "A gateway error is reported as a bug",
        "chalicelib.storage.errors:_OUTCOME_UNKNOWN_CODES",
        drop(constant("502")),
        "tests/faults/test_every_call.py::test_a_write_that_fails_is_done_whole_or_not_at_all_and_once_when_it_is_sent_again",
    ),
    Mutant(
        "A client's own booking is not recognised",
        "chalicelib.use_cases.book_slots:BookSlots._apply",
        never(branch(BookingClaim.is_done)),
        "tests/contract/test_booking.py::test_the_same_booking_again_changes_nothing",
    ),
    Mutant(
        "A retried claim expects the same slot as the first attempt",
        "chalicelib.use_cases.book_slots:BookSlots._apply",
        skip(statement(BookingClaim.resolve)),
        "tests/contract/test_booking.py::test_a_slot_made_with_another_length_is_held_and_booked_as_it_is",
    ),
    Mutant(
        "A booking whose response was lost is not reported as new",
        "chalicelib.use_cases.book_slots:BookSlots._apply",
        skip(assignment(-2)),
        "tests/contract/test_booking_failures.py::test_a_booking_whose_answer_was_lost_is_told_as_new",
    ),
    Mutant(
        "A booked slot that has started is reported as in the past",
        "chalicelib.domain.availability:reason_not_bookable",
        swap(branch(AlreadyTaken), branch(SlotInPast)),
        "tests/contract/test_booking.py::test_a_booking_is_found_again_however_late_it_is_sent_again",
    ),
    Mutant(
        "A booking that is sent again late is not looked up",
        "chalicelib.use_cases.book_slots:BookSlots._write",
        becomes(call(BookingRepository.get), None),
        "tests/contract/test_booking.py::test_a_booking_is_found_again_however_late_it_is_sent_again",
    ),
    Mutant(
        "Retried settings use the doctor that their first attempt read",
        "chalicelib.use_cases.manage_doctors:ManageDoctors._save_settings",
        remembered(call(ManageDoctors._existing)),
        "tests/contract/test_settings_of_doctors.py::test_of_two_who_change_a_doctor_at_once_the_later_keeps_what_the_earlier_did",
    ),
)
