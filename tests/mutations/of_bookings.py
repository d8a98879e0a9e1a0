"""Breaches of the conditions of what patients do, each without one part of one of them."""

from __future__ import annotations

from tests.mutations.mutant import Mutant

_BOOKINGS = "chalicelib/storage/bookings.py"
_BOOKING = "tests/contract/test_booking.py"
_CONDITIONS = "tests/contract/test_conditions.py"
_FAILURES = "tests/contract/test_booking_failures.py"
_IS_OPEN = "is_open = (SlotRecord.status == str(SlotStatus.FREE)) | (is_held & may_end)"

MUTANTS = (
    Mutant(
        "A slot is taken although it is booked",
        _BOOKINGS,
        _IS_OPEN,
        "is_open = SlotRecord.pk.exists()",
        f"{_BOOKING}::test_a_booked_slot_is_sold_once",
    ),
    Mutant(
        "Many at once take a slot although it is held",
        _BOOKINGS,
        _IS_OPEN,
        "is_open = SlotRecord.pk.exists()",
        "tests/race/test_bookings_race.py::test_of_fifty_who_hold_one_slot_one_has_it",
    ),
    Mutant(
        "What many clients are told fits no history, since booked slots are sold",
        _BOOKINGS,
        _IS_OPEN,
        "is_open = SlotRecord.pk.exists()",
        "tests/faults/test_load.py"
        "::test_what_many_clients_are_told_has_happened_one_thing_after_the_other",
    ),
    Mutant(
        "A booking is sold again when the hold that it began as would have run out",
        _BOOKINGS,
        "is_held = SlotRecord.status == str(SlotStatus.HELD)",
        "is_held = SlotRecord.pk.exists()",
        f"{_CONDITIONS}"
        "::test_a_booking_that_keeps_the_trace_of_a_hold_is_not_sold_again_when_that_runs_out",
    ),
    Mutant(
        "A slot is taken although its hold has not run out",
        _BOOKINGS,
        "may_end = SlotRecord.held_until <= slot_map.moment(now)",
        "may_end = SlotRecord.held_until.exists()",
        f"{_BOOKING}::test_a_slot_that_somebody_else_holds_is_taken",
    ),
    Mutant(
        "A slot is kept although its hold has run out this very second",
        _BOOKINGS,
        "may_end = SlotRecord.held_until <= slot_map.moment(now)",
        "may_end = SlotRecord.held_until < slot_map.moment(now)",
        f"{_BOOKING}::test_a_hold_that_ran_out_is_free_for_everybody_at_that_very_second",
    ),
    Mutant(
        "A holder takes what somebody else holds",
        _BOOKINGS,
        "may_end | (SlotRecord.holder == holder)",
        "may_end | SlotRecord.holder.exists()",
        f"{_BOOKING}::test_a_slot_that_somebody_else_holds_is_taken",
    ),
    Mutant(
        "A holder cannot take what she holds herself",
        _BOOKINGS,
        "may_end | (SlotRecord.holder == holder)",
        "may_end",
        f"{_BOOKING}::test_a_holder_books_what_she_holds",
    ),
    Mutant(
        "A slot is taken although it is not as long as it was believed to be",
        _BOOKINGS,
        "(SlotRecord.end == keys.instant(slot.end)) & is_open",
        "is_open",
        f"{_FAILURES}"
        "::test_a_slot_that_changes_its_length_while_a_patient_books_is_booked_as_it_is",
    ),
    Mutant(
        "A hold asks for nothing but that there is a slot",
        _BOOKINGS,
        "if_=_is_takable(slot, hold.holder, now)",
        "if_=SlotRecord.pk.exists()",
        f"{_BOOKING}::test_a_slot_that_somebody_else_holds_is_taken",
    ),
    Mutant(
        "A booking asks for nothing but that there is a slot",
        _BOOKINGS,
        "if_=_is_takable(slot, booking.holder, now)",
        "if_=SlotRecord.pk.exists()",
        f"{_BOOKING}::test_a_booked_slot_is_sold_once",
    ),
    Mutant(
        "A hold is released by somebody else",
        _BOOKINGS,
        "if_=(SlotRecord.status == str(SlotStatus.HELD)) & (SlotRecord.holder == holder)",
        "if_=SlotRecord.status == str(SlotStatus.HELD)",
        f"{_BOOKING}::test_a_hold_is_released_by_its_holder_alone_and_as_often_as_she_likes",
    ),
    Mutant(
        "A booking is released with the hold that it began as",
        _BOOKINGS,
        "if_=(SlotRecord.status == str(SlotStatus.HELD)) & (SlotRecord.holder == holder)",
        "if_=SlotRecord.holder == holder",
        f"{_CONDITIONS}::test_a_booking_that_keeps_the_trace_of_a_hold_is_not_released_with_it",
    ),
    Mutant(
        "A booking is cancelled by another's id",
        _BOOKINGS,
        "(SlotRecord.status == str(SlotStatus.BOOKED)) & (SlotRecord.booking_id == booking_id)",
        "SlotRecord.status == str(SlotStatus.BOOKED)",
        f"{_BOOKING}::test_a_cancelled_booking_leaves_the_slot_free_and_may_be_cancelled_again",
    ),
    Mutant(
        "A hold is cancelled with the booking that was there before",
        _BOOKINGS,
        "(SlotRecord.status == str(SlotStatus.BOOKED)) & (SlotRecord.booking_id == booking_id)",
        "SlotRecord.booking_id == booking_id",
        f"{_CONDITIONS}::test_a_hold_that_keeps_the_trace_of_a_booking_is_not_cancelled_with_it",
    ),
    Mutant(
        "A move takes the new slot before it lets the old one go",
        _BOOKINGS,
        "_taking(doctor, slot, booking, now),\n            _freeing(",
        "_taking(doctor, slot, booking, now),\n        )\n        _write(\n            _freeing(",
        f"{_BOOKING}::test_a_move_from_what_is_not_that_booking_does_nothing",
    ),
    Mutant(
        "A slot is sold that its day has lost",
        _BOOKINGS,
        "DayRecord.slots[keys.instant(self.start)].exists()",
        "DayRecord.pk.exists()",
        f"{_FAILURES}::test_a_slot_that_the_day_has_lost_is_not_sold",
    ),
    Mutant(
        "Of a move within a day its first slot alone must be in the day",
        _BOOKINGS,
        "if_=reduce(and_, (step.is_in_day for step in within))",
        "if_=within[0].is_in_day",
        f"{_FAILURES}::test_a_move_of_which_the_day_has_lost_either_slot_is_not_done",
    ),
    Mutant(
        "Of a move within a day its last slot alone must be in the day",
        _BOOKINGS,
        "if_=reduce(and_, (step.is_in_day for step in within))",
        "if_=within[-1].is_in_day",
        f"{_FAILURES}::test_a_move_of_which_the_day_has_lost_either_slot_is_not_done",
    ),
    Mutant(
        "What a patient does counts as no revision",
        _BOOKINGS,
        "DayRecord.revision.set(DayRecord.revision + 1)",
        "DayRecord.revision.set(DayRecord.revision + 0)",
        f"{_BOOKING}::test_every_deed_of_a_patient_counts_as_a_revision_and_none_as_a_version",
    ),
    Mutant(
        "What a patient does fails the save of a doctor",
        _BOOKINGS,
        "DayRecord.revision.set(DayRecord.revision + 1)",
        "DayRecord.version.set(DayRecord.version + 1)",
        "tests/contract/test_saving_json.py"
        "::test_a_booking_in_between_does_not_fail_a_save_with_if_match",
    ),
    Mutant(
        "What stands where a slot differs is not asked for",
        "chalicelib/storage/transaction.py",
        'return_values="ALL_OLD" if callable(meaning) else None',
        "return_values=None",
        f"{_BOOKING}::test_a_booked_slot_is_sold_once",
    ),
)
