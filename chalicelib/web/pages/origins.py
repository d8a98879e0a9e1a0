"""The page that says why the slots of a date are open: by which series, or by whom."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from msgspec import Struct

from chalicelib.bootstrap import get_services
from chalicelib.domain import local_time
from chalicelib.web import dates
from chalicelib.web.http.negotiation import is_htmx
from chalicelib.web.http.request import query, url_prefix
from chalicelib.web.pages import links, messages, plan_links
from chalicelib.web.pages.boxes import Box
from chalicelib.web.pages.frame import SCHEDULE, build_frame
from chalicelib.web.pages.plan_words import format_ranges
from chalicelib.web.pages.rendering import render
from chalicelib.web.texts import _

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from chalice.app import Request, Response

    from chalicelib.domain.doctor import Doctor
    from chalicelib.domain.permissions import Caller
    from chalicelib.domain.slot import Slot
    from chalicelib.use_cases.list_changes import Author, Authors
    from chalicelib.use_cases.save_days import DayWithDoctor


class OriginView(Struct, frozen=True, kw_only=True):
    """Slots with the same origin; ``series_url`` is empty if no series opened them.

    ``boxes`` are the values of their boxes on the page of the day.
    """

    times: str
    boxes: str
    sentence: str
    series_name: str
    series_url: str


class OriginsPage(Struct, frozen=True, kw_only=True):
    """The values of the page."""

    doctor_name: str
    time_zone: str
    title: str
    origins: tuple[OriginView, ...]
    history_url: str
    back_url: str
    back_title: str


class _Origin(NamedTuple):
    series_id: str | None
    version: int | None
    author: str | None
    on: date | None


def render_origins(caller: Caller, doctor_id: str, on: date, request: Request) -> Response:
    """Render what opened each slot of the date; for the script of the schedule the list alone."""
    services, base = get_services(), url_prefix(request)
    view = services.manage_slots.get_day(caller, doctor_id, on)
    versions = services.plans.list_series.list_versions(caller, doctor_id)
    names = {series.series_id: series.name for series in versions.all_latest()}
    authors = services.changes.list_changes.find_authors(caller, view.doctor, on)
    page = OriginsPage(
        doctor_name=view.doctor.name,
        time_zone=messages.format_zone(view.doctor.zone),
        title=_("Why slots are open on %(date)s", date=dates.format_date(on)),
        origins=_origins(view, names, authors, base),
        history_url=links.history_url(base, doctor_id, on),
        back_url=links.day_url(base, doctor_id, on),
        back_title=_("Back to %(date)s", date=dates.format_day_and_month(on)),
    )
    if is_htmx(request) and query(request, "part") == "origins":
        return render("_origins.html", page)
    frame = build_frame(
        request,
        caller,
        section=SCHEDULE,
        doctor=view.doctor,
        path="/slots/origins",
        fields={"date": on.isoformat()},
    )
    return render("origins.html", page, frame)


def _origins(
    view: DayWithDoctor, names: Mapping[str, str], authors: Authors, base: str
) -> tuple[OriginView, ...]:
    doctor, opened = view.doctor, authors.opened
    in_order = sorted(view.day.slots.values(), key=lambda slot: slot.start)

    def origin(slot: Slot) -> _Origin:
        return _origin_of(slot, opened, view)

    groups = [(key, [*slots]) for key, slots in groupby(in_order, key=origin)]
    return tuple(_describe(key, slots, doctor, names, base) for key, slots in groups)


def _origin_of(slot: Slot, opened: Mapping[datetime, Author], view: DayWithDoctor) -> _Origin:
    if slot.origin and slot.origin.series_id:
        series_id = slot.origin.series_id
        return _Origin(series_id, view.day.series_versions.get(series_id), None, None)
    author = opened.get(slot.start)
    if author is None:
        return _Origin(None, None, None, None)
    name = _("someone else") if author.name is None else author.name
    return _Origin(None, None, name, local_time.local_date(author.at, view.doctor.zone))


def _describe(
    origin: _Origin, slots: Sequence[Slot], doctor: Doctor, names: Mapping[str, str], base: str
) -> OriginView:
    series_id = origin.series_id or ""
    name = names.get(series_id, "")
    return OriginView(
        times=format_ranges(slots, doctor.zone),
        boxes=" ".join(str(Box.for_slot(slot)) for slot in slots),
        sentence=_sentence(origin, is_named=bool(name)),
        series_name=name,
        series_url=plan_links.edit_url(base, doctor.doctor_id, series_id) if name else "",
    )


def _sentence(origin: _Origin, *, is_named: bool) -> str:
    if origin.series_id:
        if not is_named:
            return _("From a series")
        if origin.version is None:
            return _("From the series")
        return _("From version %(version)s of the series", version=origin.version)
    if origin.on is None:
        return _("Opened before the record of changes begins")
    when = dates.format_date_without_weekday(origin.on)
    if not origin.author:
        return _("Opened by you on %(date)s", date=when)
    return _("Opened by %(name)s on %(date)s", name=origin.author, date=when)
