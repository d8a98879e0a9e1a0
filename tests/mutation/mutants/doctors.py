"""Mutants of the conditions on doctors and the index, and of consistent reads."""

from __future__ import annotations

from chalicelib.domain.errors import StoreBusyError
from chalicelib.storage.models import DayItem, DoctorItem
from tests.mutation.edits import becomes, exists, never
from tests.mutation.mutant import Mutant
from tests.mutation.selectors import branch, condition, keyword

MUTANTS = (
    Mutant(
        "A new doctor overwrites an existing one",
        "chalicelib.storage.doctor_repository:DoctorRepository.save",
        becomes(condition("does_not_exist"), None),
        "tests/contract/test_conditions.py::test_a_doctor_who_is_known_is_left_as_she_is",
    ),
    Mutant(
        "New settings require only that the doctor exists",
        "chalicelib.storage.doctor_repository:DoctorRepository.save",
        exists(condition("version")),
        "tests/contract/test_settings_of_doctors.py::test_of_two_who_change_a_doctor_at_once_the_later_keeps_what_the_earlier_did",
    ),
    Mutant(
        "New settings do not check the version of the doctor",
        "chalicelib.storage.doctor_repository:DoctorRepository.save",
        becomes(keyword("condition", 0), None),
        "tests/contract/test_settings_of_doctors.py::test_of_two_who_change_a_doctor_at_once_the_later_keeps_what_the_earlier_did",
    ),
    Mutant(
        "New settings with other delegates do not check the version of the doctor",
        "chalicelib.storage.doctor_repository:DoctorRepository.save",
        becomes(keyword("condition", 1), None),
        "tests/contract/test_settings_of_doctors.py::test_delegates_that_were_decided_on_settings_of_before_undo_nothing",
    ),
    Mutant(
        "Days are re-indexed where their doctor is no longer found",
        "chalicelib.storage.availability_index:AvailabilityIndex.reindex",
        exists(condition(DoctorItem, "gsi1_sk")),
        "tests/contract/test_availability.py::test_of_two_moves_at_once_the_later_is_where_her_days_are",
    ),
    Mutant(
        "Re-indexing creates a day that does not exist",
        "chalicelib.storage.availability_index:AvailabilityIndex.reindex",
        becomes(condition(DayItem, "exists"), None),
        "tests/contract/test_conditions.py::test_a_day_that_is_not_there_is_not_made_by_placing_it",
    ),
    Mutant(
        "Doctor, day and change are not read consistently",
        "chalicelib.storage.table:batch_get",
        never(keyword("consistent_read")),
        "tests/contract/test_conditions.py::test_what_a_save_is_decided_on_is_read_consistently",
    ),
    Mutant(
        "Unprocessed keys of a batch read count as missing items",
        "chalicelib.storage.table:batch_get",
        never(branch(StoreBusyError)),
        "tests/contract/test_booking_failures.py::test_keys_that_are_left_unread_are_asked_for_again",
    ),
    Mutant(
        "A poll does not read the day consistently",
        "chalicelib.storage.day_repository:DayRepository.get",
        never(keyword("consistent_read")),
        "tests/contract/test_consistent_reads.py::test_what_is_said_of_a_doctors_time_is_read_consistently",
    ),
    Mutant(
        "The slots of a doctor are not read consistently",
        "chalicelib.storage.day_repository:DayRepository.list_range",
        never(keyword("consistent_read")),
        "tests/contract/test_consistent_reads.py::test_what_is_said_of_a_doctors_time_is_read_consistently",
    ),
    Mutant(
        "The history of a date is not read consistently",
        "chalicelib.storage.day_repository:DayRepository.list_changes",
        never(keyword("consistent_read")),
        "tests/contract/test_consistent_reads.py::test_what_is_said_of_a_doctors_time_is_read_consistently",
    ),
    Mutant(
        "A slot is not read consistently",
        "chalicelib.storage.booking_repository:BookingRepository.get",
        never(keyword("consistent_read")),
        "tests/contract/test_consistent_reads.py::test_what_is_said_of_a_doctors_time_is_read_consistently",
    ),
    Mutant(
        "A doctor is not read consistently",
        "chalicelib.storage.doctor_repository:DoctorRepository.get",
        never(keyword("consistent_read")),
        "tests/contract/test_consistent_reads.py::test_what_is_said_of_a_doctors_time_is_read_consistently",
    ),
    Mutant(
        "The doctors of a delegate are not read consistently",
        "chalicelib.storage.doctor_repository:DoctorRepository.list_for_delegate",
        never(keyword("consistent_read")),
        "tests/contract/test_consistent_reads.py::test_what_is_said_of_a_doctors_time_is_read_consistently",
    ),
    Mutant(
        "The days to re-index are not read consistently",
        "chalicelib.storage.availability_index:AvailabilityIndex.stale_entries",
        never(keyword("consistent_read")),
        "tests/contract/test_consistent_reads.py::test_what_is_said_of_a_doctors_time_is_read_consistently",
    ),
)
