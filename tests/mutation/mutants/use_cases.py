"""Mutants of retries, and of what is read before a request is rejected."""

from __future__ import annotations

from chalicelib.domain.booking import Observed
from chalicelib.domain.errors import (
    DayModifiedError,
    IdempotencyKeyReusedError,
    OutcomeUnknownError,
    StoreUnavailableError,
)
from chalicelib.domain.violations import AlreadyTaken
from chalicelib.storage.booking_repository import BookingRepository
from chalicelib.storage.day_repository import DayRepository
from chalicelib.use_cases import manage_slots, save_days
from chalicelib.use_cases.manage_doctors import ManageDoctors
from chalicelib.use_cases.preconditions import Precondition
from chalicelib.use_cases.save_days import SaveDays
from tests.mutation.edits import (
    drop,
    never,
    remembered,
    rename,
    repeat,
    skip,
)
from tests.mutation.mutant import Mutant
from tests.mutation.selectors import branch, call, comparison, constant, statement

MUTANTS = (
    Mutant(
        "Settings are replaced whatever If-Match says",
        "chalicelib.use_cases.manage_doctors:ManageDoctors._save_settings",
        skip(call(Precondition.require)),
        "tests/api/test_doctor_preconditions.py::test_another_etag_is_stale",
    ),
    Mutant(
        "A lost response makes a condition fail on its own write",
        "chalicelib.use_cases.manage_doctors:ManageDoctors._save_settings",
        never(branch(ManageDoctors._cache)),
        "tests/api/test_doctor_preconditions.py"
        "::test_own_write_with_lost_response_does_not_fail_condition",
    ),
    Mutant(
        "A retried save uses the day that its first attempt read",
        "chalicelib.use_cases.save_days:SaveDays._read",
        remembered(call(DayRepository.get_with_change)),
        "tests/api/test_failures.py::test_further_save_conflict_replans_on_current_state",
    ),
    Mutant(
        "A repeated request is not recognised",
        "chalicelib.use_cases.save_days:SaveDays._save_attempt",
        never(branch(save_days._repeated_save)),
        "tests/api/test_saving_json.py::test_repeated_key_and_body_return_first_version_once",
    ),
    Mutant(
        "A save whose response was lost is not recognised",
        "chalicelib.use_cases.save_days:SaveDays._save_attempt",
        never(branch(save_days._repeated_save)),
        "tests/api/test_failures.py::test_save_with_lost_response_is_found_and_applied_once",
    ),
    Mutant(
        "An idempotency key is accepted for another body",
        "chalicelib.use_cases.save_days:_repeated_save",
        never(branch(IdempotencyKeyReusedError)),
        "tests/api/test_saving_json.py::test_key_reused_with_other_body_is_rejected",
    ),
    Mutant(
        "An idempotency key of a later date is noticed only after a date is saved",
        "chalicelib.use_cases.save_many_days:SaveManyDays._read_days",
        never(branch(IdempotencyKeyReusedError)),
        "tests/api/test_week.py::test_key_used_for_a_later_date_saves_no_date",
    ),
    Mutant(
        "A repeated request returns a day from before its change",
        "chalicelib.use_cases.save_days:_repeated_save",
        never(branch(DayModifiedError)),
        "tests/api/test_partial_reads.py::test_concurrent_repeat_of_save_is_not_rejected",
    ),
    Mutant(
        "A request that conflicts with itself is rejected",
        "chalicelib.use_cases.save_days:SaveDays._plan",
        never(branch(DayModifiedError)),
        "tests/api/test_partial_reads.py::test_concurrent_repeat_of_save_is_not_rejected",
    ),
    Mutant(
        "If-Match is ignored",
        "chalicelib.use_cases.manage_slots:_plan",
        skip(statement(manage_slots._require_expected_version)),
        "tests/api/test_saving_json.py::test_if_match_rejects_save_on_unseen_version",
    ),
    Mutant(
        "If-Match is checked before a repeated request is recognised",
        "chalicelib.use_cases.save_days:SaveDays._save_attempt",
        repeat(statement(SaveDays._plan), before=branch(save_days._repeated_save)),
        "tests/api/test_saving_json.py::test_repeated_key_and_body_return_first_version_once",
    ),
    Mutant(
        "A conflict is not retried",
        "chalicelib.use_cases.retry:Attempt._can_retry",
        never(comparison("MAX_ATTEMPTS")),
        "tests/api/test_failures.py::test_first_save_conflict_replans_on_current_state",
    ),
    Mutant(
        "A write without a response is not retried",
        "chalicelib.use_cases.retry:Attempt._can_retry",
        never(comparison("MAX_TIMEOUTS")),
        "tests/api/test_failures.py::test_save_with_lost_response_is_found_and_applied_once",
    ),
    Mutant(
        "A write without a response counts as not done",
        "chalicelib.storage.errors:translate_write_errors",
        rename(OutcomeUnknownError, StoreUnavailableError),
        "tests/api/test_failures.py::test_save_with_lost_response_is_found_and_applied_once",
    ),
    Mutant(
        "A transaction conflict is reported as a bug",
        "chalicelib.storage.transaction:_EXPECTED_CODES",
        drop(constant("TransactionConflict")),
        "tests/api/test_failures.py::test_transaction_conflict_is_retried",
    ),
    Mutant(
        "A gateway error is reported as a bug",
        "chalicelib.storage.errors:_OUTCOME_UNKNOWN_CODES",
        drop(constant("502")),
        "tests/resilience/test_every_call.py::test_failed_write_is_atomic_and_idempotent_on_retry",
    ),
    Mutant(
        "A client's own booking is not recognised",
        "chalicelib.domain.booking_claim:BookingClaim.plan",
        never(branch("_is_booked")),
        "tests/api/test_booking.py::test_repeated_booking_changes_nothing",
    ),
    Mutant(
        "A retried claim expects the same slot as the first attempt",
        "chalicelib.use_cases.slot_operations:SlotOperationRunner.run",
        skip(statement(Observed.updated, "mismatch")),
        "tests/api/test_booking.py::test_slot_of_earlier_length_is_held_and_booked_unchanged",
    ),
    Mutant(
        "A booking whose response was lost is not reported as new",
        "chalicelib.use_cases.slot_operations:SlotOperationRunner.run",
        skip(statement("may_have_committed", n=1)),
        "tests/api/test_booking_failures.py::test_booking_with_lost_response_returns_201",
    ),
    Mutant(
        "A booked slot that has started is reported as in the past",
        "chalicelib.domain.availability:reason_not_free",
        never(branch(AlreadyTaken, n=0)),
        "tests/api/test_booking.py::test_late_repeat_of_booking_is_recognised",
    ),
    Mutant(
        "A booking that is sent again late is not looked up",
        "chalicelib.use_cases.slot_operations:SlotOperationRunner.run",
        never(branch(BookingRepository.read)),
        "tests/api/test_booking.py::test_late_repeat_of_booking_is_recognised",
    ),
    Mutant(
        "Retried settings use the doctor that their first attempt read",
        "chalicelib.use_cases.manage_doctors:ManageDoctors._save_settings",
        remembered(call(ManageDoctors._existing)),
        "tests/api/test_doctor_settings.py::test_concurrent_updates_keep_the_earlier_change",
    ),
)
