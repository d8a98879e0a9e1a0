"""Pauses of the coverage measurement in code that it does not measure.

On Python 3.11, coverage.py traces every line of every module, and only then drops those of modules
that it does not measure: a third of the API tests' time. So its tracer is off where the AWS SDK
sends a request or builds a client, because nothing in there calls the app.
"""

from __future__ import annotations

import sys
from functools import wraps
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from botocore.httpsession import URLLib3Session
from botocore.session import Session

if TYPE_CHECKING:
    from collections.abc import Callable

P = ParamSpec("P")
R = TypeVar("R")


def pause_coverage_in_aws_sdk() -> None:
    """Wrap the SDK's slowest functions; without coverage, nothing else changes."""
    URLLib3Session.send = _untraced(URLLib3Session.send)  # type: ignore[method-assign]
    Session.create_client = _untraced(Session.create_client)  # type: ignore[method-assign]


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
