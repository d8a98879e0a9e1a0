"""Conditions of the writes of closures: each version, page and doctor counts once."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from chalicelib.domain.audit_log import Actor
from chalicelib.domain.closure import Closure
from chalicelib.domain.permissions import Role
from chalicelib.domain.plan_errors import PlanModifiedError
from chalicelib.storage.closure_repository import ClosureRepository
from chalicelib.storage.time_off_repository import TimeOffRepository
from tests.support.factories import MONDAY, SUNDAY_NOON

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.app_client import AppClient

CLOSURE = Closure(
    closure_id="c-1",
    name="Closed",
    first=MONDAY,
    last=MONDAY,
    author=Actor(name="alex", role=Role.ADMIN, client="page"),
    changed_at=SUNDAY_NOON,
)
LIFTED = CLOSURE.lifted(0, SUNDAY_NOON)
STORED, TIME_OFF = ClosureRepository(), TimeOffRepository()


@pytest.fixture(autouse=True)
def _closure(client: AppClient) -> AppClient:
    STORED.put(CLOSURE)
    TIME_OFF.put("dr-lee", CLOSURE.time_off, replaced=None)
    return client


def assert_rejected(write: Callable[[], None]) -> None:
    before = STORED.get("c-1")
    with pytest.raises(PlanModifiedError):
        write()
    assert STORED.get("c-1") == before


def test_closure_is_stored_once() -> None:
    assert_rejected(lambda: STORED.put(replace(CLOSURE, name="Another")))


def test_two_admins_do_not_lift_a_closure_twice() -> None:
    STORED.put(LIFTED)
    assert_rejected(lambda: STORED.put(replace(LIFTED, name="Another")))


def test_page_of_doctors_is_counted_once() -> None:
    STORED.count_page(CLOSURE, 100, "next")
    assert_rejected(lambda: STORED.count_page(CLOSURE, 100, "next"))
    second = STORED.get("c-1")
    STORED.count_page(second, 10, "last")
    assert_rejected(lambda: STORED.count_page(second, 10, "last"))
    STORED.count_page(STORED.get("c-1"), 1, None)
    assert_rejected(lambda: STORED.count_page(CLOSURE, 100, "next"))
    found = STORED.get("c-1")
    assert (found.doctors_found, found.has_all_doctors) == (111, True)


def test_nothing_is_counted_for_a_replaced_version() -> None:
    STORED.put(LIFTED)
    assert_rejected(lambda: STORED.count_page(CLOSURE, 100, None))
    assert_rejected(lambda: STORED.count_doctor(CLOSURE, "dr-lee"))


def test_doctor_is_counted_once() -> None:
    STORED.count_doctor(CLOSURE, "dr-lee")
    assert_rejected(lambda: STORED.count_doctor(CLOSURE, "dr-lee"))
    assert STORED.get("c-1").doctors_done == 1


def test_doctor_with_a_later_version_is_not_counted() -> None:
    TIME_OFF.put("dr-lee", LIFTED.time_off, replaced=1)
    assert_rejected(lambda: STORED.count_doctor(CLOSURE, "dr-lee"))
