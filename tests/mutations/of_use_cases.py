"""Breaches of how an attempt leads to the next, and of what is looked up before a refusal."""

from __future__ import annotations

from tests.mutations.mutant import Mutant

_MANAGE = "chalicelib/use_cases/manage_slots.py"
_TAKING = "chalicelib/use_cases/taking.py"
_ATTEMPTS = "chalicelib/use_cases/attempts.py"
_BOOKING = "tests/contract/test_booking.py"
_CONDITIONS = "tests/contract/test_conditions.py"
_FAILURES = "tests/contract/test_failures.py"
_BOOKING_FAILURES = "tests/contract/test_booking_failures.py"
_SAVING = "tests/contract/test_saving_json.py"

MUTANTS = (
    Mutant(
        "A save that lost a race decides again on what it read at first",
        _MANAGE,
        "        doctor, stored, earlier = self._days.load(\n"
        "            request.doctor_id, request.date, request.request_id\n"
        "        )\n",
        "        read = self.__dict__.setdefault('read', {})\n"
        "        if request.request_id not in read:\n"
        "            read[request.request_id] = self._days.load(\n"
        "                request.doctor_id, request.date, request.request_id\n"
        "            )\n"
        "        doctor, stored, earlier = read[request.request_id]\n",
        f"{_FAILURES}::test_a_further_save_that_lost_the_race_decides_again_too",
    ),
    Mutant(
        "A request that was carried out is not recognised",
        _MANAGE,
        "        if earlier is not None:\n",
        "        if False:\n",
        f"{_SAVING}::test_the_same_key_and_body_again_has_one_effect_and_the_first_answers_version",
    ),
    Mutant(
        "A save whose answer was lost is not looked up",
        _MANAGE,
        "        if earlier is not None:\n",
        "        if False:\n",
        f"{_FAILURES}::test_a_save_whose_answer_was_lost_is_found_and_not_done_twice",
    ),
    Mutant(
        "A key used again for another body is answered as if it were the same",
        _MANAGE,
        "if earlier.fingerprint != request.fingerprint:",
        "if False:",
        f"{_SAVING}::test_the_same_key_with_another_body_is_refused",
    ),
    Mutant(
        "A change that was read before its day is answered with the day of before",
        _MANAGE,
        "if day.version < earlier.version:",
        "if False:",
        f"{_CONDITIONS}::test_a_request_sent_twice_at_once_is_not_refused_for_what_it_did_itself",
    ),
    Mutant(
        "A request that stands in its own way is refused",
        _MANAGE,
        "if self._days.load(request.doctor_id, request.date, request.request_id)[-1]:",
        "if False:",
        f"{_CONDITIONS}::test_a_request_sent_twice_at_once_is_not_refused_for_what_it_did_itself",
    ),
    Mutant(
        "A client that insists on a version is not listened to",
        _MANAGE,
        "            _require_version(request, day)\n",
        "",
        f"{_SAVING}::test_if_match_refuses_a_save_on_a_day_that_the_client_has_not_seen",
    ),
    Mutant(
        "If-Match is compared before it is known that the request was carried out",
        _MANAGE,
        "        if earlier is not None:\n",
        "        _require_version(request, day)\n        if earlier is not None:\n",
        f"{_SAVING}::test_the_same_key_and_body_again_has_one_effect_and_the_first_answers_version",
    ),
    Mutant(
        "A lost race is not tried again",
        _ATTEMPTS,
        "if number + 1 == MOST_ATTEMPTS:",
        "if True:",
        f"{_FAILURES}::test_a_save_that_lost_the_race_decides_again_on_what_is_there_now",
    ),
    Mutant(
        "A write without an answer is not tried again",
        _ATTEMPTS,
        "if unanswered == MOST_UNANSWERED:",
        "if True:",
        f"{_FAILURES}::test_a_save_whose_answer_was_lost_is_found_and_not_done_twice",
    ),
    Mutant(
        "A write without an answer counts as one that was not done",
        "chalicelib/storage/failures.py",
        "raise OutcomeUnknown from error",
        "raise Unavailable from error",
        f"{_FAILURES}::test_a_save_whose_answer_was_lost_is_found_and_not_done_twice",
    ),
    Mutant(
        "A conflict of two transactions is taken for a bug",
        "chalicelib/storage/transaction.py",
        'return Busy() if "TransactionConflict" in reason_codes(error) else None',
        "return None",
        f"{_FAILURES}::test_a_transaction_conflict_is_tried_again",
    ),
    Mutant(
        "A gateway that fails is taken for a bug",
        "chalicelib/storage/failures.py",
        '    "502",\n',
        "",
        "tests/faults/test_every_call.py"
        "::test_a_write_that_fails_is_done_whole_or_not_at_all_and_once_when_it_is_sent_again",
    ),
    Mutant(
        "A booking that is the client's own is not recognised",
        _TAKING,
        "if self.booking_id is not None and claimed.is_booked_as(self.booking_id):",
        "if False:",
        f"{_BOOKING}::test_the_same_booking_again_changes_nothing",
    ),
    Mutant(
        "A slot that differs is tried again as it was believed to be at first",
        _TAKING,
        "        self.believed = slot\n",
        "",
        f"{_BOOKING}::test_a_slot_made_with_another_length_is_held_and_booked_as_it_is",
    ),
    Mutant(
        "A booking whose answer was lost is told as an old one",
        _TAKING,
        "            self.is_unsure = True\n",
        "",
        f"{_BOOKING_FAILURES}::test_a_booking_whose_answer_was_lost_is_told_as_new",
    ),
    Mutant(
        "That a slot has begun is told before whose it is",
        "chalicelib/domain/bookable.py",
        "    if slot.is_taken:\n",
        "    if slot.is_taken and not slot.has_begun(now):\n",
        f"{_BOOKING}::test_a_booking_is_found_again_however_late_it_is_sent_again",
    ),
    Mutant(
        "A booking that is sent again late is told that the slot has begun",
        _TAKING,
        "        if bookable.obstacle(self.believed, self.doctor, now=now):\n",
        "        if fault := bookable.obstacle(self.believed, self.doctor, now=now):\n"
        "            raise Conflict(fault, zone=self.doctor.zone)\n",
        f"{_BOOKING}::test_a_booking_is_found_again_however_late_it_is_sent_again",
    ),
    Mutant(
        "Settings that lost a race decide again on what they read at first",
        "chalicelib/use_cases/keep_doctors.py",
        "            known = self._known(wanted.doctor_id)\n",
        "            read = self.__dict__.setdefault('read', {})\n"
        "            if id(settings) not in read:\n"
        "                read[id(settings)] = self._known(wanted.doctor_id)\n"
        "            known = read[id(settings)]\n",
        "tests/contract/test_settings_of_doctors.py"
        "::test_of_two_who_change_a_doctor_at_once_the_later_keeps_what_the_earlier_did",
    ),
)
