"""Breaches of the conditions of a save, each without one part of one of them."""

from __future__ import annotations

from tests.mutations.mutant import Mutant

_DAYS = "chalicelib/storage/days.py"
_CONDITIONS = "tests/contract/test_conditions.py"

MUTANTS = (
    Mutant(
        "A second first save of a date replaces the first",
        _DAYS,
        "DayRecord.pk.does_not_exist()\n",
        "None\n",
        f"{_CONDITIONS}::test_of_two_first_saves_of_a_day_one_stands",
    ),
    Mutant(
        "A save does not check the version that it was decided on",
        _DAYS,
        "else DayRecord.version == day.version",
        "else DayRecord.pk.exists()",
        f"{_CONDITIONS}::test_of_two_saves_on_the_same_version_one_stands",
    ),
    Mutant(
        "What many clients are told fits no history, since saves do not check their version",
        _DAYS,
        "else DayRecord.version == day.version",
        "else DayRecord.pk.exists()",
        "tests/faults/test_load.py"
        "::test_nothing_is_lost_or_doubled_while_the_store_stops_and_starts",
    ),
    Mutant(
        "Saves of many at once do not check the version that they were decided on",
        _DAYS,
        "else DayRecord.version == day.version",
        "else DayRecord.pk.exists()",
        "tests/race/test_saves_race.py"
        "::test_overlapping_slots_of_different_lengths_that_race_never_both_stand",
    ),
    Mutant(
        "A save does not count up the version",
        _DAYS,
        "DayRecord.version.set(DayRecord.version + 1)",
        "DayRecord.version.set(DayRecord.version + 0)",
        f"{_CONDITIONS}::test_of_two_saves_on_the_same_version_one_stands",
    ),
    Mutant(
        "A save does not count up the revision",
        _DAYS,
        "DayRecord.revision.set(DayRecord.revision + 1)",
        "DayRecord.revision.set(DayRecord.revision + 0)",
        f"{_CONDITIONS}::test_a_save_leaves_what_patients_do_to_other_slots_meanwhile",
    ),
    Mutant(
        "A save writes the whole map of the day, and undoes what patients did meanwhile",
        _DAYS,
        "_first_save(doctor, day.after(change)) if day.version == 0 else _further_save(change)",
        "_first_save(doctor, day.after(change))",
        f"{_CONDITIONS}::test_a_save_leaves_what_patients_do_to_other_slots_meanwhile",
    ),
    Mutant(
        "A save is two transactions, one for its slots and one for the day",
        _DAYS,
        "        transaction.update(\n            DayRecord(partition",
        "        transaction.commit()\n"
        "        transaction = Transaction()\n"
        "        transaction.update(\n            DayRecord(partition",
        "tests/race/test_saves_race.py"
        "::test_overlapping_slots_of_different_lengths_that_race_never_both_stand",
    ),
    Mutant(
        "A slot is put although it is there",
        _DAYS,
        "if_=SlotRecord.pk.does_not_exist()",
        "if_=None",
        "tests/contract/test_failures.py"
        "::test_a_slot_that_the_day_does_not_show_still_cannot_be_put_twice",
    ),
    Mutant(
        "A slot that is no longer free is deleted",
        _DAYS,
        "if_=(SlotRecord.status == str(SlotStatus.FREE))",
        "if_=SlotRecord.pk.exists()",
        f"{_CONDITIONS}::test_a_slot_booked_since_it_was_read_is_named_when_it_cannot_be_withdrawn",
    ),
    Mutant(
        "A save that races with patients deletes a slot that is no longer free",
        _DAYS,
        "if_=(SlotRecord.status == str(SlotStatus.FREE))",
        "if_=SlotRecord.pk.exists()",
        "tests/race/test_bookings_race.py"
        "::test_a_slot_that_a_doctor_withdraws_while_patients_book_is_sold_or_gone",
    ),
    Mutant(
        "A booking is deleted when the hold that it began as would have run out",
        _DAYS,
        "(SlotRecord.status == str(SlotStatus.HELD))\n                    & (",
        "(",
        f"{_CONDITIONS}::test_a_booking_that_began_as_a_hold_does_not_run_out_with_it",
    ),
    Mutant(
        "A slot is deleted although its hold has not run out",
        _DAYS,
        "(SlotRecord.held_until <= slot_map.moment(now))",
        "SlotRecord.held_until.exists()",
        f"{_CONDITIONS}::test_a_hold_that_ran_out_and_was_taken_anew_keeps_its_slot",
    ),
    Mutant(
        "A slot stays although its hold has run out this very second",
        _DAYS,
        "(SlotRecord.held_until <= slot_map.moment(now))",
        "(SlotRecord.held_until < slot_map.moment(now))",
        "tests/contract/test_saving_json.py::test_a_hold_that_has_run_out_can_be_withdrawn",
    ),
    Mutant(
        "The change of a request is put although it is there",
        _DAYS,
        "if_=ChangeRecord.pk.does_not_exist()",
        "if_=None",
        f"{_CONDITIONS}::test_a_request_is_carried_out_once_even_on_the_day_that_it_made",
    ),
    Mutant(
        "A new day may stand where the doctor is no longer searched for",
        _DAYS,
        "if_=DoctorRecord.place == doctor_items.place(doctor)",
        "if_=DoctorRecord.pk.exists()",
        "tests/contract/test_availability.py"
        "::test_a_first_save_that_read_the_doctor_before_she_moved_is_found_where_she_is",
    ),
    Mutant(
        "What a failed condition means is taken for what another one means",
        "chalicelib/storage/transaction.py",
        "*(meaning for *_, meaning in self._deletes),\n"
        "            *(meaning for *_, meaning in self._puts),",
        "*(meaning for *_, meaning in self._puts),\n"
        "            *(meaning for *_, meaning in self._deletes),",
        f"{_CONDITIONS}::test_a_slot_booked_since_it_was_read_is_named_when_it_cannot_be_withdrawn",
    ),
    Mutant(
        "Of several slots that are in the way not all are named",
        "chalicelib/storage/transaction.py",
        "stay=tuple(slot for meant in changes for slot in meant.stay)",
        "stay=changes[-1].stay",
        f"{_CONDITIONS}::test_all_slots_that_are_in_the_way_of_a_save_are_named",
    ),
)
