"""Authenticate requests to a local server, which has no sign-in."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from chalicelib.web.auth.origin_checks import require_loopback_request
from chalicelib.web.http.negotiation import wants_html
from chalicelib.web.http.request import is_form

if TYPE_CHECKING:
    from chalice.app import Request

    from chalicelib.domain.permissions import Caller


def authenticate_locally(local_caller: Caller, request: Request) -> Caller:
    """Return the local caller; with the client ``page`` if a browser shows or sends a page.

    Raises:
        PermissionDeniedError: another host or site may have sent the request.
    """
    require_loopback_request(request)
    is_page = is_form(request) or wants_html(request)
    return replace(local_caller, client="page") if is_page else local_caller
