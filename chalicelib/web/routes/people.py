"""People who sign in, for admins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.bootstrap import get_services
from chalicelib.domain.permissions import Caller, Permission
from chalicelib.web.http.request import FORM, JSON
from chalicelib.web.http.responses import no_content
from chalicelib.web.routing import SERVICE, RouteDoc, Router

if TYPE_CHECKING:
    from chalice.app import Request, Response

routes = Router(__name__)


@routes.post(
    "/people/{name}/sign-out",
    permission=Permission.ADMINISTER,
    doc=RouteDoc(tag=SERVICE, body={JSON: None, FORM: None}, responses={204: {}}, errors=(404,)),
)
def post_person_sign_out(_request: Request, caller: Caller, name: str) -> Response:
    """Sign a person out everywhere.

    Ends all login sessions and bearer tokens of a person, by the name with which they sign in:
    everywhere within ten seconds. They can sign in again, and get the groups that they have then.
    """
    get_services().manage_people.end_sessions(caller, name)
    return no_content()


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
