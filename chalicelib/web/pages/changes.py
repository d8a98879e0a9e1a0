"""The page of changes: who changed a doctor's schedule, when, and through what; with filters."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from msgspec import Struct

from chalicelib.bootstrap import get_services
from chalicelib.domain.change_feed import ChangeSearch
from chalicelib.domain.errors import RequestRejectedError
from chalicelib.web import dates
from chalicelib.web.api.change_parsing import parse_change_search
from chalicelib.web.http.negotiation import is_htmx, wants_html
from chalicelib.web.http.request import query, url_prefix
from chalicelib.web.pages import links, messages
from chalicelib.web.pages.change_filters import (
    build_filter_form,
    build_rejected_form,
    filters_of,
)
from chalicelib.web.pages.change_lines import build_days
from chalicelib.web.pages.frame import CHANGES, build_frame
from chalicelib.web.pages.rendering import render
from chalicelib.web.pages.schedule_responses import clear_flash, flash_outcome
from chalicelib.web.pages.schedule_view import FlashMessage
from chalicelib.web.texts import _

if TYPE_CHECKING:
    from datetime import date

    from chalice.app import Request, Response

    from chalicelib.domain.permissions import Caller
    from chalicelib.use_cases.list_changes import Changes
    from chalicelib.web.http.types import Headers
    from chalicelib.web.pages.change_filters import FilterForm
    from chalicelib.web.pages.change_lines import DayOfChanges

_LINES_PER_PAGE = 50
_LINES_BESIDE_DAY = 20


class Feed(Struct, frozen=True, kw_only=True):
    """A page of the feed.

    ``undo_url`` is where a change is undone; the page that it leads back to has the same filters.
    ``nothing`` says why there are no lines. ``older`` are the URL and the text of the link to the
    next page, ``all_url`` is that of the first.
    """

    base: str
    doctor_id: str
    all_url: str = ""
    undo_url: str = ""
    undo_page: str = ""
    days: tuple[DayOfChanges, ...] = ()
    nothing: str = ""
    older: tuple[str, str] | None = None


class ChangesPage(Struct, frozen=True, kw_only=True):
    """The values of the page; ``base`` is the prefix of its links."""

    base: str
    doctor_name: str
    time_zone: str
    title: str
    back_url: str
    back_title: str
    filters: FilterForm
    feed: Feed
    message: FlashMessage | None = None


def render_changes(caller: Caller, doctor_id: str, request: Request) -> Response:
    """The page; for htmx its content, or the history of a day for the page of that day."""
    try:
        search = parse_change_search(request, doctor_id)
    except RequestRejectedError as error:
        if not wants_html(request):  # a client that is no browser gets problem details
            raise
        return _render_rejected(caller, doctor_id, error, request)
    if is_htmx(request) and query(request, "part") == "history":
        changes = _list(caller, search, request, _LINES_BESIDE_DAY)
        return render("_history.html", _feed(changes, request, "day"))
    changes = _list(caller, search, request, _LINES_PER_PAGE)
    return _render_page(caller, changes, request, "changes")


def render_history(caller: Caller, doctor_id: str, on: date, request: Request) -> Response:
    """The page of the changes of one date."""
    search = ChangeSearch(doctor_id=doctor_id, on=on)
    changes = _list(caller, search, request, _LINES_PER_PAGE)
    return _render_page(caller, changes, request, "history")


def _list(caller: Caller, search: ChangeSearch, request: Request, limit: int) -> Changes:
    return get_services().changes.list_changes.list_page(
        caller,
        search,
        limit=limit,
        cursor=query(request, "cursor"),
        # A plan changes many dates: the changes of one need no line of their own.
        with_whole_plans=search.on is None,
    )


def _render_page(caller: Caller, changes: Changes, request: Request, name: str) -> Response:
    doctor, search = changes.doctor, changes.search
    flash = None if is_htmx(request) else flash_outcome(request)
    back_url, back_title = _back(search, request)
    page = ChangesPage(
        base=url_prefix(request),
        doctor_name=doctor.name,
        time_zone=messages.format_zone(doctor.zone),
        title=_title(search),
        back_url=back_url,
        back_title=back_title,
        filters=build_filter_form(changes, caller),
        feed=_feed(changes, request, name),
        message=flash.message() if flash else None,
    )
    if is_htmx(request):
        return render("_changes.html", page, headers={"HX-Push-Url": page.feed.all_url})
    path, kept = _switcher_target(search, request, name)
    frame = build_frame(request, caller, section=CHANGES, doctor=doctor, path=path, fields=kept)
    headers: Headers = {"Set-Cookie": clear_flash(request)} if flash else {}
    return render("changes.html", page, frame, headers=headers)


def _switcher_target(
    search: ChangeSearch, request: Request, name: str
) -> tuple[str, dict[str, str]]:
    """The path and the fields of the same page of another doctor, whom other people assist."""
    kept = {field: value for field, value in filters_of(search).items() if field != "by"}
    if name == "changes":
        return "/changes", kept
    return "/slots/history", kept | _view(request)


def _render_rejected(
    caller: Caller, doctor_id: str, error: RequestRejectedError, request: Request
) -> Response:
    """The form as it was sent, and what is wrong in place of changes."""
    doctor = get_services().doctors.get(doctor_id)
    caller.require_role_for(doctor)
    form = build_rejected_form(request, error)
    back_url, back_title = _back(ChangeSearch(doctor_id=doctor_id), request)
    page = ChangesPage(
        base=url_prefix(request),
        doctor_name=doctor.name,
        time_zone=messages.format_zone(doctor.zone),
        title=_("Changes"),
        back_url=back_url,
        back_title=back_title,
        filters=form,
        feed=Feed(base=url_prefix(request), doctor_id=doctor_id),
        message=FlashMessage(text=". ".join(form.errors.values()), kind="error"),
    )
    if is_htmx(request):
        return render("_changes.html", page, status=HTTPStatus.BAD_REQUEST)
    frame = build_frame(request, caller, section=CHANGES, doctor=doctor, path="/changes")
    return render("changes.html", page, frame, status=HTTPStatus.BAD_REQUEST)


def _title(search: ChangeSearch) -> str:
    if search.on:
        return _("Changes to %(date)s", date=dates.format_date(search.on))
    if search.first and search.last:
        return _("Changes to %(dates)s", dates=dates.format_range(search.first, search.last))
    return _("Changes")


def _back(search: ChangeSearch, request: Request) -> tuple[str, str]:
    """Lead back to the date or the week of the changes."""
    base, chosen = url_prefix(request), search.on or search.first
    if chosen and _view(request):
        title = _("Back to the week of %(date)s", date=dates.format_day_and_month(chosen))
        return links.week_url(base, search.doctor_id, chosen), title
    if search.on:
        title = _("Back to %(date)s", date=dates.format_day_and_month(search.on))
        return links.day_url(base, search.doctor_id, search.on), title
    return links.landing_url(base, "day", search.doctor_id), _("Back to the schedule")


def _view(request: Request) -> dict[str, str]:
    """The parameter of a page that leads back to the week."""
    return {"view": "week"} if query(request, "view") == "week" else {}


def _feed(changes: Changes, request: Request, name: str) -> Feed:
    """The feed on the page of that name, to which an undo leads back."""
    base, filters = url_prefix(request), filters_of(changes.search)
    return Feed(
        base=base,
        all_url=_url(changes, request),
        undo_url=f"{base}/slots/undo" + (f"?{urlencode(filters)}" if filters else ""),
        undo_page=name,
        doctor_id=changes.doctor.doctor_id,
        days=build_days(changes, base),
        nothing=_nothing(changes, request),
        older=_older(changes, request),
    )


def _nothing(changes: Changes, request: Request) -> str:
    if changes.entries:
        return ""
    if changes.reached:
        since = dates.format_date(changes.reached.astimezone(changes.doctor.zone).date())
        return _("No changes match since %(date)s", date=since)
    if query(request, "cursor"):
        return _("No older changes")
    is_filtered = filters_of(changes.search).keys() - {"date"}
    return _("No changes match these filters") if is_filtered else _("No changes yet")


def _older(changes: Changes, request: Request) -> tuple[str, str] | None:
    if not changes.cursor:
        return None
    text = _("Older changes") if changes.entries else _("Search older changes")
    return _url(changes, request, changes.cursor), text


def _url(changes: Changes, request: Request, cursor: str | None = None) -> str:
    filters = filters_of(changes.search)
    return links.changes_url(url_prefix(request), changes.doctor.doctor_id, filters, cursor)
