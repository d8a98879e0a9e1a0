"""Who sends a request: decided here, once for each, and nowhere else."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from chalicelib.bootstrap import services
from chalicelib.web import forms, negotiation

if TYPE_CHECKING:
    from chalice.app import Request

    from chalicelib.domain.caller import Caller


def caller(request: Request) -> Caller:
    """The local stage has one caller for everybody; other stages do not start without sign-in."""
    by_page = forms.is_form(request) or negotiation.wants_html(request)
    return replace(services().local_caller, client="page" if by_page else "api")
