"""Responses that the views of a schedule share: a page, a poll, and the result of a save."""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING

from chalice.app import Response
from msgspec import Struct

from chalicelib.bootstrap import get_services
from chalicelib.web.api.change_parsing import is_change_id
from chalicelib.web.http import cookies
from chalicelib.web.http.conditional import etag_matches
from chalicelib.web.http.negotiation import is_htmx
from chalicelib.web.http.request import url_prefix
from chalicelib.web.http.responses import not_modified
from chalicelib.web.pages import links
from chalicelib.web.pages.etags import form_etag, page_etag
from chalicelib.web.pages.frame import PRACTICE, SCHEDULE, build_frame
from chalicelib.web.pages.last_view import remember_view
from chalicelib.web.pages.practice_links import practice_url
from chalicelib.web.pages.rendering import render
from chalicelib.web.pages.schedule_view import FlashMessage, build_schedule_page
from chalicelib.web.texts import _

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from chalice.app import Request

    from chalicelib.domain.permissions import Caller
    from chalicelib.storage.day_repository import DayKey
    from chalicelib.web.http.types import Headers
    from chalicelib.web.pages.frame import Frame
    from chalicelib.web.pages.practice_view import PracticeView
    from chalicelib.web.pages.schedule import Schedule
    from chalicelib.web.pages.schedule_view import RejectedForm, SchedulePage

_SLOTS = ("_manage.html", "slots.html")
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
SETTINGS_SAVED = "settings_saved"
FEED_REVOKED = "feed_revoked"
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
                "Marked for rebooking. Booking sites get a message in 10 minutes: until then "
                "you can take it back."
            ),
            "success",
        ),
        DISRUPTION_LIFTED: (_("The booking is no longer marked for rebooking"), "success"),
        BOOKING_REMOVED: (_("The booking is removed"), "success"),
        SETTINGS_SAVED: (_("Settings saved successfully"), "success"),
        FEED_REVOKED: (
            _("The calendar feed is revoked: its address no longer works"),
            "success",
        ),
    }


def page_response(schedule: Schedule, caller: Caller, request: Request) -> Response:
    """The full page; for htmx the part that another date changes."""
    part, whole = ("_practice.html", "practice.html") if schedule.practice else _SLOTS
    template = part if is_htmx(request) else whole
    flash = None if is_htmx(request) else flash_outcome(request)
    frame = None if is_htmx(request) else _frame(schedule, caller, request)
    tag = page_etag(schedule, template=template, frame=frame, flash=flash.key if flash else None)
    headers: Headers = {"ETag": tag}
    if flash is not None:
        headers["Set-Cookie"] = clear_flash(request)
    elif schedule.practice is None and etag_matches(tag, request):  # its filters have no version
        return not_modified(tag, {"Cache-Control": "no-store"})
    else:
        headers |= {} if schedule.practice else remember_view(request, schedule.view)
    message = flash.message() if flash else None
    page = _build_page(schedule, caller, request, message=message, is_whole=True)
    return render(template, page, frame, headers=headers)


def _build_page(
    schedule: Schedule,
    caller: Caller,
    request: Request,
    *,
    message: FlashMessage | None = None,
    rejected: Mapping[DayKey, RejectedForm] | None = None,
    news: Sequence[str] = (),
    is_whole: bool = False,
) -> SchedulePage:
    """Build the page; only ``is_whole`` has the filters of a practice day."""
    base = url_prefix(request)
    return build_schedule_page(
        schedule,
        base=base,
        person=person_of(caller),
        message=message,
        rejected=rejected,
        news=news,
        practice=_build_practice(schedule, caller, base, is_whole=is_whole),
    )


def _build_practice(
    schedule: Schedule, caller: Caller, base: str, *, is_whole: bool
) -> PracticeView | None:
    if schedule.practice is None:
        return None
    from chalicelib.web.pages.practice_view import build_practice_view  # noqa: PLC0415  few pages

    offered = get_services().list_doctors.list_choices(caller) if is_whole else None
    return build_practice_view(schedule, schedule.practice, base, offered)


def _frame(schedule: Schedule, caller: Caller, request: Request) -> Frame:
    if schedule.practice:
        return build_frame(request, caller, section=PRACTICE)
    path = links.view_path("", schedule.view)
    return build_frame(request, caller, section=SCHEDULE, doctor=schedule.doctor, path=path)


def form_response(schedule: Schedule, caller: Caller, request: Request) -> Response:
    """The form as stored now, for a poll."""
    page = _build_page(schedule, caller, request)
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
        page = _build_page(schedule, caller, request, message=outcome.message(), news=news)
        # The month beside the week listens: its bars change with a save.
        return render("_schedule.html", page, headers={"HX-Trigger": "saved"})
    return redirect_with_flash(_url_of(schedule, url_prefix(request)), outcome, request)


def _url_of(schedule: Schedule, base: str) -> str:
    if schedule.practice is None:
        return links.view_url(base, schedule.view, schedule.doctor.doctor_id, schedule.chosen)
    search, focus = schedule.practice.search, schedule.practice.focus
    return practice_url(base, schedule.chosen, search, focus=focus)


def redirect_with_flash(url: str, outcome: Outcome, request: Request) -> Response:
    """Redirect to a page that shows the outcome once (RFC 9110, section 15.4.4)."""
    value = _FLASH_SEPARATOR.join((outcome.key, *outcome.changes))
    cookie = cookies.set_cookie_header(request, _FLASH_COOKIE, value, timedelta(minutes=1))
    headers: Headers = {"Location": url, "Set-Cookie": cookie}
    return Response(body="", status_code=HTTPStatus.SEE_OTHER, headers=headers)


def rejected_response(
    schedule: Schedule,
    rejected: Mapping[DayKey, RejectedForm],
    message: FlashMessage,
    news: Sequence[str],
    caller: Caller,
    request: Request,
    *,
    status: int,
) -> Response:
    """The form, or for a browser the page, with what the user edited and why it isn't saved."""
    is_whole = not is_htmx(request)
    page = _build_page(
        schedule,
        caller,
        request,
        message=message,
        rejected=rejected,
        news=news,
        is_whole=is_whole,
    )
    if not is_whole:
        return render("_schedule.html", page, status=status)
    template = "practice.html" if schedule.practice else "slots.html"
    return render(template, page, _frame(schedule, caller, request), status=status)


def with_name(name: str, sentences: Sequence[str]) -> list[str]:
    """Name the date or the doctor before each sentence about it."""
    return [_("%(name)s: %(sentence)s", name=name, sentence=sentence) for sentence in sentences]


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
