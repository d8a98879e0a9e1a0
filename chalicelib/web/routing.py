"""Who sends a request, and what each route needs: decided here, once for each, and nowhere else."""

from __future__ import annotations

from functools import wraps
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from chalice.app import Response

from chalicelib import request_context
from chalicelib.domain.permissions import Permission
from chalicelib.web.auth.authentication import _refresh_session, authenticate
from chalicelib.web.error_handler import handle_errors
from chalicelib.web.http.errors import AuthenticationRequiredError
from chalicelib.web.http.negotiation import is_htmx, wants_html
from chalicelib.web.http.request import path, url_prefix

if TYPE_CHECKING:
    from collections.abc import Callable

    from chalice.app import Request

    from chalicelib.web.http.types import Headers


def require_permission(
    permission: Permission, get_request: Callable[[], Request]
) -> Callable[[Any], Any]:
    """Decorate a view: only who is signed in gets to it, and it is given the caller first.

    What a caller may do with which doctor is the use cases' to ask (``Caller.require_...``), since
    it hangs on the doctor. What is raised becomes the answer, as by ``problems.translated``.
    """

    def decorate(view: Callable[..., Response]) -> Callable[..., Response]:
        @wraps(view)
        def guarded(*args: str, **kwargs: str) -> Response:
            request = get_request()
            try:
                arrival = authenticate(request)
            except AuthenticationRequiredError:
                if request.method == "GET" and _is_full_page_request(request):
                    return _redirect_to_login(request)
                raise
            request_context.current_request().caller_roles = "+".join(sorted(arrival.caller.roles))
            return _refresh_session(view(arrival.caller, *args, **kwargs), arrival, request)

        answering: Callable[..., Response] = handle_errors(get_request)(guarded)
        answering.permission = permission  # type: ignore[attr-defined]
        return answering

    return decorate


def public(get_request: Callable[[], Request]) -> Callable[[Any], Any]:
    """Decorate a view that needs nobody to be signed in."""

    def decorate(view: Callable[..., Response]) -> Callable[..., Response]:
        answering: Callable[..., Response] = handle_errors(get_request)(view)
        answering.permission = Permission.PUBLIC  # type: ignore[attr-defined]
        return answering

    return decorate


def _redirect_to_login(request: Request) -> Response:
    """The way to sign in, and back to here."""
    query = urlencode(request.query_params or {})
    asked = f"{path(request)}{'?' if query else ''}{query}"
    where = f"{url_prefix(request)}/sign-in?{urlencode({'to': asked})}"
    headers: Headers = {"Location": where, "Cache-Control": "no-store"}
    return Response(body="", status_code=HTTPStatus.SEE_OTHER.value, headers=headers)


def _is_full_page_request(request: Request) -> bool:
    return wants_html(request) and not is_htmx(request)
