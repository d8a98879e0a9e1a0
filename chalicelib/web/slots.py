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
@auth.needs(Need.MANAGE, _request)
def get_slots(caller: Caller) -> Response:
    """A day of a doctor: by default her own today."""
    request = _request()
    if _has_to_choose(caller, request):
        from chalicelib.web import choose_page  # noqa: PLC0415  machines need no template engine

        return choose_page.answer(caller, request)
    doctor_id = _doctor_asked_for(caller, request)
    date = inputs.query(request, "date")
    on = inputs.day(date) if date else None

    if negotiation.wants_html(request):
        from chalicelib.web import pages  # noqa: PLC0415  machines need no template engine

        return pages.day(caller, doctor_id, on, request)
    day = representations.day(services().manage_slots.look_at(caller, doctor_id, on))
    etag = representations.etag(day.version, day)
    if representations.is_known(etag, request):
        return representations.not_modified(etag)
    return representations.json(day, {"ETag": etag})


@blueprint.route("/slots/history", methods=["GET"])
@auth.needs(Need.MANAGE, _request)
def get_history(caller: Caller) -> Response:
    """Who changed a date of a doctor, and when."""
    request = _request()
    doctor_id = _doctor_asked_for(caller, request)
    on = inputs.day(inputs.required(request, "date"))
    history = services().manage_slots.history_of(caller, doctor_id, on)
    if negotiation.wants_html(request):
        from chalicelib.web import history_page  # noqa: PLC0415  machines need no template engine

        return history_page.answer(caller, history, request)
    return representations.unless_known(representations.history(history), request)


@blueprint.route("/slots", methods=["POST"], content_types=[inputs.JSON, forms.FORM])
@auth.needs(Need.MANAGE, _request)
def post_slots(caller: Caller) -> Response:
    """Save a day: from a machine as JSON, from the page as a form."""
    request = _request()
    if forms.is_form(request):
        from chalicelib.web import pages  # noqa: PLC0415  machines need no template engine

        return pages.save(caller, forms.saved_form(request), request)

    saved = services().manage_slots.save(caller, forms.saved_json(request))
    observation.current().counts["Saves"] += saved.is_new

    day = representations.day(saved)
    etag = representations.etag(day.version, day)
    return representations.json(representations.saved_day(saved), {"ETag": etag})


def _has_to_choose(caller: Caller, request: Request) -> bool:
    """At the page, whose slots to manage: she is no doctor herself, and has named none."""
    is_page = negotiation.wants_html(request) and not negotiation.is_htmx(request)
    return is_page and caller.doctor_id is None and inputs.query(request, "doctor_id") is None


def _doctor_asked_for(caller: Caller, request: Request) -> str:
    """By default herself. Raise ``NotAllowed`` for who has no schedule to manage at all."""
    doctor_id = inputs.query(request, "doctor_id") or caller.doctor_id
    if doctor_id is not None:
        return inputs.doctor_id(doctor_id)
    caller.require_may_manage_any()
    raise Refused(FieldFault("doctor_id", "required", "doctor_id is missing"))
