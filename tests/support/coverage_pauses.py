"""Pauses of the coverage measurement in code that it does not measure.

On Python 3.11, coverage.py traces every line of every module, and only then drops those of modules
that it does not measure: a third of the API tests' time. So its tracer is off in other threads,
which are those of moto and of fake servers, and in the slowest functions of other packages.
Slow tests of lines that other tests run too have the mark ``no_cover``.
"""

from __future__ import annotations

import importlib
import pkgutil
import sys
import threading
from functools import wraps
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from botocore.endpoint import Endpoint
from botocore.httpsession import URLLib3Session
from botocore.parsers import ResponseParser
from botocore.serialize import JSONSerializer
from botocore.session import Session
from bs4 import BeautifulSoup, Tag

import chalicelib

if TYPE_CHECKING:
    from collections.abc import Callable

P = ParamSpec("P")
R = TypeVar("R")


def pause_coverage_in_packages() -> None:
    """Wrap the slowest functions that never call the app.

    Without coverage, nothing else changes.
    """
    if hasattr(sys.gettrace(), "stop"):
        threading.settrace(None)
    Session.create_client = _untraced(Session.create_client)  # type: ignore[method-assign]
    JSONSerializer.serialize_to_request = _untraced(JSONSerializer.serialize_to_request)  # type: ignore[method-assign]
    Endpoint.create_request = _untraced(Endpoint.create_request)  # type: ignore[method-assign]
    URLLib3Session.send = _untraced(URLLib3Session.send)  # type: ignore[method-assign]
    ResponseParser.parse = _untraced(ResponseParser.parse)  # type: ignore[method-assign]
    BeautifulSoup.__init__ = _untraced(BeautifulSoup.__init__)  # type: ignore[method-assign]
    Tag.select = _untraced(Tag.select)  # type: ignore[method-assign]


def import_every_module() -> None:
    """Import what the app's routes import on demand.

    Otherwise such a module would count as covered only if its first test is measured.
    """
    for module in pkgutil.walk_packages(chalicelib.__path__, "chalicelib."):
        importlib.import_module(module.name)


def _untraced(function: Callable[P, R]) -> Callable[P, R]:
    @wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        tracer: Any = sys.gettrace()
        if not hasattr(tracer, "stop"):  # no coverage, or a core that does not trace
            return function(*args, **kwargs)
        tracer.stop()
        try:
            return function(*args, **kwargs)
        finally:
            tracer.start()

    return call
