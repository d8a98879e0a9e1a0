"""One line of JSON for each request: what was asked for, how it ended, and what it cost."""

from __future__ import annotations

import logging
import sys
from http import HTTPStatus
from time import perf_counter
from typing import TYPE_CHECKING, Any

import msgspec

from chalicelib import observation
from chalicelib.bootstrap import services
from chalicelib.web import bugs, metrics

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from chalice.app import Request, Response

    from chalicelib.observation import Observation

# Refused before anybody knew whether there is such a doctor: what was sent may be anything.
_CODES_WITHOUT_DOCTOR = {"doctor_not_found", "invalid", "required"}


def log_request(request: Request, get_response: Callable[[Request], Response]) -> Response:
    """Middleware, around all other: tell what was noted while the request was answered."""
    log = services().log
    if log is None:
        return get_response(request)
    began, at = perf_counter(), services().now()
    with observation.observing() as seen:
        status = HTTPStatus.INTERNAL_SERVER_ERROR.value
        try:
            response = get_response(request)
            status = response.status_code
        finally:
            seen.bug = seen.bug or sys.exception()
            milliseconds = round((perf_counter() - began) * 1000, 1)
            line = _log_entry(request, seen, status, timestamp=at, milliseconds=milliseconds)
            log(msgspec.json.encode(line).decode())
    return response


def _log_entry(
    request: Request, context: Observation, status: int, *, timestamp: datetime, milliseconds: float
) -> dict[str, Any]:
    """No more than is named here, so that nothing of a patient's comes along.

    ``request.path`` is the route: what Chalice found it by, with names in place of values.
    """
    is_refusal = status >= HTTPStatus.BAD_REQUEST
    code = context.code or HTTPStatus(status).name.lower()
    line: dict[str, Any] = {
        "level": "ERROR" if context.bug else "INFO",
        "at": timestamp.isoformat(),
        "request_id": request.context.get("requestId"),
        "function_request_id": getattr(request.lambda_context, "aws_request_id", None),
        "method": request.method,
        "route": request.path,
        "caller": context.caller,
        "doctor_id": None if context.code in _CODES_WITHOUT_DOCTOR else context.doctor_id,
        "status": status,
        "outcome": code if is_refusal else "ok",
        "calls": {name: context.calls.count(name) for name in context.calls},
        "read_units": sum(context.read_units),
        "write_units": sum(context.write_units),
        **metrics.embedded_metrics(
            stage=services().settings.stage,
            timestamp=timestamp,
            milliseconds=milliseconds,
            counts=context.counts,
            code=code if is_refusal else None,
        ),
    }
    return line | {"bug": bugs.format_exception(context.bug)} if context.bug else line


class ExceptionHandler(logging.Handler):
    """Keeps the exceptions that Chalice makes a 500 of for the line of their request."""

    def emit(self, record: logging.LogRecord) -> None:
        """Where no request is under way, as while an answer is put together, in a line alone."""
        bug = record.exc_info[1] if record.exc_info else None
        log = services().log
        if observation.is_under_way():
            observation.current().bug = bug
        elif log is not None and bug is not None:
            line = {"level": "ERROR", "bug": bugs.format_exception(bug)}
            log(msgspec.json.encode(line).decode())


def redirect_framework_logs(logger: logging.Logger) -> None:
    """What Chalice says of exceptions comes with their texts: have it in our lines instead."""
    if services().log is not None:
        logger.handlers[:] = [ExceptionHandler()]
        logger.propagate = False
