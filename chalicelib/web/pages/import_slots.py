"""The page that imports slots from the lines of a file, and exports them."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from msgspec import Struct

from chalicelib import request_context
from chalicelib.bootstrap import get_services
from chalicelib.domain import local_time
from chalicelib.domain.errors import RequestRejectedError
from chalicelib.domain.violations import FieldViolation
from chalicelib.web import dates
from chalicelib.web.api.import_parsing import parse_import_csv
from chalicelib.web.api.schemas import MAX_ERROR_ENTRIES
from chalicelib.web.api.validators import valid_doctor_id
from chalicelib.web.http.negotiation import wants_html
from chalicelib.web.http.request import MAX_IMPORT_BYTES, url_prefix
from chalicelib.web.pages import messages, plan_links
from chalicelib.web.pages.day_form import decode_fields
from chalicelib.web.pages.frame import SCHEDULE, build_frame
from chalicelib.web.pages.plan import redirect_to_plan
from chalicelib.web.pages.rendering import render
from chalicelib.web.pages.series_journey import require_doctor
from chalicelib.web.texts import _, ngettext, translate

if TYPE_CHECKING:
    from collections.abc import Mapping
    from zoneinfo import ZoneInfo

    from chalice.app import Request, Response

    from chalicelib.domain.doctor import Doctor
    from chalicelib.domain.permissions import Caller
    from chalicelib.domain.violations import SlotViolation


_EXAMPLE = "2026-11-23,09:00"


class ImportPage(Struct, frozen=True, kw_only=True):
    """The values of the page. ``text`` are the lines, ``reasons`` what is wrong with them."""

    base: str
    doctor_id: str
    doctor_name: str
    time_zone: str
    text: str
    errors: Mapping[str, str]
    reasons: tuple[str, ...]
    export_path: str
    today: str
    back_url: str


class _Rejection(Struct, frozen=True):
    """Why the lines were not imported: a sentence, and the reasons, at most 100."""

    sentence: str = ""
    reasons: tuple[str, ...] = ()


def render_import(caller: Caller, doctor_id: str, request: Request) -> Response:
    """Render the empty form."""
    doctor = require_doctor(caller, doctor_id)
    return _render(doctor, "", _Rejection(), caller, request)


def preview_form(caller: Caller, request: Request) -> Response:
    """Propose to open the slots of the lines and redirect to the preview; or say what is wrong."""
    fields = decode_fields(request, ("doctor_id", "slots"), MAX_IMPORT_BYTES)
    doctor = require_doctor(caller, valid_doctor_id(fields["doctor_id"][-1]))
    text = fields["slots"][-1]
    try:
        starts = parse_import_csv(text.lstrip("\ufeff"))
        view = get_services().plans.propose_imports.propose(caller, doctor.doctor_id, starts)
    except RequestRejectedError as error:
        if not wants_html(request):
            raise
        request_context.current_request().code = error.code
        return _render(doctor, text, _describe(error, doctor.zone), caller, request)
    return redirect_to_plan(view.plan, request)


def _describe(error: RequestRejectedError, zone: ZoneInfo) -> _Rejection:
    found = error.violations
    if all(each.code == "slot_exists" for each in found):
        return _Rejection(_("Nothing to import: all of these slots are open already"))
    if all(each.code == "nothing_to_save" for each in found):
        return _Rejection(_("Enter at least one slot, such as %(example)s", example=_EXAMPLE))
    if isinstance(found[0], FieldViolation) and not found[0].field.startswith("line "):
        return _Rejection(translate(found[0].detail))
    sentence = ngettext(
        "Nothing was imported: %(count)s line is wrong",
        "Nothing was imported: %(count)s lines are wrong",
        len(found),
    )
    reasons = [_reason(each, zone) for each in found[:MAX_ERROR_ENTRIES]]
    if more := len(found) - len(reasons):
        reasons.append(_("and %(count)s more", count=more))
    return _Rejection(sentence, tuple(reasons))


def _reason(violation: SlotViolation | FieldViolation, zone: ZoneInfo) -> str:
    reason = translate(violation.message)
    if isinstance(violation, FieldViolation) or violation.start is None:
        return reason
    on = dates.format_date(local_time.local_date(violation.start, zone))
    return f"{on}: {reason}"


def _render(
    doctor: Doctor, text: str, rejection: _Rejection, caller: Caller, request: Request
) -> Response:
    base, doctor_id = url_prefix(request), doctor.doctor_id
    page = ImportPage(
        base=base,
        doctor_id=doctor_id,
        doctor_name=doctor.name,
        time_zone=messages.format_zone(doctor.zone),
        text=text,
        errors={"slots": rejection.sentence} if rejection.sentence else {},
        reasons=rejection.reasons,
        export_path=plan_links.export_url(base, doctor_id),
        today=local_time.local_date(get_services().now(), doctor.zone).isoformat(),
        back_url=plan_links.series_list_url(base, doctor_id),
    )
    frame = build_frame(request, caller, section=SCHEDULE, doctor=doctor, path="/import")
    status = HTTPStatus.BAD_REQUEST if page.errors else HTTPStatus.OK
    return render("import.html", page, frame, status=status)
