"""Mutants of the other guarantees: rules, freshness, permissions, the order of events."""

from __future__ import annotations

import msgspec

from chalicelib.domain.availability import is_bookable
from chalicelib.domain.permissions import Caller
from chalicelib.domain.slot import Slot
from chalicelib.storage.doctor_cache import DoctorCache
from chalicelib.use_cases.manage_slots import ManageSlots
from tests.mutation.edits import (
    Text,
    always,
    becomes,
    drop,
    first_only,
    never,
    rename,
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
    starred,
    statement,
    subscript,
)

MUTANTS = (
    Mutant(
        "Overlapping slots are stored",
        "chalicelib.domain.changes:_ChangeValidator._overlapping_slots",
        never(call(Slot.overlaps)),
        "tests/api/test_saving_json.py::test_overlap_with_stored_slot_names_the_conflict",
    ),
    Mutant(
        "Touching slots count as overlapping",
        "chalicelib.domain.slot:Slot.overlaps",
        shift_boundary(comparison(n=0)),
        "tests/unit/test_slot.py::test_slots_overlap_when_sharing_time_not_when_touching",
    ),
    Mutant(
        "The rules let a save close a booked or held slot",
        "chalicelib.domain.slot:Slot.is_taken",
        never(comparison()),
        "tests/unit/test_plan_changes.py::test_claimed_slot_cannot_be_closed",
    ),
    Mutant(
        "A rejection names only the first invalid slot",
        "chalicelib.domain.changes:plan_changes",
        first_only(starred()),
        "tests/api/test_saving_json.py::test_all_violations_are_reported_and_nothing_is_written",
    ),
    Mutant(
        "A hold does not expire",
        "chalicelib.domain.slot:Slot.as_of",
        never(comparison("now")),
        "tests/api/test_holds.py::test_hold_expires_at_its_exact_end_second",
    ),
    Mutant(
        "Slots that cannot be booked are listed",
        "chalicelib.use_cases.find_slots:_filter_bookable",
        always(call(is_bookable)),
        "tests/api/test_availability_consistency.py::test_list_hold_and_book_agree_on_availability",
    ),
    Mutant(
        "A slot at the exact end of the lead time cannot be booked",
        "chalicelib.domain.availability:is_bookable",
        shift_boundary(comparison("lead_time")),
        "tests/api/test_availability_consistency.py::test_list_hold_and_book_agree_on_availability",
    ),
    Mutant(
        "A booking does not change the ETag of the day",
        "chalicelib.web.http.responses:etag_of_bytes",
        becomes(call("hexdigest"), "always-the-same"),
        "tests/api/test_api.py::test_expired_hold_changes_etag",
    ),
    Mutant(
        "A page does not learn of a booking",
        "chalicelib.web.pages.etags:_column_state",
        becomes(name("revision"), 0),
        "tests/api/test_polling.py::test_booking_and_cancellation_are_news",
    ),
    Mutant(
        "A page does not learn of new settings",
        "chalicelib.web.pages.etags:_column_state",
        becomes(name("version"), 0),
        "tests/api/test_polling.py::test_changed_settings_are_news",
    ),
    Mutant(
        "A page does not learn that a hold lapsed",
        "chalicelib.domain.day:Day.clock_state",
        never(comparison("HELD")),
        "tests/api/test_polling.py::test_hold_and_its_expiry_are_news",
    ),
    Mutant(
        "A page does not learn that a slot has begun",
        "chalicelib.domain.day:Day.clock_state",
        never(comparison("start")),
        "tests/api/test_polling.py::test_begun_slot_is_news",
    ),
    Mutant(
        "A page is rendered from cached settings",
        "chalicelib.web.pages.day:poll_form",
        rename(ManageSlots.get_day, ManageSlots.get_day_cached),
        "tests/api/test_polling.py::test_page_never_reverts_to_older_settings",
    ),
    Mutant(
        "Cached settings are replaced by older ones that were read late",
        "chalicelib.storage.doctor_cache:DoctorCache.put",
        never(comparison("version")),
        "tests/unit/test_doctor_cache.py::test_late_read_does_not_replace_newer_version",
    ),
    Mutant(
        "Cached settings are never replaced by a lower version",
        "chalicelib.storage.doctor_cache:DoctorCache.put",
        drop(call(DoctorCache._is_fresh)),
        "tests/unit/test_doctor_cache.py::test_restored_older_version_is_used_after_ten_seconds",
    ),
    Mutant(
        "The page does not poll for changes",
        "chalicelib/web/templates/_schedule.html",
        Text('hx-trigger="poll"', 'hx-trigger="load"'),
        "tests/api/test_polling.py::test_unchanged_poll_reads_one_item_and_has_no_body",
    ),
    Mutant(
        "Settings of a doctor are cached for longer than ten seconds",
        "chalicelib.storage.doctor_cache:TTL",
        becomes(constant(10), 11),
        "tests/api/test_doctor_settings.py::test_new_settings_apply_elsewhere_within_ten_seconds",
    ),
    Mutant(
        "Every signed-in user can save for every doctor",
        "chalicelib.use_cases.save_days:_require_actor",
        becomes(call(Caller.require_role_for), "admin"),
        "tests/api/test_conditions.py::test_unlisted_delegate_can_neither_read_nor_save",
    ),
    Mutant(
        "Every signed-in user can view the day of every doctor",
        "chalicelib.use_cases.manage_slots:ManageSlots._load_day",
        skip(statement(Caller.require_role_for)),
        "tests/api/test_conditions.py::test_unlisted_delegate_can_neither_read_nor_save",
    ),
    Mutant(
        "A delegate can manage doctors who do not name them",
        "chalicelib.domain.permissions:Caller.role_for",
        drop(comparison("delegates")),
        "tests/api/test_conditions.py::test_unlisted_delegate_can_neither_read_nor_save",
    ),
    Mutant(
        "A reader can book",
        "chalicelib.domain.permissions:Caller.require_owner",
        never(branch("BOOKING_SITE")),
        "tests/api/test_permissions.py::test_each_caller_has_documented_permissions",
    ),
    Mutant(
        "Tokens of another issuer are accepted",
        "chalicelib.web.auth.tokens:TokenVerifier._decode",
        drop(constant("value")),
        "tests/api/test_tokens.py::test_forged_tokens_are_rejected",
    ),
    Mutant(
        "Tokens without an expiry are accepted",
        "chalicelib.web.auth.tokens:TokenVerifier._decode",
        drop(keyword("exp")),
        "tests/api/test_tokens.py::test_forged_tokens_are_rejected",
    ),
    Mutant(
        "Cross-site requests are accepted",
        "chalicelib.web.auth.origin_checks:require_same_origin",
        never(branch()),
        "tests/api/test_login_session.py::test_cookie_save_requires_same_origin",
    ),
    Mutant(
        "One call sends two events of one doctor",
        "chalicelib.events.publisher:_fits",
        drop(call(all)),
        "tests/unit/test_event_publisher.py::test_events_of_one_doctor_are_in_separate_calls",
    ),
    Mutant(
        "The stream continues after an event that was not accepted",
        "chalicelib.use_cases.publish_changes:PublishChanges.publish",
        becomes(subscript(n=0), -1),
        "tests/unit/test_event_publisher.py::test_stream_resumes_at_first_failed_record",
    ),
    Mutant(
        "A body that is not JSON is reported as a bug",
        "chalicelib.web.api.decoding:decode_json",
        drop(name(msgspec.DecodeError)),
        "tests/fuzz/test_random_requests.py::test_admin_requests_never_return_500",
    ),
)
