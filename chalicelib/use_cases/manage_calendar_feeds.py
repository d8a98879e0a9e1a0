"""Use cases of calendar feeds: create, list, renew and revoke them, and read one."""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import TYPE_CHECKING

from msgspec import Struct

from chalicelib.domain import local_time
from chalicelib.domain.audit_log import (
    CALENDAR_FEED,
    Actor,
    AuditLogEntry,
    ChangeKind,
    SettingChange,
)
from chalicelib.domain.calendar_feed import (
    DAYS_BACK,
    CalendarFeed,
    CalendarFeedNotFoundError,
    FeedAddress,
    hash_secret,
    is_valid_feed_id,
    list_events,
    require_room,
    require_valid_name,
)
from chalicelib.domain.errors import DoctorNotFoundError
from chalicelib.use_cases.managed_doctors import read_managed_doctor
from chalicelib.use_cases.retry import busy_after_conflicts, retry_on_conflict

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from chalicelib.domain.calendar_feed import CalendarEvent
    from chalicelib.domain.doctor import Doctor
    from chalicelib.domain.permissions import Caller
    from chalicelib.storage.calendar_feed_repository import CalendarFeedRepository
    from chalicelib.storage.doctor_cache import DoctorCache


class NewAddress(Struct, frozen=True, kw_only=True):
    """A feed and its address, which cannot be read later."""

    feed: CalendarFeed
    address: FeedAddress


class DoctorFeeds(Struct, frozen=True, kw_only=True):
    """The feeds of a doctor, the oldest first."""

    doctor: Doctor
    feeds: tuple[CalendarFeed, ...]


class Calendar(Struct, frozen=True, kw_only=True):
    """What a feed shows: the doctor's slots from 30 days ago to the end of the booking window."""

    feed: CalendarFeed
    doctor: Doctor
    events: tuple[CalendarEvent, ...]


class ManageCalendarFeeds:
    """The calendar feeds of doctors.

    The writes raise ``StoreUnavailableError`` and ``OutcomeUnknownError``, and those with a caller
    ``DoctorNotFoundError`` and ``PermissionDeniedError``.
    """

    def __init__(
        self,
        feeds: CalendarFeedRepository,
        doctor_cache: DoctorCache,
        now: Callable[[], datetime],
        pause: Callable[[int], None],
    ) -> None:
        self._feeds = feeds
        self._doctor_cache = doctor_cache
        self._now = now
        self._pause = pause

    def list_all(self, caller: Caller, doctor_id: str) -> DoctorFeeds:
        """Return the doctor's feeds."""
        doctor = self._require_managed(caller, doctor_id)
        found = sorted(self._list(doctor_id), key=lambda feed: (feed.created_at, feed.feed_id))
        return DoctorFeeds(doctor=doctor, feeds=tuple(found))

    @busy_after_conflicts()
    def create(self, caller: Caller, doctor_id: str, name: str) -> NewAddress:
        """Create a feed. Raises ``RequestRejectedError``."""
        require_valid_name(name)
        doctor = self._require_managed(caller, doctor_id)
        require_room(len(self._list(doctor_id)))
        address = FeedAddress(doctor_id, secrets.token_hex(6), secrets.token_urlsafe(32))
        feed = CalendarFeed(
            doctor_id=doctor_id,
            feed_id=address.feed_id,
            name=name,
            created_at=self._now(),
            created_by=caller.name,
            secret_hash=hash_secret(address.secret),
        )
        self._feeds.put(feed, self._entry(caller, doctor, before=None, after=name))
        return NewAddress(feed=feed, address=address)

    @busy_after_conflicts()
    def renew(self, caller: Caller, doctor_id: str, feed_id: str) -> NewAddress:
        """Give a feed another address; the old one ends. Raises ``CalendarFeedNotFoundError``."""
        doctor = self._require_managed(caller, doctor_id)
        address = FeedAddress(doctor_id, feed_id, secrets.token_urlsafe(32))

        def attempt() -> CalendarFeed:
            stored = self._get(doctor_id, feed_id)
            hashed, version = hash_secret(address.secret), stored.version + 1
            feed = replace(stored, secret_hash=hashed, version=version)
            self._feeds.put(feed, self._entry(caller, doctor, before=feed.name, after=feed.name))
            return feed

        return NewAddress(feed=retry_on_conflict(attempt, self._pause), address=address)

    @busy_after_conflicts()
    def revoke(self, caller: Caller, doctor_id: str, feed_id: str) -> None:
        """End a feed and its address. Raises ``CalendarFeedNotFoundError``."""
        doctor = self._require_managed(caller, doctor_id)
        feed = self._get(doctor_id, feed_id)
        self._feeds.delete(feed, self._entry(caller, doctor, before=feed.name, after=None))

    def read(self, address: FeedAddress) -> Calendar:
        """Return what the feed at the address shows.

        One query, and a read of the doctor if this process does not know them. Raises
        ``CalendarFeedNotFoundError``, ``StoreUnavailableError``.
        """
        now = self._now()
        first = local_time.dates_anywhere(now)[0] - DAYS_BACK
        feed, days = retry_on_conflict(
            lambda: self._feeds.get_with_days(address.doctor_id, address.feed_id, first),
            self._pause,
        )
        if not feed.has_secret(address.secret):
            raise CalendarFeedNotFoundError
        doctor = self._doctor_of(feed)
        events = list_events(days, doctor.last_bookable_date(now), now)
        return Calendar(feed=feed, doctor=doctor, events=events)

    def _doctor_of(self, feed: CalendarFeed) -> Doctor:
        try:
            return self._doctor_cache.get(feed.doctor_id)
        except DoctorNotFoundError:
            raise CalendarFeedNotFoundError from None

    def _require_managed(self, caller: Caller, doctor_id: str) -> Doctor:
        return retry_on_conflict(
            lambda: read_managed_doctor(caller, self._doctor_cache, doctor_id), self._pause
        )

    def _get(self, doctor_id: str, feed_id: str) -> CalendarFeed:
        if not is_valid_feed_id(feed_id):
            raise CalendarFeedNotFoundError
        return retry_on_conflict(lambda: self._feeds.get(doctor_id, feed_id), self._pause)

    def _list(self, doctor_id: str) -> Sequence[CalendarFeed]:
        return retry_on_conflict(lambda: self._feeds.list_all(doctor_id), self._pause)

    def _entry(
        self, caller: Caller, doctor: Doctor, *, before: str | None, after: str | None
    ) -> AuditLogEntry:
        return AuditLogEntry(
            doctor_id=doctor.doctor_id,
            at=self._now(),
            kind=ChangeKind.SETTINGS,
            actor=Actor.of(caller, caller.require_role_for(doctor)),
            suffix=secrets.token_hex(8),
            settings={CALENDAR_FEED: SettingChange(before=before, after=after)},
        )
