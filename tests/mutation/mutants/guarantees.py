"""Mutants of the other guarantees: rules, freshness, permissions, the order of events."""

from __future__ import annotations

import msgspec

from chalicelib.domain.availability import is_bookable
from chalicelib.domain.permissions import Caller
from chalicelib.domain.slot import Slot
from chalicelib.storage.doctor_cache import DoctorCache
from chalicelib.web.http.responses import etag
from tests.mutation.edits import (
    Text,
    always,
    becomes,
    drop,
    first_argument_only,
    first_only,
    never,
    shift_boundary,
    skip,
)
from tests.mutation.mutant import Mutant
from tests.mutation.selectors import (
    branch,
    call,
    comparison,
    constant,
    keyword,
    name,
    set_display,
    starred,
    statement,
    subscript,
)

MUTANTS = (
    Mutant(
        "Overlapping slots are stored",
        "chalicelib.domain.changes:_ChangeValidator._overlapping_slots",
        never(call(Slot.overlaps)),
        "tests/contract/test_saving_json.py::test_a_box_across_a_stored_slot_of_another_length_names_what_it_conflicts_with",
    ),
    Mutant(
        "Touching slots count as overlapping",
        "chalicelib.domain.slot:Slot.overlaps",
        shift_boundary(comparison(n=0)),
        "tests/unit/test_slot.py::test_slots_overlap_when_they_share_time_and_not_when_they_touch",
    ),
    Mutant(
        "The rules let a save close a booked or held slot",
        "chalicelib.domain.slot:Slot.is_taken",
        never(comparison()),
        "tests/unit/test_saving.py::test_a_slot_that_a_patient_has_cannot_be_withdrawn",
    ),
    Mutant(
        "A rejection names only the first invalid slot",
        "chalicelib.domain.changes:plan_changes",
        first_only(starred()),
        "tests/contract/test_saving_json.py::test_every_fault_of_a_request_is_told_at_once_and_nothing_is_stored",
    ),
    Mutant(
        "A hold does not expire",
        "chalicelib.domain.slot:Slot.as_of",
        never(comparison(n=-1)),
        "tests/contract/test_booking.py::test_a_hold_that_ran_out_is_free_for_everybody_at_that_very_second",
    ),
    Mutant(
        "Slots that cannot be booked are listed",
        "chalicelib.use_cases.find_slots:_filter_bookable",
        always(call(is_bookable)),
        "tests/contract/test_one_predicate.py::test_what_is_listed_can_be_held_and_booked_and_nothing_else_can",
    ),
    Mutant(
        "A slot at the exact end of the lead time cannot be booked",
        "chalicelib.domain.availability:is_bookable",
        shift_boundary(comparison(n=0)),
        "tests/contract/test_one_predicate.py::test_what_is_listed_can_be_held_and_booked_and_nothing_else_can",
    ),
    Mutant(
        "A booking does not change the ETag of the day",
        "chalicelib.web.routes.slots:get_slots",
        first_argument_only(call(etag)),
        "tests/contract/test_api.py::test_a_hold_that_runs_out_changes_the_etag",
    ),
    Mutant(
        "Cached settings are replaced by older ones that were read late",
        "chalicelib.storage.doctor_cache:DoctorCache.put",
        never(comparison("version")),
        "tests/unit/test_recent_doctors.py::test_what_comes_late_does_not_take_the_place_of_a_later_version",
    ),
    Mutant(
        "Cached settings are never replaced by a lower version",
        "chalicelib.storage.doctor_cache:DoctorCache.put",
        drop(call(DoctorCache._is_fresh)),
        "tests/unit/test_recent_doctors.py::test_a_table_that_was_put_back_to_an_earlier_state_is_believed_after_ten_seconds",
    ),
    Mutant(
        "The page does not poll for changes every two seconds",
        "chalicelib/web/templates/_day.html",
        Text("every 2s", "every 9s"),
        "tests/contract/test_polling.py::test_a_poll_of_an_unchanged_day_reads_one_item_and_gets_no_body",
    ),
    Mutant(
        "Settings of a doctor are cached for longer than ten seconds",
        "chalicelib.storage.doctor_cache:TTL",
        becomes(constant(10), 11),
        "tests/contract/test_settings_of_doctors.py::test_elsewhere_new_settings_hold_for_bookings_within_ten_seconds",
    ),
    Mutant(
        "Every signed-in user can save for every doctor",
        "chalicelib.use_cases.manage_slots:ManageSlots._save_attempt",
        becomes(call(Caller.require_role_for), "admin"),
        "tests/contract/test_conditions.py::test_whom_a_doctor_has_not_named_may_neither_look_nor_save",
    ),
    Mutant(
        "Every signed-in user can view the day of every doctor",
        "chalicelib.use_cases.manage_slots:ManageSlots._load_day",
        skip(statement(Caller.require_role_for)),
        "tests/contract/test_conditions.py::test_whom_a_doctor_has_not_named_may_neither_look_nor_save",
    ),
    Mutant(
        "A delegate can manage doctors who do not name them",
        "chalicelib.domain.permissions:Caller.role_for",
        drop(comparison("delegates")),
        "tests/contract/test_conditions.py::test_whom_a_doctor_has_not_named_may_neither_look_nor_save",
    ),
    Mutant(
        "A reader can book",
        "chalicelib.domain.permissions:Caller.require_can_book",
        drop(set_display()),
        "tests/contract/test_permissions.py::test_each_caller_may_what_the_table_says",
    ),
    Mutant(
        "Tokens of another issuer are accepted",
        "chalicelib.web.auth.tokens:TokenVerifier._claims",
        drop(constant("value")),
        "tests/contract/test_tokens.py::test_no_forged_token_lets_anybody_in",
    ),
    Mutant(
        "Tokens without an expiry are accepted",
        "chalicelib.web.auth.tokens:TokenVerifier._claims",
        drop(keyword("exp")),
        "tests/contract/test_tokens.py::test_no_forged_token_lets_anybody_in",
    ),
    Mutant(
        "Cross-site requests are accepted",
        "chalicelib.web.auth.authentication:require_same_origin",
        never(branch()),
        "tests/contract/test_sign_in.py::test_a_save_by_cookie_must_come_from_our_own_page",
    ),
    Mutant(
        "One call sends two events of one doctor",
        "chalicelib.events.publisher:_fits",
        drop(call(all)),
        "tests/unit/test_event_bus.py::test_two_events_of_one_doctor_are_never_in_one_call",
    ),
    Mutant(
        "The stream continues after an event that was not accepted",
        "chalicelib.use_cases.publish_changes:PublishChanges.publish",
        becomes(subscript(n=0), -1),
        "tests/unit/test_event_bus.py::test_the_stream_goes_on_at_the_first_record_whose_event_was_not_accepted",
    ),
    Mutant(
        "A body that is not JSON is reported as a bug",
        "chalicelib.web.api.validators:decode",
        drop(name(msgspec.DecodeError)),
        "tests/fuzz/test_any_request.py::test_any_request_of_who_may_do_everything_is_answered",
    ),
)
