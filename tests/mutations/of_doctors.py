"""Breaches of the conditions of doctors and the index, and of consistent reads."""

from __future__ import annotations

from tests.mutations.mutant import Mutant

_DOCTORS = "chalicelib/storage/doctors.py"
_DAYS = "chalicelib/storage/days.py"
_INDEX = "chalicelib/storage/search_index.py"
_CONDITIONS = "tests/contract/test_conditions.py"
_AVAILABILITY = "tests/contract/test_availability.py"
_SETTINGS = "tests/contract/test_settings_of_doctors.py"
_CONSISTENT = (
    "tests/contract/test_consistent_reads.py"
    "::test_what_is_said_of_a_doctors_time_is_read_consistently"
)

MUTANTS = (
    Mutant(
        "A new doctor takes the place of one who is known",
        _DOCTORS,
        "if before else DoctorRecord.pk.does_not_exist()",
        "if before else None",
        f"{_CONDITIONS}::test_a_doctor_who_is_known_is_left_as_she_is",
    ),
    Mutant(
        "Settings of a doctor ask for nothing but that she is known",
        _DOCTORS,
        "DoctorRecord.version == before.version",
        "DoctorRecord.pk.exists()",
        f"{_SETTINGS}::test_of_two_who_change_a_doctor_at_once_the_later_keeps_what_the_earlier_did",
    ),
    Mutant(
        "Settings of a doctor do not check the version that they were decided on",
        _DOCTORS,
        "_put(item, if_=is_as_before)",
        "_put(item, if_=None)",
        f"{_SETTINGS}::test_of_two_who_change_a_doctor_at_once_the_later_keeps_what_the_earlier_did",
    ),
    Mutant(
        "Settings with other delegates do not check the version that they were decided on",
        _DOCTORS,
        "transaction.put(item, if_=is_as_before, otherwise=DoctorChanged())",
        "transaction.put(item, if_=None, otherwise=DoctorChanged())",
        f"{_SETTINGS}::test_delegates_that_were_decided_on_settings_of_before_undo_nothing",
    ),
    Mutant(
        "Days are carried where the doctor is no longer searched for",
        _INDEX,
        "if_=DoctorRecord.place == doctor_items.place(doctor)",
        "if_=DoctorRecord.pk.exists()",
        f"{_AVAILABILITY}::test_of_two_moves_at_once_the_later_is_where_her_days_are",
    ),
    Mutant(
        "A day that is not there becomes one that is nothing but a place",
        _INDEX,
        "if_=DayRecord.pk.exists()",
        "if_=None",
        f"{_CONDITIONS}::test_a_day_that_is_not_there_is_not_made_by_placing_it",
    ),
    Mutant(
        "Doctor, day and change are not read consistently",
        "chalicelib/storage/table.py",
        "batch_get_item(wanted, consistent_read=True)",
        "batch_get_item(wanted, consistent_read=False)",
        f"{_CONDITIONS}::test_what_a_save_is_decided_on_is_read_consistently",
    ),
    Mutant(
        "A part of the keys that DynamoDB left unread counts as not there",
        "chalicelib/storage/table.py",
        'if answer["UnprocessedKeys"]:',
        "if False:",
        "tests/contract/test_booking_failures.py"
        "::test_keys_that_are_left_unread_are_asked_for_again",
    ),
    Mutant(
        "What a page looks for is not read consistently",
        _DAYS,
        "keys.of_day(on), consistent_read=True",
        "keys.of_day(on), consistent_read=False",
        _CONSISTENT,
    ),
    Mutant(
        "The slots of a doctor are not read consistently",
        _DAYS,
        "consistent_read=True,\n                    page_size=at_a_time,",
        "consistent_read=False,\n                    page_size=at_a_time,",
        _CONSISTENT,
    ),
    Mutant(
        "The history of a date is not read consistently",
        _DAYS,
        'keys.of_change(on, "")),\n                    consistent_read=True,',
        'keys.of_change(on, "")),\n                    consistent_read=False,',
        _CONSISTENT,
    ),
    Mutant(
        "A slot is not read consistently",
        "chalicelib/storage/bookings.py",
        "consistent_read=True",
        "consistent_read=False",
        _CONSISTENT,
    ),
    Mutant(
        "A doctor is not read consistently",
        _DOCTORS,
        "keys.DOCTOR, consistent_read=True",
        "keys.DOCTOR, consistent_read=False",
        _CONSISTENT,
    ),
    Mutant(
        "Whom a delegate keeps is not read consistently",
        _DOCTORS,
        "consistent_read=True, limit=_MOST_OF_A_DELEGATE",
        "consistent_read=False, limit=_MOST_OF_A_DELEGATE",
        _CONSISTENT,
    ),
    Mutant(
        "The days that a doctor takes along are not read consistently",
        _INDEX,
        "consistent_read=True",
        "consistent_read=False",
        _CONSISTENT,
    ),
)
