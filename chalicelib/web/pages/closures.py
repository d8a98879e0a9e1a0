"""The page on which admins close the practice, and lift that."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from chalice.app import Response
from msgspec import Struct

from chalicelib import closure_services, request_context
from chalicelib.bootstrap import get_services
from chalicelib.domain.closure import ClosureState
from chalicelib.domain.errors import RequestRejectedError
from chalicelib.web import dates
from chalicelib.web.api.closure_parsing import parse_closure_fields, parse_closure_lines
from chalicelib.web.http.negotiation import wants_html
from chalicelib.web.http.request import url_prefix
from chalicelib.web.pages.day_form import decode_fields
from chalicelib.web.pages.field_errors import errors_by_field
from chalicelib.web.pages.frame import CLOSURES, build_frame
from chalicelib.web.pages.rendering import render
from chalicelib.web.texts import _, ngettext

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chalice.app import Request

    from chalicelib.domain.closure import Closure
    from chalicelib.domain.permissions import Caller


class ClosureView(Struct, frozen=True, kw_only=True):
    """A closure of the list."""

    name: str
    when: str
    state: str
    lift_path: str


class ClosuresPage(Struct, frozen=True, kw_only=True):
    """The values of the page. ``lines`` are the closures of the form, one a line."""

    base: str
    closures: tuple[ClosureView, ...]
    first: str
    last: str
    name: str
    lines: str
    errors: Mapping[str, str]


def render_closures(
    caller: Caller,
    request: Request,
    fields: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
) -> Response:
    """Render the list and the forms; with errors the status is 400."""
    found = get_services().closures.manage.list_all(caller)
    base, sent = url_prefix(request), fields or {}
    page = ClosuresPage(
        base=base,
        closures=tuple(_view(closure, base) for closure in found),
        first=sent.get("from", ""),
        last=sent.get("to", ""),
        name=sent.get("name", ""),
        lines=sent.get("lines", ""),
        errors=errors or {},
    )
    status = HTTPStatus.BAD_REQUEST if errors else HTTPStatus.OK
    frame = build_frame(request, caller, section=CLOSURES)
    return render("closures.html", page, frame, status=status)


def save_form(caller: Caller, request: Request) -> Response:
    """Close the practice on the dates of the form, or on those of its lines."""
    sent = {name: values[-1].strip() for name, values in decode_fields(request, ()).items()}
    lines = sent.get("lines", "")
    services = get_services()
    try:
        requests = parse_closure_lines(lines) if lines else (parse_closure_fields(sent),)
        made = services.closures.manage.create(caller, requests)
    except RequestRejectedError as error:
        if not wants_html(request):
            raise
        request_context.current_request().code = error.code
        errors = _errors_of_lines(error) if lines else _errors_of(error, sent)
        return render_closures(caller, request, sent, errors)
    closure_services.start(services, [closure.closure_id for closure in made])
    return _redirect(request)


def lift(caller: Caller, closure_id: str, request: Request) -> Response:
    """Lift the closure, and show the list."""
    services = get_services()
    services.closures.manage.lift(caller, closure_id)
    closure_services.start(services, [closure_id])
    return _redirect(request)


def _missing(sent: Mapping[str, str]) -> dict[str, str]:
    """Return what the empty fields of the form need."""
    needed = {"name": _("Enter a name"), "from": _("Choose a date")}
    return {field: words for field, words in needed.items() if not sent.get(field)}


def _errors_of(error: RequestRejectedError, sent: Mapping[str, str]) -> dict[str, str]:
    """Return the reasons by their fields of the form, in its order."""
    reasons = errors_by_field(error, {"name": "name", "to": "to"}, other="from") | _missing(sent)
    return {field: reasons[field] for field in ("name", "from", "to") if field in reasons}


def _errors_of_lines(error: RequestRejectedError) -> dict[str, str]:
    return errors_by_field(error, {}, other="lines")


def _redirect(request: Request) -> Response:
    url = f"{url_prefix(request)}/closures"
    return Response("", {"Location": url}, HTTPStatus.SEE_OTHER)


def _view(closure: Closure, base: str) -> ClosureView:
    return ClosureView(
        name=closure.name,
        when=f"{dates.format_short_range(closure.first, closure.last)} {closure.last.year}",
        state=_describe_state(closure),
        lift_path="" if closure.is_lifted else f"{base}/closures/{closure.closure_id}/lift",
    )


def _describe_state(closure: Closure) -> str:
    done, total = closure.doctors_done, closure.doctors_total
    match closure.state:
        case ClosureState.DONE:
            return ngettext("%(count)s doctor", "%(count)s doctors", done)
        case ClosureState.LIFTED:
            return _("Lifted")
        case ClosureState.LIFTING:
            return _("Being lifted: %(done)s of %(total)s doctors", done=done, total=total)
        case _:
            return _("In progress: %(done)s of %(total)s doctors", done=done, total=total)
