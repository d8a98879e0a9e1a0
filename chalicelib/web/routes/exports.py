"""Exports of a doctor's slots, and the page that imports them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.bootstrap import get_services
from chalicelib.domain.permissions import Caller, Permission
from chalicelib.domain.text import Text
from chalicelib.web.api import plan_schemas
from chalicelib.web.api.fields import EXPORT_FORMATS
from chalicelib.web.api.validators import (
    doctor_id_from_path,
    invalid_field,
    optional_date,
    requested_doctor_id,
    require_dates,
)
from chalicelib.web.http.request import CSV, FORM, HTML, JSON, MAX_IMPORT_BYTES, query
from chalicelib.web.http.responses import json_response
from chalicelib.web.routes.slots import should_pick_doctor
from chalicelib.web.routing import DOCTORS, RouteDoc, Router

if TYPE_CHECKING:
    from chalice.app import Request, Response

routes = Router(__name__)


@routes.get(
    "/doctors/{doctor_id}/export",
    permission=Permission.MANAGE,
    doc=RouteDoc(
        tag=DOCTORS,
        parameters=("ExportFrom", "ExportTo", "ExportFormat"),
        responses={200: {JSON: plan_schemas.SlotExport, CSV: None}},
        errors=(400, 404),
    ),
)
def get_export(request: Request, caller: Caller, doctor_id: str) -> Response:
    """Export a doctor's slots.

    Those that are open, held or booked, without anything about patients. The response is the body
    of an import: sent to `POST /doctors/{doctor_id}/plans`, it changes nothing as long as these
    slots are there. In CSV, `end` and `status` are for people, an import ignores them.
    """
    from chalicelib.web.api import csv_writer, export_serializers

    doctor_id, extension = doctor_id_from_path(doctor_id), _parse_format(request)
    require_dates(request, "from", "to")
    first, last = optional_date(request, "from"), optional_date(request, "to")
    export = get_services().plans.export_slots.export(caller, doctor_id, first, last)
    name = export_serializers.file_name(export, extension)
    if extension == "csv":
        return csv_writer.csv_response(export_serializers.export_to_csv(export), name)
    return json_response(export_serializers.serialize_export(export), csv_writer.attachment(name))


def _parse_format(request: Request) -> str:
    text = query(request, "format") or "csv"
    if text not in EXPORT_FORMATS:
        expected = Text("one of %(kinds)s", kinds=", ".join(EXPORT_FORMATS))
        raise invalid_field("format", expected)
    return text


@routes.get(
    "/import",
    permission=Permission.MANAGE,
    doc=RouteDoc(
        tag=DOCTORS,
        parameters=("DoctorOfDay",),
        responses={200: {HTML: None}},
        errors=(400, 404),
    ),
)
def get_import_page(request: Request, caller: Caller) -> Response:
    """Page to import slots, and to export them."""
    from chalicelib.web.pages import doctor_list, import_slots
    from chalicelib.web.pages.frame import SCHEDULE

    if should_pick_doctor(caller, request):
        return doctor_list.render_doctor_choice(caller, request, "/import", SCHEDULE)
    return import_slots.render_import(caller, requested_doctor_id(caller, request), request)


@routes.post(
    "/import",
    permission=Permission.MANAGE,
    doc=RouteDoc(
        tag=DOCTORS,
        body={FORM: None},
        max_body_bytes=MAX_IMPORT_BYTES,
        responses={303: {}},
        errors=(400, 404),
    ),
)
def post_import_form(request: Request, caller: Caller) -> Response:
    """Preview an import.

    The page sends this form: the lines of a CSV file. The response is a redirect to the preview of
    the plan. Clients use `POST /doctors/{doctor_id}/plans`.
    """
    from chalicelib.web.pages import import_slots

    return import_slots.preview_form(caller, request)
