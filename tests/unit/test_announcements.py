"""When disrupted bookings are announced, and what is never announced."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.domain.announcements import GRACE, MarkedSlot, plan_announcement
from tests.support.factories import to_instant

MINUTE = timedelta(minutes=1)
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def marked(
    *, ago: int | None = None, announced_ago: int | None = None, start: str = "09:00"
) -> MarkedSlot:
    """Make a slot that was marked, and whose mark was announced, so many minutes ago."""
    instants = [None if m is None else NOW - m * MINUTE for m in (ago, announced_ago)]
    at = to_instant(start)
    return MarkedSlot(start=at, end=at + 30 * MINUTE, since=instants[0], announced=instants[1])


def test_marks_are_announced_together_after_the_grace() -> None:
    slots = [marked(ago=10, start="10:00"), marked(ago=12)]

    plan = plan_announcement(slots, NOW)

    assert (plan.disrupted, plan.lifted, plan.next_check) == ((slots[1], slots[0]), (), None)


def test_last_mark_begins_the_grace_of_all() -> None:
    plan = plan_announcement([marked(ago=12), marked(ago=4, start="10:00")], NOW)

    assert (plan.disrupted, plan.next_check) == ((), NOW - 4 * MINUTE + GRACE)


def test_first_mark_waits_no_longer_than_twice_the_grace() -> None:
    plan = plan_announcement([marked(ago=20), marked(ago=1, start="10:00")], NOW)

    assert len(plan.disrupted) == 2


@pytest.mark.parametrize(
    ("slot", "is_announced"),
    [
        (marked(), False),
        (marked(ago=30, announced_ago=30), False),
        (marked(announced_ago=30), True),
        (marked(ago=15, announced_ago=30), True),
    ],
)
def test_only_what_subscribers_do_not_know_is_announced(
    slot: MarkedSlot, *, is_announced: bool
) -> None:
    plan = plan_announcement([slot], NOW)

    assert bool(plan.disrupted or plan.lifted) is is_announced
    assert plan.next_check is None


def test_lifted_mark_is_announced_while_others_wait() -> None:
    lifted = marked(announced_ago=30)

    plan = plan_announcement([lifted, marked(ago=1, start="10:00")], NOW)

    assert (plan.disrupted, plan.lifted) == ((), (lifted,))
    assert plan.next_check is not None
