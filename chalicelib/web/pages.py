"""The Manage Slots page: drawing it, and saving it by its form."""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING

from chalice.app import Response
from msgspec import structs

from chalicelib import observation
from chalicelib.bootstrap import services
from chalicelib.domain.errors import KeyReused, Refused
from chalicelib.web import (
    auth,
    cookies,
    day_links,
    day_page,
    inputs,
    negotiation,
    problems,
    rendering,
    representations,
)
from chalicelib.web.day_page import DayPage, Message

if TYPE_CHECKING:
    from datetime import date

    from chalice.app import Request

    from chalicelib.domain.caller import Caller
    from chalicelib.domain.day import Day
    from chalicelib.use_cases.manage_slots import DoctorsDay
    from chalicelib.web.forms import DayForm

_MESSAGES = {
    "saved": Message(text=representations.SAVED, kind="success"),
    "unchanged": Message(text="Nothing has changed, so nothing was saved", kind="info"),
}
# Carries a word over the redirect after a save without JavaScript; the next page says it once.
_COOKIE = "said"


def day(caller: Caller, doctor_id: str, on: date | None, request: Request) -> Response:
    """The whole page; to htmx the part of it that another date changes, or that a poll asks for."""
    # The form asks for itself every two seconds, and wants no more than itself ("part=day").
    if on and negotiation.is_htmx(request) and inputs.query(request, "part") == "day":
        return _form(caller, doctor_id, on, request)
    template = "_manage.html" if negotiation.is_htmx(request) else "slots.html"
    said = None if negotiation.is_htmx(request) else _said(request)
    seen = services().manage_slots.look_at(caller, doctor_id, on)
    page = day_page.draw(
        seen,
        base=negotiation.base(request),
        signed_in_as=auth.signed_in_as(caller),
        message=said,
    )
    headers = {"ETag": _etag(page, template)}
    if said:
        headers["Set-Cookie"] = _cookie(request, "", lasts=timedelta())
    elif representations.is_known(headers["ETag"], request):
        return representations.not_modified(headers["ETag"], {"Cache-Control": "no-store"})
    return rendering.html(template, page, headers={**headers})


def _form(caller: Caller, doctor_id: str, on: date, request: Request) -> Response:
    """The form as it would be drawn now, or 304 where that is what the page has.

    A glance tells whether there is news. It may be at settings that were changed a moment ago
    elsewhere, so what is drawn is never drawn of it: the screen would go back to the old ones.
    """
    manage_slots = services().manage_slots
    for read in (manage_slots.glance_at, manage_slots.look_at):
        page = day_page.draw(read(caller, doctor_id, on), base=negotiation.base(request))
        if representations.is_known(page.etag, request):
            return representations.not_modified(page.etag, {"Cache-Control": "no-store"})
    return rendering.html("_day.html", page, headers={"ETag": page.etag})


def save(caller: Caller, form: DayForm, request: Request) -> Response:
    """Save what the doctor changed; where that is refused, say why and keep her ticks."""
    try:
        saved = services().manage_slots.save(caller, form.request)
    except (Refused, KeyReused) as error:
        seen = services().manage_slots.look_at(caller, form.request.doctor_id, form.request.date)
        if isinstance(error, Refused) and not form.request.asked:
            return _done("unchanged", seen, form, seen.day, request)
        return _refused(error, seen, form, auth.signed_in_as(caller), request)
    observation.current().counts["Saves"] += saved.is_new
    return _done("saved", saved, form, saved.before, request)


def _done(word: str, seen: DoctorsDay, form: DayForm, before: Day, request: Request) -> Response:
    """To htmx the form as it is now; to a browser a redirect to it (RFC 9110, section 15.4.4)."""
    if negotiation.is_htmx(request):
        told = day_page.news(before, form.drawn, form.version, seen.doctor.zone)
        page = day_page.draw(
            seen, base=negotiation.base(request), message=_MESSAGES[word], news=told
        )
        return rendering.html("_day.html", page)
    headers: negotiation.Headers = {
        "Location": day_links.to_day(
            negotiation.base(request), seen.doctor.doctor_id, seen.day.date
        ),
        "Set-Cookie": _cookie(request, word, lasts=timedelta(minutes=1)),
    }
    return Response(body="", status_code=HTTPStatus.SEE_OTHER, headers=headers)


def _refused(
    error: Refused | KeyReused,
    seen: DoctorsDay,
    form: DayForm,
    signed_in_as: str | None,
    request: Request,
) -> Response:
    problem = problems.of(error)
    if not negotiation.wants_html(request):
        return problems.answer(problem, request)
    observation.current().code = problem.code
    refused = error if isinstance(error, Refused) else None
    told = day_page.news(seen.day, form.drawn, form.version, seen.doctor.zone)
    page = day_page.draw(
        seen,
        base=negotiation.base(request),
        signed_in_as=signed_in_as,
        message=Message(text=f"Not saved. {_why(error)}", kind="error"),
        left=form.drawn,
        refused=refused,
        news=told if refused else (),  # else it is what she did herself, by the earlier save
    )
    template = "_day.html" if negotiation.is_htmx(request) else "slots.html"
    return rendering.html(template, page, status=problem.status)


def _why(error: Refused | KeyReused) -> str:
    if isinstance(error, KeyReused):
        return "An earlier save of this page got through: look at the ticks, then save again"
    return str(error)


def _etag(page: DayPage, template: str) -> str:
    """Of what is drawn, whatever the form's own key; a page is another thing than a part of it."""
    return representations.etag(page.version, [template, structs.replace(page, request_id="")])


def _said(request: Request) -> Message | None:
    return _MESSAGES.get(cookies.value(request, _COOKIE) or "")


def _cookie(request: Request, word: str, *, lasts: timedelta) -> str:
    # Nothing secret, and only ever one of our own words: no key, no signature.
    return cookies.setting(request, _COOKIE, word, lasts, path="/slots")
