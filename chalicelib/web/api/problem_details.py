"""Every answer from 400 up, in one shape: RFC 9457 for machines, the same sentence for people."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct, field

from chalicelib.domain import errors, local_time
from chalicelib.domain.violations import FieldViolation, SlotOverlap
from chalicelib.web.api import schemas
from chalicelib.web.http.errors import HttpError

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from chalicelib.domain.violations import SlotViolation
    from chalicelib.web.http.types import Headers


PROBLEM_JSON = "application/problem+json"


class Problem(Struct, frozen=True, kw_only=True):
    """``version`` is the day's, where the client asked for another.

    ``code`` names the situation in the log: that of the first error, if there are ``errors``.
    """

    status: HTTPStatus
    code: str
    detail: str
    errors: tuple[schemas.ErrorEntry, ...] = ()
    version: int | msgspec.UnsetType = msgspec.UNSET
    headers: Headers = field(default_factory=dict)

    def to_schema(self) -> schemas.Problem:
        """The members of RFC 9457, ``errors``, and what else there is to know."""
        return schemas.Problem(
            type="about:blank",
            title=self.status.phrase,
            status=self.status.value,
            detail=self.detail,
            errors=list(self.errors),
            version=self.version,
        )


_STATUSES: dict[type[errors.DomainError], HTTPStatus] = {
    errors.RequestRejectedError: HTTPStatus.BAD_REQUEST,
    errors.ConflictError: HTTPStatus.CONFLICT,
    errors.SlotNotFoundError: HTTPStatus.NOT_FOUND,
    errors.DoctorNotFoundError: HTTPStatus.NOT_FOUND,
    errors.PermissionDeniedError: HTTPStatus.FORBIDDEN,
    errors.VersionMismatchError: HTTPStatus.PRECONDITION_FAILED,
    errors.IdempotencyKeyReusedError: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.StoreUnavailableError: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.OutcomeUnknownError: HTTPStatus.SERVICE_UNAVAILABLE,
}


def problem_from_error(error: errors.DomainError | HttpError) -> Problem:
    """What an error is to a client."""
    code, detail = _error_code(error), str(error)
    if isinstance(error, HttpError):
        return Problem(status=error.status, code=code, detail=detail, headers=error.headers)
    status = next(_STATUSES[kind] for kind in type(error).__mro__ if kind in _STATUSES)
    match error:
        case errors.RequestRejectedError(violations=faults, zone=zone):
            told = tuple(_error_entry(fault, zone) for fault in faults)
            return Problem(status=status, code=code, detail=detail, errors=told)
        case errors.VersionMismatchError(version=version):
            return Problem(status=status, code=code, detail=detail, version=version)
        case errors.StoreUnavailableError(retry_after=seconds):
            return Problem(
                status=status, code=code, detail=detail, headers={"Retry-After": str(seconds)}
            )
        case errors.OutcomeUnknownError():
            return Problem(status=status, code=code, detail=detail, headers={"Retry-After": "1"})
        case _:
            return Problem(status=status, code=code, detail=detail)


def _error_code(error: errors.DomainError | HttpError) -> str:
    """Return the code of the first slot or field at fault, else the error's own."""
    if isinstance(error, errors.RequestRejectedError) and error.violations:
        return error.violations[0].code
    return error.code


def _error_entry(
    violation: SlotViolation | FieldViolation, zone: ZoneInfo | None
) -> schemas.ErrorEntry:
    if isinstance(violation, FieldViolation):
        return schemas.ErrorEntry(
            field=violation.field, code=violation.code, detail=violation.detail
        )
    told = schemas.ErrorEntry(
        start=_format_instant(violation.start, zone), code=violation.code, detail=violation.detail
    )
    if isinstance(violation, SlotOverlap):
        other = violation.conflicts_with
        told.conflicts_with = schemas.TimeRange(
            start=_format_instant(other.start, zone), end=_format_instant(other.end, zone)
        )
    return told


def _format_instant(instant: datetime | str, zone: ZoneInfo | None) -> str:
    if isinstance(instant, str):
        return instant
    return local_time.to_rfc3339(instant, zone) if zone else instant.isoformat()
