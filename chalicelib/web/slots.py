"""``/slots``: a doctor's day, as a page or as JSON, and saving it."""

from __future__ import annotations

from chalice.app import Blueprint, Request, Response

from chalicelib.bootstrap import services
from chalicelib.domain.errors import Refused
from chalicelib.domain.faults import FieldFault
from chalicelib.web import auth, forms, inputs, negotiation, problems, representations

blueprint = Blueprint(__name__)


def _request() -> Request:
    return blueprint.current_request


@blueprint.route("/slots", methods=["GET"])
@problems.translated(_request)
def get_slots() -> Response:
    """A day of a doctor: by default her own today."""
    request = _request()
    caller = auth.caller(request)
    named = inputs.query(request, "doctor_id") or caller.doctor_id
    if named is None:
        raise Refused(FieldFault("doctor_id", "required", "doctor_id is missing"))
    doctor_id = inputs.doctor_id(named)
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


@blueprint.route("/slots", methods=["POST"], content_types=[inputs.JSON, forms.FORM])
@problems.translated(_request)
def post_slots() -> Response:
    """Save a day: from a machine as JSON, from the page as a form."""
    request = _request()
    caller = auth.caller(request)
    if forms.is_form(request):
        from chalicelib.web import pages  # noqa: PLC0415  machines need no template engine

        return pages.save(caller, forms.saved_form(request), request)

    saved = services().manage_slots.save(caller, forms.saved_json(request))

    day = representations.day(saved)
    etag = representations.etag(day.version, day)
    return representations.json(representations.saved_day(saved), {"ETag": etag})
