"""Use cases of the practice day: one date of several doctors side by side, viewed and saved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct, structs

from chalicelib.domain import local_time
from chalicelib.domain.errors import DoctorNotFoundError
from chalicelib.domain.permissions import Role
from chalicelib.storage.pagination import wrong_cursor_error
from chalicelib.use_cases.retry import retry_on_conflict
from chalicelib.use_cases.save_days import DayWithDoctor

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import date, datetime

    from chalicelib.domain.doctor import Doctor
    from chalicelib.domain.permissions import Caller
    from chalicelib.storage.day_repository import DayRepository
    from chalicelib.storage.doctor_cache import DoctorCache
    from chalicelib.storage.doctor_repository import DoctorRepository
    from chalicelib.use_cases.list_doctors import ListDoctors
    from chalicelib.use_cases.manage_slots import SaveRequest
    from chalicelib.use_cases.save_many_days import DayOutcome, SaveManyDays

MAX_DOCTORS = 20
"""How many doctors a page has at most."""
# Marks a cursor that leads to the page before; base64url has no such character.
_BACKWARD = "~"
_MAX_OFFSET_DIGITS = 4


class PracticeSearch(Struct, frozen=True, kw_only=True):
    """Which doctors to show: those whom all members match.

    ``doctor_ids`` are at most 20, or none for all; ``cursor`` leads to a further page.
    """

    specialty: str | None = None
    location: str | None = None
    doctor_ids: tuple[str, ...] = ()
    cursor: str | None = None

    def matches(self, doctor: Doctor) -> bool:
        """Return whether the doctor has the specialty and the location."""
        return self.specialty in {None, doctor.specialty} and self.location in {
            None,
            doctor.location,
        }


class PracticeDay(Struct, frozen=True, kw_only=True):
    """One date of up to 20 doctors by name, as of ``now``.

    ``previous`` and ``next`` are the cursors of the pages before and after; None if there is none.
    """

    date: date
    views: tuple[DayWithDoctor, ...]
    now: datetime
    previous: str | None = None
    next: str | None = None


class _Page(Struct, frozen=True, kw_only=True):
    doctors: Sequence[Doctor]
    previous: str | None = None
    next: str | None = None


class ManagePractice:
    """A date of the doctors whom a caller may manage. Each doctor's date is saved by itself."""

    def __init__(
        self,
        save_days: SaveManyDays,
        list_doctors: ListDoctors,
        doctors: DoctorRepository,
        days: DayRepository,
        doctor_cache: DoctorCache,
        now: Callable[[], datetime],
        pause: Callable[[int], None],
    ) -> None:
        self._save_days = save_days
        self._list_doctors = list_doctors
        self._doctors = doctors
        self._days = days
        self._doctor_cache = doctor_cache
        self._now = now
        self._pause = pause

    def get_day(self, caller: Caller, search: PracticeSearch, date: date | None) -> PracticeDay:
        """Return a page of the doctors found; without ``date``, today where the first of them is.

        At most two reads find the doctors (for a location without a specialty, two for each
        specialty), and one reads them and their days. Raises
        ``DoctorNotFoundError`` and ``PermissionDeniedError`` for a selected doctor,
        ``RequestRejectedError`` for a cursor of another search, ``StoreUnavailableError``.
        """
        caller.require_can_manage_any()
        if search.doctor_ids:
            return self._get_selected(caller, search, date)
        page = self._find_doctors(caller, search)
        now = self._now()
        on = date or _today(page.doctors, now)
        ids = [doctor.doctor_id for doctor in page.doctors]
        found = self._read(ids, on)
        # The list of doctors may be some seconds older than what was read now.
        views = [view for view in found if caller.role_for(view.doctor)]
        return PracticeDay(
            date=on, views=_by_name(views), now=now, previous=page.previous, next=page.next
        )

    def get_doctors(self, caller: Caller, doctor_ids: Sequence[str], date: date) -> PracticeDay:
        """Return the date of these doctors, at most 20, in one read.

        Raises ``DoctorNotFoundError``, ``PermissionDeniedError``, ``StoreUnavailableError``.
        """
        return self._get_known(caller, doctor_ids, date, {})

    def get_doctors_cached(
        self, caller: Caller, doctor_ids: Sequence[str], date: date
    ) -> PracticeDay:
        """Like ``get_doctors``, with doctor settings that may be up to ten seconds old.

        A poll then reads days alone. Never render the result: it could show outdated settings.
        """
        known = {each: self._doctor_cache.peek(each) for each in doctor_ids}
        cached = {doctor_id: doctor for doctor_id, doctor in known.items() if doctor}
        return self._get_known(caller, doctor_ids, date, cached)

    def save(self, caller: Caller, requests: Sequence[SaveRequest]) -> tuple[DayOutcome, ...]:
        """Save the date of each doctor by itself, in that order, and return the result of each.

        Raises as ``SaveManyDays.save``.
        """
        return self._save_days.save(caller, requests)

    def _get_selected(
        self, caller: Caller, search: PracticeSearch, date: date | None
    ) -> PracticeDay:
        first = search.doctor_ids[0]
        on = date or local_time.local_date(self._now(), self._doctor_cache.get_zone(first))
        day = self.get_doctors(caller, search.doctor_ids, on)
        views = tuple(view for view in day.views if search.matches(view.doctor))
        return structs.replace(day, views=views)

    def _get_known(
        self, caller: Caller, doctor_ids: Sequence[str], date: date, known: Mapping[str, Doctor]
    ) -> PracticeDay:
        views = self._read(doctor_ids, date, known)
        found = {view.doctor.doctor_id for view in views}
        for doctor_id in doctor_ids:
            if doctor_id not in found:
                raise DoctorNotFoundError(doctor_id)
        for view in views:
            caller.require_role_for(view.doctor)
        return PracticeDay(date=date, views=_by_name(views), now=self._now())

    def _read(
        self, doctor_ids: Sequence[str], date: date, known: Mapping[str, Doctor] | None = None
    ) -> list[DayWithDoctor]:
        now = self._now()
        read = retry_on_conflict(lambda: self._days.list_on(date, doctor_ids, known), self._pause)
        for doctor, _ in read:
            if doctor.doctor_id not in (known or {}):
                self._doctor_cache.put(doctor, now)
        return [DayWithDoctor(doctor=doctor, day=day.as_of(now), now=now) for doctor, day in read]

    def _find_doctors(self, caller: Caller, search: PracticeSearch) -> _Page:
        if caller.doctor_id and not caller.roles & {Role.ADMIN, Role.DELEGATE}:
            return _slice([self._doctor_cache.get(caller.doctor_id)], search)
        manageable = self._list_doctors.list_choices(caller)
        if manageable.is_complete:
            return _slice(manageable.doctors, search)
        return self._search_directory(search)

    def _search_directory(self, search: PracticeSearch) -> _Page:
        """Find doctors of an admin who can manage too many to filter a list of all."""
        fields = {"specialty": search.specialty, "location": search.location}
        cursor = search.cursor or ""
        is_backward = cursor.startswith(_BACKWARD)
        page = self._doctors.list_page(
            **fields,
            limit=MAX_DOCTORS,
            cursor=cursor.removeprefix(_BACKWARD) or None,
            is_backward=is_backward,
        )
        if not page.doctors:
            return _Page(doctors=())
        first, last = (self._doctors.cursor_at(page.doctors[n], **fields) for n in (0, -1))
        has_previous = page.cursor if is_backward else cursor
        has_next = cursor if is_backward else page.cursor
        return _Page(
            doctors=page.doctors,
            previous=f"{_BACKWARD}{first}" if has_previous else None,
            next=last if has_next else None,
        )


def _slice(doctors: Sequence[Doctor], search: PracticeSearch) -> _Page:
    """Return a page of the doctors that match; a cursor is how many of them come before it.

    Raises ``RequestRejectedError`` for a cursor of another search.
    """
    text = search.cursor or "0"
    if not (text.isascii() and text.isdecimal() and len(text) <= _MAX_OFFSET_DIGITS):
        raise wrong_cursor_error()
    offset = int(text)
    found = [doctor for doctor in doctors if search.matches(doctor)]
    following = offset + MAX_DOCTORS
    return _Page(
        doctors=found[offset:following],
        previous=str(max(0, offset - MAX_DOCTORS)) if offset else None,
        next=str(following) if len(found) > following else None,
    )


def _today(doctors: Sequence[Doctor], now: datetime) -> date:
    return local_time.local_date(now, doctors[0].zone) if doctors else now.date()


def _sorted(doctors: Iterable[Doctor]) -> list[Doctor]:
    return sorted(doctors, key=lambda doctor: doctor.sort_key)


def _by_name(views: Sequence[DayWithDoctor]) -> tuple[DayWithDoctor, ...]:
    by_id = {view.doctor.doctor_id: view for view in views}
    return tuple(by_id[doctor.doctor_id] for doctor in _sorted(view.doctor for view in views))
