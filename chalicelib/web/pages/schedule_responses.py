"""Responses that the day view and the week view share: a page, a poll, and the result of a save."""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING

from chalice.app import Response

from chalicelib.web import dates
from chalicelib.web.http import cookies
from chalicelib.web.http.conditional import etag_matches
from chalicelib.web.http.negotiation import is_htmx
from chalicelib.web.http.request import url_prefix
from chalicelib.web.http.responses import not_modified
from chalicelib.web.pages import links
from chalicelib.web.pages.etags import form_etag, page_etag
from chalicelib.web.pages.frame import SCHEDULE, build_frame
from chalicelib.web.pages.rendering import render
from chalicelib.web.pages.schedule_view import FlashMessage, build_schedule_page
from chalicelib.web.texts import _

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from chalice.app import Request

    from chalicelib.domain.permissions import Caller
    from chalicelib.web.http.types import Headers
    from chalicelib.web.pages.frame import Frame
    from chalicelib.web.pages.schedule import Schedule
    from chalicelib.web.pages.schedule_view import RejectedForm

SAVED = "saved"
UNCHANGED = "unchanged"
# Holds the key of a flash message during the redirect after a save without JavaScript.
_FLASH_COOKIE = "flash"
# Remembers which view the user opened last: day, week or month.
_VIEW_COOKIE = "view"
_ONE_YEAR = timedelta(days=365)


def _messages() -> dict[str, FlashMessage]:
    return {
        SAVED: FlashMessage(text=_("Slots saved successfully"), kind="success"),
        UNCHANGED: FlashMessage(text=_("No changes to save"), kind="info"),
    }


def last_view(request: Request) -> str | None:
    """Return the view that the user opened last, if the browser sends it."""
    return cookies.get(request, _VIEW_COOKIE)


def page_response(schedule: Schedule, caller: Caller, request: Request) -> Response:
    """The full page; for htmx the part that another date changes."""
    template = "_manage.html" if is_htmx(request) else "slots.html"
    flash = None if is_htmx(request) else _flash(request)
    frame = None if is_htmx(request) else _frame(schedule, caller, request)
    tag = page_etag(schedule, template=template, frame=frame, flash=flash)
    headers: Headers = {"ETag": tag}
    if flash is not None:
        headers["Set-Cookie"] = _flash_cookie(request, "", max_age=timedelta())
    elif etag_matches(tag, request):
        return not_modified(tag, {"Cache-Control": "no-store"})
    elif cookie := _view_cookie(schedule, request):
        headers["Set-Cookie"] = cookie
    page = build_schedule_page(
        schedule,
        base=url_prefix(request),
        person=person_of(caller),
        message=_messages().get(flash or ""),
    )
    return render(template, page, frame, headers=headers)


def _frame(schedule: Schedule, caller: Caller, request: Request) -> Frame:
    view = "week" if schedule.is_week else "day"
    path = links.view_path("", view)
    return build_frame(request, caller, section=SCHEDULE, doctor=schedule.doctor, path=path)


def form_response(schedule: Schedule, caller: Caller, request: Request) -> Response:
    """The form as stored now, for a poll."""
    page = build_schedule_page(schedule, base=url_prefix(request), person=person_of(caller))
    return render("_schedule.html", page, headers={"ETag": form_etag(schedule)})


def is_current(schedule: Schedule, request: Request) -> bool:
    """Return whether the page that polls has this form already."""
    return etag_matches(form_etag(schedule), request)


def unchanged_response(schedule: Schedule) -> Response:
    """Answer a poll without news."""
    return not_modified(form_etag(schedule), {"Cache-Control": "no-store"})


def saved_response(
    message_key: str, schedule: Schedule, news: Sequence[str], caller: Caller, request: Request
) -> Response:
    """For htmx the form as saved; for a browser a redirect to it (RFC 9110, section 15.4.4)."""
    if is_htmx(request):
        page = build_schedule_page(
            schedule,
            base=url_prefix(request),
            person=person_of(caller),
            message=_messages()[message_key],
            news=news,
        )
        # The month beside the week listens: its bars change with a save.
        return render("_schedule.html", page, headers={"HX-Trigger": "saved"})
    to_view = links.week_url if schedule.is_week else links.day_url
    headers: Headers = {
        "Location": to_view(url_prefix(request), schedule.doctor.doctor_id, schedule.chosen),
        "Set-Cookie": _flash_cookie(request, message_key, max_age=timedelta(minutes=1)),
    }
    return Response(body="", status_code=HTTPStatus.SEE_OTHER, headers=headers)


def rejected_response(
    schedule: Schedule,
    rejected: Mapping[date, RejectedForm],
    reason: str,
    news: Sequence[str],
    caller: Caller,
    request: Request,
    *,
    status: int,
) -> Response:
    """The form, or for a browser the page, with what the user edited and why it isn't saved."""
    page = build_schedule_page(
        schedule,
        base=url_prefix(request),
        person=person_of(caller),
        message=FlashMessage(text=reason, kind="error"),
        rejected=rejected,
        news=news,
    )
    if is_htmx(request):
        return render("_schedule.html", page, status=status)
    return render("slots.html", page, _frame(schedule, caller, request), status=status)


def with_weekday(on: date, sentences: Sequence[str]) -> list[str]:
    """Name the date before each sentence about it."""
    weekday = dates.short_weekday_name(on)
    return [
        _("%(weekday)s: %(sentence)s", weekday=weekday, sentence=sentence) for sentence in sentences
    ]


def person_of(caller: Caller) -> str:
    """Identify the signed-in person: the browser keeps unsaved ticks for them alone."""
    return caller.subject or caller.name


def _flash(request: Request) -> str | None:
    """The key of the message that the page shows once, if there is one."""
    key = cookies.get(request, _FLASH_COOKIE)
    return key if key in {SAVED, UNCHANGED} else None


def _flash_cookie(request: Request, message_key: str, *, max_age: timedelta) -> str:
    # Not secret, and only keys of our own messages count: it needs no signature.
    return cookies.set_cookie_header(request, _FLASH_COOKIE, message_key, max_age, path="/slots")


def _view_cookie(schedule: Schedule, request: Request) -> str | None:
    view = "week" if schedule.is_week else "day"
    if is_htmx(request) or last_view(request) == view:
        return None
    return cookies.set_cookie_header(request, _VIEW_COOKIE, view, _ONE_YEAR, path="/slots")
