"""The request log: one line of JSON per request, with its outcome, duration and capacity."""

from __future__ import annotations

import logging
import sys
from collections import Counter
from http import HTTPStatus
from time import perf_counter
from typing import TYPE_CHECKING, Any

import msgspec

from chalicelib import request_context
from chalicelib.bootstrap import get_services
from chalicelib.web.observability import exceptions, metrics
from chalicelib.web.status_codes import code_of_status

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from chalice.app import Request, Response

    from chalicelib.request_context import RequestContext

# Errors that occur before the doctor is found: the id in the request may be anything.
_CODES_WITHOUT_DOCTOR = {"doctor_not_found", "invalid", "required", "unknown_member"}

# Many of these are a sign of an attack, or of a client that is out of control; alarms watch them.
_METRICS_BY_STATUS: dict[int, str] = {
    HTTPStatus.UNAUTHORIZED: "Unauthorized",
    HTTPStatus.FORBIDDEN: "Forbidden",
    HTTPStatus.CONFLICT: "Conflicts",
}


def log_request(request: Request, get_response: Callable[[Request], Response]) -> Response:
    """Outermost middleware: open the request's context, and log it with the response's status."""
    log = get_services().log
    if log is None:
        with request_context.request_scope():
            return get_response(request)
    started, timestamp = perf_counter(), get_services().now()
    with request_context.request_scope() as context:
        status = HTTPStatus.INTERNAL_SERVER_ERROR.value
        try:
            response = get_response(request)
            status = response.status_code
        finally:
            context.exception = context.exception or sys.exception()
            if status in _METRICS_BY_STATUS:
                context.metrics[_METRICS_BY_STATUS[status]] += 1
            milliseconds = round((perf_counter() - started) * 1000, 1)
            entry = _log_entry(
                request, context, status, timestamp=timestamp, milliseconds=milliseconds
            )
            log(msgspec.json.encode(entry).decode())
    return response


def _log_entry(
    request: Request,
    context: RequestContext,
    status: int,
    *,
    timestamp: datetime,
    milliseconds: float,
) -> dict[str, Any]:
    """Return only fields that are listed here, so that no patient data gets into the log.

    ``request.path`` is the pattern of the route, which contains no values.
    """
    is_error = status >= HTTPStatus.BAD_REQUEST
    code = context.code or code_of_status(status)
    entry: dict[str, Any] = {
        "level": "ERROR" if context.exception else "INFO",
        "timestamp": timestamp.isoformat(),
        "request_id": request.context.get("requestId"),
        "lambda_request_id": getattr(request.lambda_context, "aws_request_id", None),
        "method": request.method,
        "route": request.path,
        "caller_roles": context.caller_roles,
        "subject": context.subject,
        "client": context.client,
        **_existing_ids(context),
        "status": status,
        "outcome": code if is_error else "ok",
        "reason": context.auth_failure,
        "dynamodb_calls": Counter(context.dynamodb_calls),
        "read_units": sum(context.read_units),
        "write_units": sum(context.write_units),
        **metrics.embedded_metrics(
            stage=get_services().settings.stage,
            timestamp=timestamp,
            milliseconds=milliseconds,
            counts=context.metrics,
            code=code if is_error else None,
        ),
    }
    if context.unreadable_items:
        entry["unreadable_items"] = context.unreadable_items
    if context.exception:
        entry["exception"] = exceptions.format_exception(context.exception)
    return entry


def _existing_ids(context: RequestContext) -> dict[str, str | None]:
    """Return no id of a doctor who does not exist: it may be any text that a client sent."""
    is_doctor_known = context.code not in _CODES_WITHOUT_DOCTOR
    return {
        "doctor_id": context.doctor_id if is_doctor_known else None,
        "slot_id": context.slot_id if is_doctor_known else None,
    }


class ExceptionHandler(logging.Handler):
    """Adds the exceptions that Chalice turns into a 500 to the context of their request."""

    def emit(self, record: logging.LogRecord) -> None:
        """Outside a request, as when Chalice builds the response, log the exception by itself."""
        exception = record.exc_info[1] if record.exc_info else None
        log = get_services().log
        if request_context.has_request():
            request_context.current_request().exception = exception
        elif log is not None and exception is not None:
            entry = {"level": "ERROR", "exception": exceptions.format_exception(exception)}
            log(msgspec.json.encode(entry).decode())


def redirect_framework_logs(logger: logging.Logger) -> None:
    """Log Chalice's exceptions in our own format: its own has their messages."""
    if get_services().log is not None:
        logger.handlers[:] = [ExceptionHandler()]
        logger.propagate = False
