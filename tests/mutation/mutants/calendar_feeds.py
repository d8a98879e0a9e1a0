"""Mutants of the conditions of calendar feeds."""

from __future__ import annotations

from chalicelib.storage.calendar_feed_models import CalendarFeedItem
from tests.mutation.edits import always, becomes, exists, never
from tests.mutation.mutant import Mutant
from tests.mutation.selectors import call, condition, keyword

_REPOSITORY = "chalicelib.storage.calendar_feed_repository:CalendarFeedRepository"
_TESTS = "tests/api/test_calendar_feed_conditions.py"

MUTANTS = (
    Mutant(
        "A feed overwrites another one",
        f"{_REPOSITORY}.put",
        becomes(condition(CalendarFeedItem, "does_not_exist"), None),
        f"{_TESTS}::test_feed_is_created_once",
    ),
    Mutant(
        "Two renewals make the same version of a feed",
        f"{_REPOSITORY}.put",
        exists(condition(CalendarFeedItem, "version")),
        f"{_TESTS}::test_two_renewals_do_not_make_the_same_version",
    ),
    Mutant(
        "A feed is revoked twice",
        f"{_REPOSITORY}.delete",
        becomes(condition(CalendarFeedItem, "exists"), None),
        f"{_TESTS}::test_feed_is_revoked_once",
    ),
    Mutant(
        "Any secret opens a feed",
        "chalicelib.domain.calendar_feed:CalendarFeed.has_secret",
        always(call("compare_digest")),
        "tests/api/test_calendar_feeds.py::test_wrong_address_is_not_found",
    ),
    *(
        Mutant(
            f"{what} not read consistently",
            f"{_REPOSITORY}.{method}",
            never(keyword("consistent_read")),
            "tests/api/test_consistent_reads.py::test_reads_of_plans_are_consistent",
        )
        for what, method in (
            ("A feed is", "get"),
            ("The list of feeds is", "list_all"),
            ("What a feed shows is", "get_with_days"),
        )
    ),
)
