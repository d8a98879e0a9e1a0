"""Responses that the day view and the week view share: a page, a poll, and the result of a save."""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING

from chalice.app import Response
from msgspec import Struct

from chalicelib.web import dates
from chalicelib.web.api.change_parsing import is_change_id
from chalicelib.web.http import cookies
from chalicelib.web.http.conditional import etag_matches
from chalicelib.web.http.negotiation import is_htmx
from chalicelib.web.http.request import url_prefix
from chalicelib.web.http.responses import not_modified
from chalicelib.web.pages import links
from chalicelib.web.pages.etags import form_etag, page_etag
from chalicelib.web.pages.frame import SCHEDULE, build_frame
from chalicelib.web.pages.last_view import remember_view
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
UNDONE = "undone"
UNDONE_IN_PART = "undone_in_part"
NOTHING_UNDONE = "nothing_undone"
DESK_BOOKED = "desk_booked"
DESK_FREED = "desk_freed"
HOLD_ENDED = "hold_ended"
DISRUPTED = "disrupted"
DISRUPTION_LIFTED = "disruption_lifted"
BOOKING_REMOVED = "booking_removed"
# Holds the key of a flash message, and the changes that it can undo, during the redirect after a
# save without JavaScript.
_FLASH_COOKIE = "flash"
_FLASH_SEPARATOR = ":"


class Outcome(Struct, frozen=True):
    """What a form did, by the key of its message, and the ids of the changes that it made."""

    key: str
    changes: tuple[str, ...] = ()

    def message(self) -> FlashMessage:
        text, kind = _messages()[self.key]
        return FlashMessage(text=text, kind=kind, undo=self.changes)


def _messages() -> dict[str, tuple[str, str]]:
    """The sentence and the kind of each message, by its key."""
    return {
        SAVED: (_("Slots saved successfully"), "success"),
        UNCHANGED: (_("No changes to save"), "info"),
        UNDONE: (_("Change undone"), "success"),
        UNDONE_IN_PART: (_("Undone, except what has been booked or changed since"), "info"),
        NOTHING_UNDONE: (
            _("Nothing was undone: the slots have been booked or changed since"),
            "error",
        ),
        DESK_BOOKED: (_("Booked by the practice"), "success"),
        DESK_FREED: (_("The booking by the practice has ended"), "success"),
        HOLD_ENDED: (_("The hold has ended"), "success"),
        DISRUPTED: (
            _(
                "Marked to be rebooked. Booking sites get a message in 10 minutes: until then "
                "you can take it back."
            ),
            "success",
        ),
        DISRUPTION_LIFTED: (_("The booking no longer has to be rebooked"), "success"),
        BOOKING_REMOVED: (_("The booking is removed"), "success"),
    }


def page_response(schedule: Schedule, caller: Caller, request: Request) -> Response:
    """The full page; for htmx the part that another date changes."""
    template = "_manage.html" if is_htmx(request) else "slots.html"
    flash = None if is_htmx(request) else flash_outcome(request)
    frame = None if is_htmx(request) else _frame(schedule, caller, request)
    tag = page_etag(schedule, template=template, frame=frame, flash=flash.key if flash else None)
    headers: Headers = {"ETag": tag}
    if flash is not None:
        headers["Set-Cookie"] = clear_flash(request)
    elif etag_matches(tag, request):
        return not_modified(tag, {"Cache-Control": "no-store"})
    else:
        headers |= remember_view(request, _view(schedule))
    page = build_schedule_page(
        schedule,
        base=url_prefix(request),
        person=person_of(caller),
        message=flash.message() if flash else None,
    )
    return render(template, page, frame, headers=headers)


def _frame(schedule: Schedule, caller: Caller, request: Request) -> Frame:
    path = links.view_path("", _view(schedule))
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
    outcome: Outcome, schedule: Schedule, news: Sequence[str], caller: Caller, request: Request
) -> Response:
    """For htmx the form as saved; for a browser a redirect to it (RFC 9110, section 15.4.4)."""
    if is_htmx(request):
        page = build_schedule_page(
            schedule,
            base=url_prefix(request),
            person=person_of(caller),
            message=outcome.message(),
            news=news,
        )
        # The month beside the week listens: its bars change with a save.
        return render("_schedule.html", page, headers={"HX-Trigger": "saved"})
    to_view = links.week_url if schedule.is_week else links.day_url
    url = to_view(url_prefix(request), schedule.doctor.doctor_id, schedule.chosen)
    return redirect_with_flash(url, outcome, request)


def redirect_with_flash(url: str, outcome: Outcome, request: Request) -> Response:
    """Redirect to a page that shows the outcome once (RFC 9110, section 15.4.4)."""
    value = _FLASH_SEPARATOR.join((outcome.key, *outcome.changes))
    cookie = cookies.set_cookie_header(request, _FLASH_COOKIE, value, timedelta(minutes=1))
    headers: Headers = {"Location": url, "Set-Cookie": cookie}
    return Response(body="", status_code=HTTPStatus.SEE_OTHER, headers=headers)


def rejected_response(
    schedule: Schedule,
    rejected: Mapping[date, RejectedForm],
    message: FlashMessage,
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
        message=message,
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


def flash_outcome(request: Request) -> Outcome | None:
    """The outcome that the page shows once, if there is one.

    The cookie needs no signature: only keys of our own messages and ids of changes count.
    """
    key, *changes = (cookies.get(request, _FLASH_COOKIE) or "").split(_FLASH_SEPARATOR)
    if key not in _messages():
        return None
    return Outcome(key, tuple(filter(is_change_id, changes)))


def clear_flash(request: Request) -> str:
    """A ``Set-Cookie`` header that ends the flash message."""
    return cookies.set_cookie_header(request, _FLASH_COOKIE, "", timedelta())


def _view(schedule: Schedule) -> str:
    return "week" if schedule.is_week else "day"
