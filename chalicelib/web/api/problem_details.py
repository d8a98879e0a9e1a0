"""Problem details (RFC 9457): the one JSON shape of every response from 400 up."""

from __future__ import annotations

import random
from http import HTTPStatus
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct, field

from chalicelib.domain import errors, local_time
from chalicelib.domain.violations import BookedElsewhere, FieldViolation, SlotOverlap
from chalicelib.web.api import schemas
from chalicelib.web.http.errors import HttpError
from chalicelib.web.status_codes import reason_phrase
from chalicelib.web.texts import _, translate

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from chalicelib.domain.violations import SlotViolation
    from chalicelib.web.http.types import Headers


PROBLEM_JSON = "application/problem+json"
_MAX_DETAILS_IN_SUMMARY = 3
RETRY_AFTER_RANGE = (1, 3)
"""Seconds. Clients that got their 503 at the same moment must not all return at the same moment."""


class Problem(Struct, frozen=True, kw_only=True):
    """An error response before it is rendered as JSON or as a page.

    ``code`` is what the request log and the metrics call it: that of the first of ``errors``, if
    there are any. ``errors_total`` counts them all, if there are more. ``version`` is the current
    one of the day or of the doctor's settings, if the client expected another.
    """

    status: HTTPStatus
    code: str
    detail: str
    errors: tuple[schemas.ErrorEntry, ...] = ()
    errors_total: int | msgspec.UnsetType = msgspec.UNSET
    version: int | msgspec.UnsetType = msgspec.UNSET
    headers: Headers = field(default_factory=dict)

    def to_schema(self) -> schemas.Problem:
        """The JSON: the members of RFC 9457, and ``errors`` and ``version`` as extensions."""
        return schemas.Problem(
            type="about:blank",
            title=reason_phrase(self.status),
            status=self.status.value,
            detail=self.detail,
            errors=list(self.errors),
            errors_total=self.errors_total,
            version=self.version,
        )


_STATUSES: dict[type[errors.DomainError], HTTPStatus] = {
    errors.RequestRejectedError: HTTPStatus.BAD_REQUEST,
    errors.ConflictError: HTTPStatus.CONFLICT,
    errors.TooManyHoldsError: HTTPStatus.TOO_MANY_REQUESTS,
    errors.SlotNotFoundError: HTTPStatus.NOT_FOUND,
    errors.NotFoundError: HTTPStatus.NOT_FOUND,
    errors.SignInRepeatedError: HTTPStatus.BAD_REQUEST,
    errors.PermissionDeniedError: HTTPStatus.FORBIDDEN,
    errors.VersionMismatchError: HTTPStatus.PRECONDITION_FAILED,
    errors.IdempotencyKeyReusedError: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.UnreadableItemError: HTTPStatus.INTERNAL_SERVER_ERROR,
    errors.StoreUnavailableError: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.OutcomeUnknownError: HTTPStatus.SERVICE_UNAVAILABLE,
}


def problem_from_error(error: errors.DomainError | HttpError) -> Problem:
    """Translate an error to status, code, detail and headers."""
    code, detail = _error_code(error), translate(error.detail)
    if isinstance(error, HttpError):
        return Problem(status=error.status, code=code, detail=detail, headers=error.headers)
    status = next(_STATUSES[kind] for kind in type(error).__mro__ if kind in _STATUSES)
    match error:
        case errors.RequestRejectedError():
            return _rejection(error, status, code)
        case errors.VersionMismatchError(version=version):
            return Problem(status=status, code=code, detail=detail, version=version)
        case errors.StoreUnavailableError(retry_after=seconds):
            return Problem(status=status, code=code, detail=detail, headers=_retry_after(seconds))
        case errors.OutcomeUnknownError():
            return Problem(status=status, code=code, detail=detail, headers=_retry_after(None))
        case _:
            return Problem(status=status, code=code, detail=detail)


def _retry_after(seconds: int | None) -> Headers:
    if seconds is None:
        seconds = random.randint(*RETRY_AFTER_RANGE)  # noqa: S311  a delay is no secret  # nosec B311
    return {"Retry-After": str(seconds)}


def _limit_headers(error: errors.RequestRejectedError) -> Headers:
    return _retry_after(error.retry_after) if isinstance(error, errors.TooManyHoldsError) else {}


def _rejection(error: errors.RequestRejectedError, status: HTTPStatus, code: str) -> Problem:
    listed = error.violations[: schemas.MAX_ERROR_ENTRIES]
    is_complete = len(listed) == len(error.violations)
    return Problem(
        status=status,
        code=code,
        detail=_summary(error),
        errors=tuple(_error_entry(violation, error.zone) for violation in listed),
        errors_total=msgspec.UNSET if is_complete else len(error.violations),
        headers=_limit_headers(error),
    )


def _summary(error: errors.RequestRejectedError) -> str:
    """The first few details; more would make an unreadable sentence."""
    details = [translate(v.detail) for v in error.violations[:_MAX_DETAILS_IN_SUMMARY]]
    if more := len(error.violations) - len(details):
        details.append(_("and %(count)s more", count=more))
    return "; ".join(details)


def _error_code(error: errors.DomainError | HttpError) -> str:
    """The code of the first violation, else the error's own."""
    if isinstance(error, errors.RequestRejectedError) and error.violations:
        return error.violations[0].code
    return error.code


def _error_entry(
    violation: SlotViolation | FieldViolation, zone: ZoneInfo | None
) -> schemas.ErrorEntry:
    if isinstance(violation, FieldViolation):
        return schemas.ErrorEntry(
            field=violation.field, code=violation.code, detail=translate(violation.detail)
        )
    start = violation.start
    entry = schemas.ErrorEntry(
        # A start that is no instant is returned as the client sent it.
        start=violation.slot_label if start is None else _format_instant(start, zone),
        code=violation.code,
        detail=translate(violation.detail),
    )
    if isinstance(violation, SlotOverlap):
        other = violation.conflicts_with
        entry.conflicts_with = schemas.TimeRange(
            start=_format_instant(other.start, zone), end=_format_instant(other.end, zone)
        )
    if isinstance(violation, BookedElsewhere):
        entry.slot_id = str(violation.slot_id)
    return entry


def _format_instant(instant: datetime, zone: ZoneInfo | None) -> str:
    return local_time.to_rfc3339(instant, zone) if zone else instant.isoformat()
