"""Mutants of the conditions of plans and series."""

from __future__ import annotations

from chalicelib.storage.plan_models import PlanItem, SeriesItem
from chalicelib.storage.time_off_models import ClosureItem, TimeOffItem
from tests.mutation.edits import always, becomes, drop, exists, first_only, never
from tests.mutation.mutant import Mutant
from tests.mutation.selectors import call, choice, condition, generator, keyword

_REPOSITORY = "chalicelib.storage.plan_repository:PlanRepository"
_CLOSURES = "chalicelib.storage.closure_repository:ClosureRepository"
_TIME_OFF = "chalicelib.storage.time_off_repository:TimeOffRepository"
_TESTS = "tests/api/test_plan_conditions.py"
_IN_TURN = "tests/api/test_plans_in_turn.py"
_READS = "tests/api/test_consistent_reads.py::test_reads_of_plans_are_consistent"

MUTANTS = (
    Mutant(
        "A plan overwrites another one",
        f"{_REPOSITORY}.create",
        becomes(condition(PlanItem, "does_not_exist"), None),
        f"{_TESTS}::test_proposal_does_not_overwrite_a_plan",
    ),
    Mutant(
        "A plan starts twice",
        f"{_REPOSITORY}.start",
        drop(condition("has_started")),
        f"{_TESTS}::test_plan_starts_once",
    ),
    Mutant(
        "A plan that is gone starts",
        f"{_REPOSITORY}.start",
        drop(condition(PlanItem, "pk")),
        f"{_TESTS}::test_expired_proposal_does_not_start",
    ),
    Mutant(
        "Two plans make the same version of a series",
        f"{_REPOSITORY}.start",
        becomes(condition(SeriesItem, "does_not_exist"), None),
        f"{_TESTS}::test_two_plans_do_not_make_the_same_version_of_a_series",
    ),
    Mutant(
        "Two plans make the same version of time off",
        "chalicelib.storage.time_off_writes:put_time_off",
        exists(condition(TimeOffItem, "version")),
        "tests/api/test_time_off_conditions.py::test_two_plans_do_not_lift_the_same_time_off",
    ),
    Mutant(
        "Time off is made twice",
        "chalicelib.storage.time_off_writes:put_time_off",
        becomes(condition(TimeOffItem, "does_not_exist"), None),
        "tests/api/test_time_off_conditions.py::test_time_off_is_made_once",
    ),
    Mutant(
        "A date is blocked for time off that was lifted meanwhile",
        "chalicelib.storage.time_off_writes:require_latest",
        exists(condition(TimeOffItem, "version")),
        "tests/api/test_time_off_conditions.py::test_no_date_is_blocked_after_time_off_is_lifted",
    ),
    Mutant(
        "A closure is lifted twice at once",
        f"{_CLOSURES}.put",
        exists(condition(ClosureItem, "version")),
        "tests/api/test_closure_conditions.py::test_two_admins_do_not_lift_a_closure_twice",
    ),
    Mutant(
        "A closure overwrites another one",
        f"{_CLOSURES}.put",
        becomes(condition(ClosureItem, "does_not_exist"), None),
        "tests/api/test_closure_conditions.py::test_closure_is_stored_once",
    ),
    Mutant(
        "A page of doctors is counted for a version that is replaced",
        f"{_CLOSURES}.count_page",
        exists(condition(ClosureItem, "version")),
        "tests/api/test_closure_conditions.py::test_nothing_is_counted_for_a_replaced_version",
    ),
    Mutant(
        "A page of doctors is counted twice",
        "chalicelib.storage.closure_repository:_is_at",
        exists(condition(ClosureItem, "does_not_exist")),
        "tests/api/test_closure_conditions.py::test_page_of_doctors_is_counted_once",
    ),
    Mutant(
        "A later page of doctors is counted twice",
        "chalicelib.storage.closure_repository:_is_at",
        exists(condition(ClosureItem, "cursor", n=0)),
        "tests/api/test_closure_conditions.py::test_page_of_doctors_is_counted_once",
    ),
    Mutant(
        "The first page is counted again after the last",
        "chalicelib.storage.closure_repository:_is_at",
        exists(condition(ClosureItem, "has_all")),
        "tests/api/test_closure_conditions.py::test_page_of_doctors_is_counted_once",
    ),
    Mutant(
        "A doctor is counted for a closure that was lifted",
        f"{_CLOSURES}.count_doctor",
        exists(condition(ClosureItem, "version")),
        "tests/api/test_closure_conditions.py::test_nothing_is_counted_for_a_replaced_version",
    ),
    Mutant(
        "A doctor is counted for a version that is replaced",
        f"{_CLOSURES}.count_doctor",
        exists(condition(TimeOffItem, "version", n=0)),
        "tests/api/test_closure_conditions.py::test_doctor_with_a_later_version_is_not_counted",
    ),
    Mutant(
        "A doctor is counted twice",
        f"{_CLOSURES}.count_doctor",
        exists(condition(TimeOffItem, "counted_version", n=1)),
        "tests/api/test_closure_conditions.py::test_doctor_is_counted_once",
    ),
    Mutant(
        "A doctor is never counted",
        f"{_CLOSURES}.count_doctor",
        drop(condition(TimeOffItem, "does_not_exist")),
        "tests/api/test_closure_conditions.py::test_doctor_is_counted_once",
    ),
    Mutant(
        "A plan is undone by two others",
        "chalicelib.storage.plan_repository:_mark_undone",
        drop(condition("undone_by")),
        f"{_TESTS}::test_plan_is_undone_by_one_other",
    ),
    Mutant(
        "A plan that has not started is undone",
        "chalicelib.storage.plan_repository:_mark_undone",
        drop(condition("has_started")),
        f"{_TESTS}::test_only_a_plan_that_has_started_is_undone",
    ),
    Mutant(
        "A plan that is done is stopped",
        f"{_REPOSITORY}.set_state",
        exists(condition(PlanItem, "state")),
        f"{_TESTS}::test_plan_that_was_finished_meanwhile_does_not_stop",
    ),
    Mutant(
        "The preview of a plan that is gone is stored",
        f"{_REPOSITORY}.set_preview",
        becomes(condition(PlanItem, "pk"), None),
        f"{_TESTS}::test_missing_plan_gets_no_preview",
    ),
    Mutant(
        "The progress of a plan goes back",
        f"{_REPOSITORY}.record_progress",
        exists(condition("isoformat")),
        f"{_TESTS}::test_progress_never_goes_back",
    ),
    Mutant(
        "The first progress of a plan is not recorded",
        f"{_REPOSITORY}.record_progress",
        drop(condition("does_not_exist")),
        f"{_TESTS}::test_first_progress_is_recorded",
    ),
    Mutant(
        "A plan that is gone is finished",
        f"{_REPOSITORY}.finish",
        becomes(condition(PlanItem, "pk"), None),
        f"{_TESTS}::test_missing_plan_is_not_finished",
    ),
    Mutant(
        "A version that does not exist is marked as applied",
        f"{_REPOSITORY}.finish",
        becomes(condition(SeriesItem, "pk"), None),
        f"{_TESTS}::test_missing_version_is_not_marked_as_applied",
    ),
    Mutant(
        "A version of a series is stored twice",
        "chalicelib.storage.series_repository:SeriesRepository.replace_version",
        becomes(condition(SeriesItem, "does_not_exist"), None),
        f"{_TESTS}::test_version_is_stored_once",
    ),
    Mutant(
        "A version is applied to an earlier date than before",
        "chalicelib.storage.series_repository:SeriesRepository.set_applied_to",
        exists(condition("isoformat")),
        f"{_TESTS}::test_extension_never_goes_back",
    ),
    Mutant(
        "The first extension of a version is not recorded",
        "chalicelib.storage.series_repository:SeriesRepository.set_applied_to",
        drop(condition("does_not_exist")),
        f"{_TESTS}::test_first_extension_is_recorded",
    ),
    Mutant(
        "A version that does not exist leaves the index",
        "chalicelib.storage.series_repository:remove_from_index",
        becomes(condition(SeriesItem, "exists"), None),
        f"{_TESTS}::test_only_a_stored_version_is_replaced",
    ),
    Mutant(
        "Plans of other states are listed",
        f"{_REPOSITORY}.list_latest",
        exists(condition(PlanItem, "state")),
        f"{_TESTS}::test_plans_of_a_state_are_listed_alone",
    ),
    Mutant(
        "The changes of others count as the plan's",
        "chalicelib.storage.audit_log:AuditLog.list_plan",
        exists(condition("plan_id")),
        f"{_TESTS}::test_plan_counts_only_its_own_changes",
    ),
    Mutant(
        "A move counts as a cancellation in a report",
        "chalicelib.storage.audit_log:AuditLog.count_cancelled",
        becomes(condition("is_in"), None),
        "tests/api/test_reports.py::test_report_has_fill_rate_cancellations_and_third_next",
    ),
    Mutant(
        "A plan of a replaced version goes on",
        "chalicelib.domain.plan:PlanSources.is_replaced",
        never(call(bool)),
        f"{_IN_TURN}::test_an_overtaken_plan_leaves_its_dates_to_the_later_one",
    ),
    Mutant(
        "A step under way overwrites a later version",
        "chalicelib.domain.plan_days:is_up_to_date",
        first_only(generator(0)),
        f"{_IN_TURN}::test_a_step_under_way_does_not_overwrite_a_later_version",
    ),
    Mutant(
        "A plan closes what its preview did not show",
        "chalicelib.domain.plan:Plan.may_close",
        always(call(all)),
        "tests/api/test_plans.py::test_a_plan_stops_before_it_closes_slots_not_in_its_preview",
    ),
    Mutant(
        "A series closes slots that were opened by hand",
        "chalicelib.domain.merge:_by_hand",
        becomes(choice(), None),
        "tests/api/test_plans.py::test_an_edited_series_changes_only_what_it_opened",
    ),
    *(
        Mutant(f"{what} not read consistently", target, never(keyword("consistent_read")), _READS)
        for what, target in (
            ("A plan is", f"{_REPOSITORY}.get"),
            ("Time off is", f"{_TIME_OFF}.get"),
            ("A closure is", f"{_CLOSURES}.get"),
            ("The list of closures is", f"{_CLOSURES}.list_all"),
            ("The list of time off is", f"{_TIME_OFF}.list_all"),
            ("The list of plans is", f"{_REPOSITORY}.list_latest"),
            ("The changes of a plan are", "chalicelib.storage.audit_log:AuditLog.list_plan"),
            (
                "The series are",
                "chalicelib.storage.series_repository:SeriesRepository.list_versions",
            ),
        )
    ),
)
