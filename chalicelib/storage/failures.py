"""What an error of DynamoDB, or no answer at all, means to us; what is not named here is a bug."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from botocore import exceptions as botocore_errors
from pynamodb.exceptions import PynamoDBException, VerboseClientError

from chalicelib.domain.errors import OutcomeUnknown, Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterator

# Nothing was done, and the same may be asked again.
_NOT_NOW = {
    "LimitExceededException",
    "ProvisionedThroughputExceededException",
    "ProvisionedThroughputExceeded",
    "RequestLimitExceeded",
    "ResourceNotFoundException",
    "Throttling",
    "ThrottlingError",
    "ThrottlingException",
}
# Of a write nobody knows whether it was done.
_UNKNOWN = {"InternalServerError", "ServiceUnavailable", "TransactionInProgressException"}


@contextmanager
def reading() -> Iterator[None]:
    """Raise ``Unavailable`` where the store gives no answer."""
    try:
        yield
    except PynamoDBException as error:
        if is_not_now(error) or _is_unknown(error):
            raise Unavailable from error
        raise


@contextmanager
def writing() -> Iterator[None]:
    """Raise ``Unavailable`` where nothing was written, ``OutcomeUnknown`` where that is unsure."""
    try:
        yield
    except PynamoDBException as error:
        if is_not_now(error):
            raise Unavailable from error
        if _is_unknown(error):
            raise OutcomeUnknown from error
        raise


def is_not_now(error: PynamoDBException) -> bool:
    """Throttled, or no table (yet)."""
    return _code(error) in _NOT_NOW or bool(reason_codes(error) & _NOT_NOW)


def reason_codes(error: PynamoDBException) -> set[str]:
    """The codes for which a transaction was cancelled."""
    if isinstance(error.cause, VerboseClientError):
        return {reason.code for reason in error.cause.cancellation_reasons if reason}
    return set()


def _is_unknown(error: PynamoDBException) -> bool:
    return (
        isinstance(error.cause, botocore_errors.ConnectionError | botocore_errors.HTTPClientError)
        or _code(error) in _UNKNOWN
    )


def _code(error: PynamoDBException) -> str | None:
    if isinstance(error.cause, botocore_errors.ClientError):
        return error.cause.response.get("Error", {}).get("Code")
    return None
