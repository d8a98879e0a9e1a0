"""``/slots``: a doctor's day, as a page or as JSON, and saving it."""

from __future__ import annotations

from chalice.app import Blueprint, Request, Response

from chalicelib import observation
from chalicelib.bootstrap import services
from chalicelib.domain.caller import Caller, Need
from chalicelib.domain.errors import Refused
from chalicelib.domain.faults import FieldFault
from chalicelib.web import auth, forms, inputs, negotiation, representations

blueprint = Blueprint(__name__)


def _request() -> Request:
    return blueprint.current_request


@blueprint.route("/slots", methods=["GET"])
@auth.require_permission(Need.MANAGE, _request)
def get_slots(caller: Caller) -> Response:
    """A day of a doctor: by default her own today."""
    request = _request()
    if _should_pick_doctor(caller, request):
        from chalicelib.web import choose_page  # noqa: PLC0415  machines need no template engine

        return choose_page.render_doctor_picker(caller, request)
    doctor_id = _requested_doctor_id(caller, request)
    date = inputs.query(request, "date")
    on = inputs.parse_date(date) if date else None

    if negotiation.wants_html(request):
        from chalicelib.web import pages  # noqa: PLC0415  machines need no template engine

        return pages.render_day(caller, doctor_id, on, request)
    day = representations.serialize_day(services().manage_slots.look_at(caller, doctor_id, on))
    etag = representations.etag(day.version, day)
    if representations.etag_matches(etag, request):
        return representations.not_modified(etag)
    return representations.json_response(day, {"ETag": etag})


@blueprint.route("/slots/history", methods=["GET"])
@auth.require_permission(Need.MANAGE, _request)
def get_history(caller: Caller) -> Response:
    """Who changed a date of a doctor, and when."""
    request = _request()
    doctor_id = _requested_doctor_id(caller, request)
    on = inputs.parse_date(inputs.required_query(request, "date"))
    history = services().manage_slots.history_of(caller, doctor_id, on)
    if negotiation.wants_html(request):
        from chalicelib.web import history_page  # noqa: PLC0415  machines need no template engine

        return history_page.render_history(caller, history, request)
    return representations.json_or_not_modified(representations.serialize_history(history), request)


@blueprint.route("/slots", methods=["POST"], content_types=[inputs.JSON, forms.FORM])
@auth.require_permission(Need.MANAGE, _request)
def post_slots(caller: Caller) -> Response:
    """Save a day: from a machine as JSON, from the page as a form."""
    request = _request()
    if forms.is_form(request):
        from chalicelib.web import pages  # noqa: PLC0415  machines need no template engine

        return pages.save_form(caller, forms.parse_save_form(request), request)

    saved = services().manage_slots.save(caller, forms.parse_save_json(request))
    observation.current().counts["Saves"] += saved.is_new

    day = representations.serialize_day(saved)
    etag = representations.etag(day.version, day)
    return representations.json_response(representations.serialize_saved_day(saved), {"ETag": etag})


def _should_pick_doctor(caller: Caller, request: Request) -> bool:
    """At the page, whose slots to manage: she is no doctor herself, and has named none."""
    is_page = negotiation.wants_html(request) and not negotiation.is_htmx(request)
    return is_page and caller.doctor_id is None and inputs.query(request, "doctor_id") is None


def _requested_doctor_id(caller: Caller, request: Request) -> str:
    """By default herself. Raise ``NotAllowed`` for who has no schedule to manage at all."""
    doctor_id = inputs.query(request, "doctor_id") or caller.doctor_id
    if doctor_id is not None:
        return inputs.valid_doctor_id(doctor_id)
    caller.require_may_manage_any()
    raise Refused(FieldFault("doctor_id", "required", "doctor_id is missing"))
