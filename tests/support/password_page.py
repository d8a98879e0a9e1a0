"""The form of the password page, as a browser submits it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from tests.support.app_client import FORM
from tests.support.fake_user_pool import PASSWORD
from tests.support.page_session import PageSession

if TYPE_CHECKING:
    from tests.support.app_client import AppResponse

PATH = "/account/password"
NEW = "  Correct+horse & battery% staple ñ "


def submit(
    session: PageSession, *, current: str = PASSWORD, new: str = NEW, **changed: str
) -> AppResponse:
    """Submit the form; ``changed`` are other headers, or the second new password ``again``."""
    again = changed.pop("again", new)
    form = {"current_password": current, "new_password": new, "new_again": again}
    headers = {"Content_Type": FORM, "Sec_Fetch_Site": "same-origin", **changed}
    return session.send("POST", PATH, urlencode(form), **headers)


def sign_in_elsewhere(session: PageSession) -> PageSession:
    other = PageSession(session.client, session.oidc_provider)
    other.sign_in()
    return other
