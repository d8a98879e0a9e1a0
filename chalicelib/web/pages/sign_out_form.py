"""Let the sign-out form of pages lead to the identity provider."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from chalicelib.bootstrap import get_services
from chalicelib.web.http.request import HTML

if TYPE_CHECKING:
    from collections.abc import Callable

    from chalice.app import Request, Response

_POLICY = "Content-Security-Policy"


def allow_sign_out(request: Request, get_response: Callable[[Request], Response]) -> Response:
    """Middleware that adds the provider's origin to the pages' ``form-action``.

    The response to the form redirects there, and browsers apply the policy to redirects too.
    """
    response = get_response(request)
    if str(response.headers.get("Content-Type", "")).startswith(HTML):
        origin = _sign_out_origin(request, response.status_code)
        policy = str(response.headers.get(_POLICY, ""))
        if origin:
            form_action = f"form-action 'self' {origin}"
            response.headers[_POLICY] = policy.replace("form-action 'self'", form_action)
    return response


def _sign_out_origin(request: Request, status: int) -> str | None:
    """Return the origin from the session, so that no page waits for the provider.

    A rejected sign-in has no session yet, but the provider's documents are cached then.
    """
    auth = get_services().auth
    if request.path == "/sign-in/callback" and status == HTTPStatus.FORBIDDEN:
        return auth.oidc_client.sign_out_origin()
    session = auth.read_session(request)
    return session.sign_out_origin if session else None
