"""Time off of a doctor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.bootstrap import get_services
from chalicelib.domain.permissions import Caller, Permission
from chalicelib.web.api import time_off_schemas
from chalicelib.web.api.validators import doctor_id_from_path
from chalicelib.web.http.request import JSON
from chalicelib.web.http.responses import json_response
from chalicelib.web.routing import DOCTORS, RouteDoc, Router

if TYPE_CHECKING:
    from chalice.app import Request, Response

routes = Router(__name__)


@routes.get(
    "/doctors/{doctor_id}/time-off",
    permission=Permission.MANAGE,
    doc=RouteDoc(tag=DOCTORS, responses={200: {JSON: time_off_schemas.TimeOffList}}, errors=(404,)),
)
def get_time_off(_request: Request, caller: Caller, doctor_id: str) -> Response:
    """List a doctor's time off.

    With the closures of the practice, and without what was lifted. Plans make and lift time off.
    """
    from chalicelib.web.api.time_off_serializers import (  # noqa: PLC0415  see bootstrap
        serialize_time_off_list,
    )

    found = get_services().list_time_off.list_time_off(caller, doctor_id_from_path(doctor_id))
    return json_response(serialize_time_off_list(found))
