"""Mutants of retries, and of what is read before a request is rejected."""

from __future__ import annotations

from chalicelib.domain.claims import ClaimedSlot
from chalicelib.domain.errors import Busy, DayChanged, KeyReused, OutcomeUnknown, Unavailable
from chalicelib.domain.faults import AlreadyTaken, InPast
from chalicelib.storage.days import Days
from chalicelib.use_cases import manage_slots
from chalicelib.use_cases.keep_doctors import KeepDoctors
from chalicelib.use_cases.manage_slots import SavedDay
from tests.mutation.edits import (
    always,
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
from tests.mutation.selectors import assignment, branch, call, choice, constant, statement

MUTANTS = (
    Mutant(
        "A save that lost a race decides again on what it read at first",
        "chalicelib.use_cases.manage_slots:ManageSlots._save_once",
        remembered(call(Days.load, 0)),
        "tests/contract/test_failures.py::test_a_further_save_that_lost_the_race_decides_again_too",
    ),
    Mutant(
        "A request that was carried out is not recognised",
        "chalicelib.use_cases.manage_slots:ManageSlots._save_once",
        never(branch(SavedDay)),
        "tests/contract/test_saving_json.py::test_the_same_key_and_body_again_has_one_effect_and_the_first_answers_version",
    ),
    Mutant(
        "A save whose answer was lost is not looked up",
        "chalicelib.use_cases.manage_slots:ManageSlots._save_once",
        never(branch(SavedDay)),
        "tests/contract/test_failures.py::test_a_save_whose_answer_was_lost_is_found_and_not_done_twice",
    ),
    Mutant(
        "A key used again for another body is answered as if it were the same",
        "chalicelib.use_cases.manage_slots:ManageSlots._save_once",
        never(branch(KeyReused)),
        "tests/contract/test_saving_json.py::test_the_same_key_with_another_body_is_refused",
    ),
    Mutant(
        "A change that was read before its day is answered with the day of before",
        "chalicelib.use_cases.manage_slots:ManageSlots._save_once",
        never(branch(DayChanged, n=0)),
        "tests/contract/test_conditions.py::test_a_request_sent_twice_at_once_is_not_refused_for_what_it_did_itself",
    ),
    Mutant(
        "A request that stands in its own way is refused",
        "chalicelib.use_cases.manage_slots:ManageSlots._save_once",
        never(branch(DayChanged, n=1)),
        "tests/contract/test_conditions.py::test_a_request_sent_twice_at_once_is_not_refused_for_what_it_did_itself",
    ),
    Mutant(
        "A client that insists on a version is not listened to",
        "chalicelib.use_cases.manage_slots:ManageSlots._save_once",
        skip(statement(manage_slots._require_version)),
        "tests/contract/test_saving_json.py::test_if_match_refuses_a_save_on_a_day_that_the_client_has_not_seen",
    ),
    Mutant(
        "If-Match is compared before it is known that the request was carried out",
        "chalicelib.use_cases.manage_slots:ManageSlots._save_once",
        repeat(statement(manage_slots._require_version), before=branch(SavedDay)),
        "tests/contract/test_saving_json.py::test_the_same_key_and_body_again_has_one_effect_and_the_first_answers_version",
    ),
    Mutant(
        "A lost race is not tried again",
        "chalicelib.use_cases.attempts:until_settled",
        always(branch(n=0)),
        "tests/contract/test_failures.py::test_a_save_that_lost_the_race_decides_again_on_what_is_there_now",
    ),
    Mutant(
        "A write without an answer is not tried again",
        "chalicelib.use_cases.attempts:until_settled",
        always(branch(n=1)),
        "tests/contract/test_failures.py::test_a_save_whose_answer_was_lost_is_found_and_not_done_twice",
    ),
    Mutant(
        "A write without an answer counts as one that was not done",
        "chalicelib.storage.failures:writing",
        rename(OutcomeUnknown, Unavailable),
        "tests/contract/test_failures.py::test_a_save_whose_answer_was_lost_is_found_and_not_done_twice",
    ),
    Mutant(
        "A conflict of two transactions is taken for a bug",
        "chalicelib.storage.transaction:Transaction._meaning_of",
        never(choice(Busy)),
        "tests/contract/test_failures.py::test_a_transaction_conflict_is_tried_again",
    ),
    Mutant(
        "A gateway that fails is taken for a bug",
        "chalicelib.storage.failures:_UNKNOWN",
        drop(constant("502")),
        "tests/faults/test_every_call.py::test_a_write_that_fails_is_done_whole_or_not_at_all_and_once_when_it_is_sent_again",
    ),
    Mutant(
        "A booking that is the client's own is not recognised",
        "chalicelib.use_cases.taking:Taking._judge",
        never(branch(ClaimedSlot.is_booked_as)),
        "tests/contract/test_booking.py::test_the_same_booking_again_changes_nothing",
    ),
    Mutant(
        "A slot that differs is tried again as it was believed to be at first",
        "chalicelib.use_cases.taking:Taking._judge",
        skip(assignment(-1)),
        "tests/contract/test_booking.py::test_a_slot_made_with_another_length_is_held_and_booked_as_it_is",
    ),
    Mutant(
        "A booking whose answer was lost is told as an old one",
        "chalicelib.use_cases.taking:Taking.attempt",
        skip(assignment(-1)),
        "tests/contract/test_booking_failures.py::test_a_booking_whose_answer_was_lost_is_told_as_new",
    ),
    Mutant(
        "That a slot has begun is told before whose it is",
        "chalicelib.domain.bookable:obstacle",
        swap(branch(AlreadyTaken), branch(InPast)),
        "tests/contract/test_booking.py::test_a_booking_is_found_again_however_late_it_is_sent_again",
    ),
    Mutant(
        "A booking that is sent again late is told that the slot has begun",
        "chalicelib.use_cases.taking:Taking.attempt",
        becomes(call("find"), None),
        "tests/contract/test_booking.py::test_a_booking_is_found_again_however_late_it_is_sent_again",
    ),
    Mutant(
        "Settings that lost a race decide again on what they read at first",
        "chalicelib.use_cases.keep_doctors:KeepDoctors.put",
        remembered(call(KeepDoctors._known)),
        "tests/contract/test_settings_of_doctors.py::test_of_two_who_change_a_doctor_at_once_the_later_keeps_what_the_earlier_did",
    ),
)
