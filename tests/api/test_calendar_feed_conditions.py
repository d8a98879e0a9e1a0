"""Conditions of the writes of calendar feeds: each address is made once, and ends for good."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from chalicelib.domain.audit_log import Actor, AuditLogEntry, ChangeKind, SettingChange
from chalicelib.domain.calendar_feed import (
    CalendarFeed,
    CalendarFeedModifiedError,
    CalendarFeedNotFoundError,
)
from chalicelib.domain.permissions import Role
from chalicelib.storage.calendar_feed_repository import CalendarFeedRepository
from tests.support.factories import SUNDAY_NOON

if TYPE_CHECKING:
    from collections.abc import Callable

    from chalicelib.domain.errors import DomainError
    from tests.support.app_client import AppClient

FEED = CalendarFeed(
    doctor_id="dr-lee",
    feed_id="1f0c9ae27b35",
    name="Phone",
    created_at=SUNDAY_NOON,
    created_by="dr-lee",
    secret_hash="0" * 64,
)
RENEWED = replace(FEED, version=2, secret_hash="1" * 64)
STORED = CalendarFeedRepository()


def entry(number: int) -> AuditLogEntry:
    """Return an entry of an instant of its own."""
    return AuditLogEntry(
        doctor_id="dr-lee",
        at=SUNDAY_NOON + timedelta(seconds=number),
        kind=ChangeKind.SETTINGS,
        actor=Actor(name="dr-lee", role=Role.DOCTOR, client="page"),
        suffix="a",
        settings={"calendar_feed": SettingChange(before=None, after="Phone")},
    )


@pytest.fixture(autouse=True)
def _feed(client: AppClient) -> AppClient:
    STORED.put(FEED, entry(0))
    return client


def assert_rejected(
    client: AppClient,
    write: Callable[[], None],
    error: type[DomainError] = CalendarFeedModifiedError,
) -> None:
    before = client.export()
    with pytest.raises(error):
        write()
    assert client.export() == before


def test_feed_is_created_once(client: AppClient) -> None:
    assert_rejected(client, lambda: STORED.put(replace(FEED, name="Another"), entry(1)))


def test_two_renewals_do_not_make_the_same_version(client: AppClient) -> None:
    STORED.put(RENEWED, entry(1))
    assert_rejected(client, lambda: STORED.put(replace(RENEWED, name="Another"), entry(2)))


def test_renewal_does_not_bring_a_revoked_feed_back(client: AppClient) -> None:
    STORED.delete(FEED, entry(1))
    assert_rejected(client, lambda: STORED.put(RENEWED, entry(2)))


def test_feed_is_revoked_once(client: AppClient) -> None:
    STORED.delete(FEED, entry(1))
    assert_rejected(client, lambda: STORED.delete(FEED, entry(2)), CalendarFeedNotFoundError)
