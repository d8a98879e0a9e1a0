"""View model of what the practice day has beside its table: its dates, filters and pages."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from msgspec import Struct, structs

from chalicelib.domain import local_time
from chalicelib.use_cases.manage_practice import MAX_DOCTORS, PracticeSearch
from chalicelib.web.pages.doctor_filters import FilterOption, filter_options
from chalicelib.web.pages.practice_links import practice_url, today_url

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from chalicelib.domain.doctor import Doctor
    from chalicelib.use_cases.list_doctors import ManageableDoctors
    from chalicelib.web.pages.schedule import Practice, Schedule

_ONE_DAY = timedelta(days=1)


class PracticeLinks(Struct, frozen=True, kw_only=True):
    """Links of the practice day; None beyond the first and the last date or doctor."""

    action: str
    poll: str
    undo: str
    previous: str | None
    today: str
    next: str | None
    previous_doctors: str | None
    next_doctors: str | None
    all_doctors: str | None


class PracticeView(Struct, frozen=True, kw_only=True):
    """The filters of the practice day.

    ``specialties`` and ``locations`` are empty where the doctors are too many to list: then they
    are typed. ``doctor_ids`` are those of the page.
    """

    links: PracticeLinks
    search: PracticeSearch
    doctor_ids: tuple[str, ...]
    specialties: tuple[FilterOption, ...]
    locations: tuple[FilterOption, ...]
    doctors: tuple[FilterOption, ...]
    most_doctors: int = MAX_DOCTORS


def build_practice_view(
    schedule: Schedule, practice: Practice, base: str, offered: ManageableDoctors | None = None
) -> PracticeView:
    """Build it; ``offered`` are the doctors to choose from, None if only the table is rendered."""
    search, shown = practice.search, [view.doctor for view in schedule.columns]
    is_complete = offered is not None and offered.is_complete
    known = offered.doctors if offered and is_complete else ()
    choices = {doctor.doctor_id: doctor for doctor in (*known, *shown)} if offered else {}
    return PracticeView(
        links=_links(schedule, practice, base),
        search=search,
        doctor_ids=tuple(doctor.doctor_id for doctor in shown),
        specialties=filter_options({doctor.specialty for doctor in known}, search.specialty),
        locations=filter_options({doctor.location for doctor in known}, search.location),
        doctors=_doctor_options(choices.values(), search),
    )


def _links(schedule: Schedule, practice: Practice, base: str) -> PracticeLinks:
    search, on = practice.search, schedule.chosen
    shown = [view.doctor.doctor_id for view in schedule.columns]
    action = practice_url(base, on, search, focus=practice.focus)

    def page(cursor: str | None) -> str | None:
        return practice_url(base, on, structs.replace(search, cursor=cursor)) if cursor else None

    return PracticeLinks(
        action=action,
        poll=practice_url(base, on, search, focus=practice.focus, shown=shown),
        undo=f"{base}/slots/undo?{action.partition('?')[2]}",
        previous=_date_url(base, on, -1, practice),
        # Without a date: the page may stay open past midnight.
        today=today_url(base, search, focus=practice.focus),
        next=_date_url(base, on, 1, practice),
        previous_doctors=page(practice.previous),
        next_doctors=page(practice.next),
        all_doctors=practice_url(base, on, PracticeSearch())
        if search != PracticeSearch()
        else None,
    )


def _date_url(base: str, on: date, days: int, practice: Practice) -> str | None:
    other = on + days * _ONE_DAY
    if not local_time.MIN_DATE <= other <= local_time.MAX_DATE:
        return None
    return practice_url(base, other, practice.search, focus=practice.focus)


def _doctor_options(doctors: Iterable[Doctor], search: PracticeSearch) -> tuple[FilterOption, ...]:
    return tuple(
        FilterOption(
            value=doctor.doctor_id,
            name=doctor.name,
            is_chosen=doctor.doctor_id in search.doctor_ids,
        )
        for doctor in sorted(doctors, key=lambda each: each.sort_key)
    )
