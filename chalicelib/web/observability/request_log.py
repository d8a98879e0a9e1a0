"""One line of JSON for each request: what was asked for, how it ended, and what it cost."""

from __future__ import annotations

import logging
import sys
from http import HTTPStatus
from time import perf_counter
from typing import TYPE_CHECKING, Any

import msgspec

from chalicelib import request_context
from chalicelib.bootstrap import get_services
from chalicelib.web.observability import exceptions, metrics

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from chalice.app import Request, Response

    from chalicelib.request_context import RequestContext

# Refused before anybody knew whether there is such a doctor: what was sent may be anything.
_CODES_WITHOUT_DOCTOR = {"doctor_not_found", "invalid", "required"}


def log_request(request: Request, get_response: Callable[[Request], Response]) -> Response:
    """Middleware, around all other: tell what was noted while the request was answered."""
    log = get_services().log
    if log is None:
        return get_response(request)
    began, at = perf_counter(), get_services().now()
    with request_context.request_scope() as seen:
        status = HTTPStatus.INTERNAL_SERVER_ERROR.value
        try:
            response = get_response(request)
            status = response.status_code
        finally:
            seen.exception = seen.exception or sys.exception()
            milliseconds = round((perf_counter() - began) * 1000, 1)
            line = _log_entry(request, seen, status, timestamp=at, milliseconds=milliseconds)
            log(msgspec.json.encode(line).decode())
    return response


def _log_entry(
    request: Request,
    context: RequestContext,
    status: int,
    *,
    timestamp: datetime,
    milliseconds: float,
) -> dict[str, Any]:
    """No more than is named here, so that nothing of a patient's comes along.

    ``request.path`` is the route: what Chalice found it by, with names in place of values.
    """
    is_refusal = status >= HTTPStatus.BAD_REQUEST
    code = context.code or HTTPStatus(status).name.lower()
    line: dict[str, Any] = {
        "level": "ERROR" if context.exception else "INFO",
        "at": timestamp.isoformat(),
        "request_id": request.context.get("requestId"),
        "function_request_id": getattr(request.lambda_context, "aws_request_id", None),
        "method": request.method,
        "route": request.path,
        "caller": context.caller_roles,
        "doctor_id": None if context.code in _CODES_WITHOUT_DOCTOR else context.doctor_id,
        "status": status,
        "outcome": code if is_refusal else "ok",
        "calls": {name: context.dynamodb_calls.count(name) for name in context.dynamodb_calls},
        "read_units": sum(context.read_units),
        "write_units": sum(context.write_units),
        **metrics.embedded_metrics(
            stage=get_services().settings.stage,
            timestamp=timestamp,
            milliseconds=milliseconds,
            counts=context.metrics,
            code=code if is_refusal else None,
        ),
    }
    return (
        line | {"bug": exceptions.format_exception(context.exception)}
        if context.exception
        else line
    )


class ExceptionHandler(logging.Handler):
    """Keeps the exceptions that Chalice makes a 500 of for the line of their request."""

    def emit(self, record: logging.LogRecord) -> None:
        """Where no request is under way, as while an answer is put together, in a line alone."""
        bug = record.exc_info[1] if record.exc_info else None
        log = get_services().log
        if request_context.has_request():
            request_context.current_request().exception = bug
        elif log is not None and bug is not None:
            line = {"level": "ERROR", "bug": exceptions.format_exception(bug)}
            log(msgspec.json.encode(line).decode())


def redirect_framework_logs(logger: logging.Logger) -> None:
    """What Chalice says of exceptions comes with their texts: have it in our lines instead."""
    if get_services().log is not None:
        logger.handlers[:] = [ExceptionHandler()]
        logger.propagate = False
