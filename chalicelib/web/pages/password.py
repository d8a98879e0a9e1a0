"""The page on which people change their password: its form, and what it says afterwards."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from msgspec import Struct

from chalicelib.web.auth.passwords import PasswordChangeError
from chalicelib.web.http.request import body, url_prefix
from chalicelib.web.pages.frame import build_frame, build_plain_frame
from chalicelib.web.pages.rendering import render

if TYPE_CHECKING:
    from chalice.app import Request, Response

    from chalicelib.domain.permissions import Caller
    from chalicelib.web.http.types import Headers

_MAX_FIELDS = 10


class PasswordForm(Struct, frozen=True, kw_only=True):
    """The submitted passwords, exactly as they were typed."""

    current: str
    new: str

    def __repr__(self) -> str:
        """Leave out the passwords, so that no message or log can contain them."""
        return "PasswordForm()"


def parse_password_form(request: Request) -> PasswordForm:
    """Parse the form.

    Raises:
        PasswordChangeError: a field is missing, the two new passwords differ, or nothing changes.
    """
    try:
        fields = parse_qs(
            body(request).decode("ascii"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=_MAX_FIELDS,
        )
    except ValueError:
        raise _error("The body is not a valid form", field=None) from None
    current, new, repeated = (
        fields.get(name, [""])[-1] for name in ("current_password", "new_password", "new_again")
    )
    if not current:
        raise _error("Enter your current password", field="current_password")
    if not new:
        raise _error("Enter a new password", field="new_password")
    if repeated != new:
        raise _error("Enter the same new password twice", field="new_again")
    if new == current:
        raise _error("Choose a password that differs from your current one", field="new_password")
    return PasswordForm(current=current, new=new)


def _error(detail: str, *, field: str | None) -> PasswordChangeError:
    return PasswordChangeError(HTTPStatus.BAD_REQUEST, "password_rejected", detail, field=field)


def render_password_form(
    request: Request, caller: Caller, error: PasswordChangeError | None = None
) -> Response:
    """Render the form; its fields are always empty. With an error, its status and its sentence."""
    page = {
        "base": url_prefix(request),
        "username": caller.name,
        "detail": str(error) if error else None,
        "field": error.field if error else None,
        "is_expired": error is not None and error.code == "confirmation_expired",
    }
    frame = build_frame(request, caller)
    if error is None:
        return render("password.html", page, frame)
    return render("password.html", page, frame, status=error.status.value, headers=error.headers)


def render_password_changed(
    request: Request, caller: Caller | None, *, has_ended_others: bool, cookies: list[str]
) -> Response:
    """Say that the password has changed; ``caller`` is None if this session is over too."""
    page = {
        "base": url_prefix(request),
        "is_signed_in": caller is not None,
        "has_ended_others": has_ended_others,
    }
    headers: Headers = {"Set-Cookie": cookies}
    frame = build_frame(request, caller) if caller else build_plain_frame(request)
    return render("password_changed.html", page, frame, headers=headers)
