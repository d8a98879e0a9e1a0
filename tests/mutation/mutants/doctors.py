"""Mutants of the conditions on doctors and the index, and of consistent reads."""

from __future__ import annotations

from chalicelib.domain.errors import StoreBusyError
from chalicelib.storage.models import DayItem, DoctorItem
from tests.mutation.edits import becomes, exists, never
from tests.mutation.mutant import Mutant
from tests.mutation.selectors import branch, condition, keyword

MUTANTS = (
    Mutant(
        "A change of settings is not recorded",
        "chalicelib.storage.doctor_repository:DoctorRepository.save",
        never(branch("entry")),
        "tests/api/test_audit_of_settings.py::test_change_is_recorded_with_old_and_new_values",
    ),
    Mutant(
        "A new doctor overwrites an existing one",
        "chalicelib.storage.doctor_repository:_write_settings",
        becomes(condition("does_not_exist"), None),
        "tests/api/test_conditions.py::test_existing_doctor_is_not_overwritten",
    ),
    Mutant(
        "New settings require only that the doctor exists",
        "chalicelib.storage.doctor_repository:_write_settings",
        exists(condition("version")),
        "tests/api/test_doctor_settings.py::test_concurrent_updates_keep_the_earlier_change",
    ),
    Mutant(
        "New settings do not check the version of the doctor",
        "chalicelib.storage.doctor_repository:_write_settings",
        becomes(condition("version"), None),
        "tests/api/test_doctor_settings.py::test_delegates_of_stale_settings_are_not_saved",
    ),
    *(
        Mutant(
            f"Two doctors share a FHIR id: {shared}",
            "chalicelib.storage.fhir_ids:claim_fhir_id",
            becomes(condition("does_not_exist", n=number), None),
            f"tests/api/test_fhir_ids.py::{test}",
        )
        for number, (shared, test) in enumerate(
            (
                ("the second one's own id", "test_stored_ids_are_never_shared"),
                ("the first one's own id", "test_stored_ids_are_never_shared"),
                ("a stored one", "test_two_doctors_never_share_a_stored_id"),
            )
        )
    ),
    Mutant(
        "A doctor who is renamed meanwhile is indexed by the former name",
        "chalicelib.storage.doctor_names:_index",
        becomes(condition("version"), None),
        "tests/api/test_directory.py::test_doctor_renamed_meanwhile_is_not_indexed_by_former_name",
    ),
    Mutant(
        "Days are re-indexed where their doctor is no longer found",
        "chalicelib.storage.day_writes:check_doctor_index_key",
        exists(condition(DoctorItem, "gsi1_sk")),
        "tests/api/test_relocation.py::test_concurrent_relocations_keep_the_later_location",
    ),
    Mutant(
        "Re-indexing creates a day that does not exist",
        "chalicelib.storage.availability_index:AvailabilityIndex.reindex",
        becomes(condition(DayItem, "exists"), None),
        "tests/api/test_conditions.py::test_reindexing_does_not_create_missing_day",
    ),
    Mutant(
        "Doctor, day and change are not read consistently",
        "chalicelib.storage.table:batch_get",
        never(keyword("consistent_read")),
        "tests/api/test_conditions.py::test_save_reads_consistently",
    ),
    Mutant(
        "Unprocessed keys of a batch read count as missing items",
        "chalicelib.storage.table:batch_get",
        never(branch(StoreBusyError)),
        "tests/api/test_booking_failures.py::test_unprocessed_keys_are_read_again",
    ),
    Mutant(
        "A poll does not read the day consistently",
        "chalicelib.storage.day_repository:DayRepository.get",
        never(keyword("consistent_read")),
        "tests/api/test_consistent_reads.py::test_reads_of_doctors_time_are_consistent",
    ),
    Mutant(
        "The slots of a doctor are not read consistently",
        "chalicelib.storage.day_repository:DayRepository.list_range",
        never(keyword("consistent_read")),
        "tests/api/test_consistent_reads.py::test_reads_of_doctors_time_are_consistent",
    ),
    Mutant(
        "Saves older than the audit log are not read consistently",
        "chalicelib.storage.audit_feed:_query_legacy_saves",
        never(keyword("consistent_read")),
        "tests/api/test_consistent_reads.py::test_reads_of_doctors_time_are_consistent",
    ),
    Mutant(
        "The audit log of a date is not read consistently",
        "chalicelib.storage.audit_feed:query_date",
        never(keyword("consistent_read")),
        "tests/api/test_consistent_reads.py::test_reads_of_doctors_time_are_consistent",
    ),
    Mutant(
        "The audit log of a range of dates is not read consistently",
        "chalicelib.storage.audit_feed:_read_sorted_range",
        never(keyword("consistent_read")),
        "tests/api/test_consistent_reads.py::test_reads_of_doctors_time_are_consistent",
    ),
    Mutant(
        "A slot is not read consistently",
        "chalicelib.storage.booking_repository:BookingRepository.get",
        never(keyword("consistent_read")),
        "tests/api/test_consistent_reads.py::test_reads_of_bookings_are_consistent",
    ),
    Mutant(
        "A doctor is not read consistently",
        "chalicelib.storage.doctor_repository:DoctorRepository.get",
        never(keyword("consistent_read")),
        "tests/api/test_consistent_reads.py::test_reads_of_doctors_time_are_consistent",
    ),
    Mutant(
        "The doctors of a delegate are not read consistently",
        "chalicelib.storage.doctor_repository:DoctorRepository.list_ids_for_delegate",
        never(keyword("consistent_read")),
        "tests/api/test_consistent_reads.py::test_reads_of_doctors_time_are_consistent",
    ),
    Mutant(
        "The days to re-index are not read consistently",
        "chalicelib.storage.availability_index:AvailabilityIndex.iter_stale_dates",
        never(keyword("consistent_read")),
        "tests/api/test_consistent_reads.py::test_reads_of_doctors_time_are_consistent",
    ),
)
