"""People who sign in, for admins."""

from __future__ import annotations

from contextlib import suppress
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from chalice.app import Response

from chalicelib.bootstrap import get_services
from chalicelib.domain.errors import PersonNotFoundError
from chalicelib.domain.permissions import Caller, Permission
from chalicelib.web.http.negotiation import wants_html
from chalicelib.web.http.request import FORM, HTML, JSON, url_prefix
from chalicelib.web.http.responses import no_content
from chalicelib.web.routing import SERVICE, RouteDoc, Router

if TYPE_CHECKING:
    from chalice.app import Request

routes = Router(__name__)


@routes.get(
    "/people",
    permission=Permission.ADMINISTER,
    doc=RouteDoc(tag=SERVICE, responses={200: {HTML: None}}),
)
def get_people(request: Request, caller: Caller) -> Response:
    """Page with the people who sign in.

    Who has which role, whether they can sign in, when they last did, and for which doctors
    delegates work. Without our own user pool, as far as it is on record here.
    """
    from chalicelib.web.pages import people

    return people.render_people(caller, request)


@routes.post(
    "/people/{name}/sign-out",
    permission=Permission.ADMINISTER,
    doc=RouteDoc(
        tag=SERVICE, body={JSON: None, FORM: None}, responses={204: {}, 303: {}}, errors=(404,)
    ),
)
def post_person_sign_out(request: Request, caller: Caller, name: str) -> Response:
    """Sign a person out everywhere.

    Ends all login sessions and bearer tokens of a person, by the name with which they sign in:
    everywhere within ten seconds. They can sign in again, and get the groups that they have then.
    The page redirects to the people.
    """
    people = get_services().manage_people
    if not wants_html(request):
        people.end_sessions(caller, name)
        return no_content()
    with suppress(PersonNotFoundError):  # a person who has never signed in has no session
        people.end_sessions(caller, name)
    url = f"{url_prefix(request)}/people?{urlencode({'ended': name})}"
    return Response("", {"Location": url}, HTTPStatus.SEE_OTHER)


@routes.delete(
    "/people/{name}",
    permission=Permission.ADMINISTER,
    doc=RouteDoc(tag=SERVICE, responses={204: {}}, errors=(404,)),
)
def delete_person(_request: Request, caller: Caller, name: str) -> Response:
    """Release a person's name.

    A name belongs to the first account that signs in with it. This ends all its sessions and lets
    the next account that signs in with the name have it, with the schedule and the delegations of
    that name. Delete the old account at the identity provider first.
    """
    get_services().manage_people.release_name(caller, name)
    return no_content()
