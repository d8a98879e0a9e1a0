"""A site that shows the booking widget: the widget by itself, and in a frame of another page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from werkzeug.wrappers import Request, Response

if TYPE_CHECKING:
    from collections.abc import Iterable
    from wsgiref.types import StartResponse, WSGIEnvironment

WIDGET = Path(__file__).parents[2] / "examples" / "widget" / "widget.html"
_PAGE = """<!doctype html><html lang="en"><title>A clinic</title><h1>A clinic</h1>
<iframe src="/widget.html" title="Free appointments"></iframe></html>"""


def widget_host(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    text = WIDGET.read_text("utf-8") if Request(environ).path == "/widget.html" else _PAGE
    return Response(text, mimetype="text/html")(environ, start_response)
