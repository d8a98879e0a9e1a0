"""Breaches of what else is promised: the rules, freshness, who may, the order of events."""

from __future__ import annotations

from tests.mutations.mutant import Mutant

_BOOKABLE = "chalicelib/domain/bookable.py"
_RECENT = "chalicelib/storage/recent_doctors.py"
_OF_RECENT = "tests/unit/test_recent_doctors.py"
_ONE_PREDICATE = (
    "tests/contract/test_one_predicate.py"
    "::test_what_is_listed_can_be_held_and_booked_and_nothing_else_can"
)
_OTHERS_DAY = (
    "tests/contract/test_conditions.py::test_whom_a_doctor_has_not_named_may_neither_look_nor_save"
)
_TABLE_OF_CALLERS = "tests/contract/test_permissions.py::test_each_caller_may_what_the_table_says"

MUTANTS = (
    Mutant(
        "Slots that overlap are stored",
        "chalicelib/domain/saving.py",
        "if slot.start != box.start and slot.overlaps(box))",
        "if slot.start != box.start and False)",
        "tests/contract/test_saving_json.py"
        "::test_a_box_across_a_stored_slot_of_another_length_names_what_it_conflicts_with",
    ),
    Mutant(
        "Slots that touch overlap",
        "chalicelib/domain/slot.py",
        "return self.start < other.end and other.start < self.end",
        "return self.start <= other.end and other.start <= self.end",
        "tests/unit/test_slot.py::test_slots_overlap_when_they_share_time_and_not_when_they_touch",
    ),
    Mutant(
        "The rules of a save let it withdraw a slot that a patient has",
        "chalicelib/domain/slot.py",
        "return self.status in (SlotStatus.BOOKED, SlotStatus.HELD)",
        "return False",
        "tests/unit/test_saving.py::test_a_slot_that_a_patient_has_cannot_be_withdrawn",
    ),
    Mutant(
        "A refusal names the first slot at fault alone",
        "chalicelib/domain/saving.py",
        "raise Refused(*faults.values(), zone=grid.zone)",
        "raise Refused(*list(faults.values())[:1], zone=grid.zone)",
        "tests/contract/test_saving_json.py"
        "::test_every_fault_of_a_request_is_told_at_once_and_nothing_is_stored",
    ),
    Mutant(
        "A hold does not end before somebody ends it",
        "chalicelib/domain/slot.py",
        "and self.held_until <= now",
        "and False",
        "tests/contract/test_booking.py"
        "::test_a_hold_that_ran_out_is_free_for_everybody_at_that_very_second",
    ),
    Mutant(
        "What is listed is not what can be booked",
        "chalicelib/use_cases/find_slots.py",
        "from chalicelib.domain.bookable import is_bookable\n",
        "def is_bookable(slot, doctor, *, now):\n    return not slot.is_taken\n",
        _ONE_PREDICATE,
    ),
    Mutant(
        "A slot at the very end of the lead time cannot be booked",
        _BOOKABLE,
        "or slot.start < now + doctor.lead_time or",
        "or slot.start <= now + doctor.lead_time or",
        _ONE_PREDICATE,
    ),
    Mutant(
        "What patients do to a day does not change its ETag",
        "chalicelib/web/slots.py",
        "    etag = representations.etag(day.version, day)\n"
        "    if representations.is_known(etag, request):\n",
        "    etag = representations.etag(day.version, day.version)\n"
        "    if representations.is_known(etag, request):\n",
        "tests/contract/test_api.py::test_a_hold_that_runs_out_changes_the_etag",
    ),
    Mutant(
        "Settings that were read late take the place of newer ones",
        _RECENT,
        "and doctor.version < before.doctor.version\n",
        "and False\n",
        f"{_OF_RECENT}::test_what_comes_late_does_not_take_the_place_of_a_later_version",
    ),
    Mutant(
        "Settings of an earlier version are never believed again",
        _RECENT,
        "                and self._is_recent(before)\n",
        "",
        f"{_OF_RECENT}"
        "::test_a_table_that_was_put_back_to_an_earlier_state_is_believed_after_ten_seconds",
    ),
    Mutant(
        "The page does not look for news by itself",
        "chalicelib/web/templates/_day.html",
        "every 2s",
        "every 9s",
        "tests/contract/test_polling.py"
        "::test_a_poll_of_an_unchanged_day_reads_one_item_and_gets_no_body",
    ),
    Mutant(
        "Settings of a doctor are remembered for longer than ten seconds",
        "chalicelib/storage/recent_doctors.py",
        "RECENT = timedelta(seconds=10)",
        "RECENT = timedelta(seconds=11)",
        "tests/contract/test_settings_of_doctors.py"
        "::test_elsewhere_new_settings_hold_for_bookings_within_ten_seconds",
    ),
    Mutant(
        "Anybody who is signed in saves for any doctor",
        "chalicelib/use_cases/manage_slots.py",
        "role = caller.require_may_manage(doctor)",
        'role = caller.role_for(doctor) or next(iter(caller.roles), "x")',
        _OTHERS_DAY,
    ),
    Mutant(
        "Anybody who is signed in looks at the day of any doctor",
        "chalicelib/use_cases/manage_slots.py",
        "        self._recent.remember(doctor, now)\n        caller.require_may_manage(doctor)\n",
        "        self._recent.remember(doctor, now)\n",
        _OTHERS_DAY,
    ),
    Mutant(
        "A delegate keeps the schedule of doctors who do not name him",
        "chalicelib/domain/caller.py",
        "if Role.DELEGATE in self.roles and self.name in doctor.delegates:",
        "if Role.DELEGATE in self.roles:",
        _OTHERS_DAY,
    ),
    Mutant(
        "Who may only read books",
        "chalicelib/domain/caller.py",
        "if not self.roles & {Role.BOOKING_SITE, Role.ADMIN}:",
        "if not self.roles:",
        _TABLE_OF_CALLERS,
    ),
    Mutant(
        "A token lets in whoever issued it",
        "chalicelib/web/tokens.py",
        'iss={"essential": True, "value": self._sign_in.issuer},',
        'iss={"essential": True},',
        "tests/contract/test_tokens.py::test_no_forged_token_lets_anybody_in",
    ),
    Mutant(
        "A token lets in for ever",
        "chalicelib/web/tokens.py",
        'exp={"essential": True},',
        "",
        "tests/contract/test_tokens.py::test_no_forged_token_lets_anybody_in",
    ),
    Mutant(
        "What another site makes a browser send is carried out",
        "chalicelib/web/auth.py",
        "    if not negotiation.is_same_origin(request):\n",
        "    if False:\n",
        "tests/contract/test_sign_in.py::test_a_save_by_cookie_must_come_from_our_own_page",
    ),
    Mutant(
        "Two events of one doctor go into one call",
        "chalicelib/events/batches.py",
        "and all(entry.doctor_id != other.doctor_id for other in batch)",
        "and True",
        "tests/unit/test_event_bus.py::test_two_events_of_one_doctor_are_never_in_one_call",
    ),
    Mutant(
        "The stream goes on behind an event that was not accepted",
        "chalicelib/use_cases/tell_followers.py",
        "failed=events[sent.number][0]",
        "failed=events[-1][0]",
        "tests/unit/test_event_bus.py"
        "::test_the_stream_goes_on_at_the_first_record_whose_event_was_not_accepted",
    ),
    Mutant(
        "A body that is no JSON is taken for a bug",
        "chalicelib/web/inputs.py",
        "except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:",
        "except (UnicodeDecodeError, RecursionError) as error:",
        "tests/fuzz/test_any_request.py::test_any_request_of_who_may_do_everything_is_answered",
    ),
)
