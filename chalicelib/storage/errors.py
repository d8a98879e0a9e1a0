"""What an error of DynamoDB, or no answer at all, means to us; what is not named here is a bug."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from botocore import exceptions as botocore_errors
from pynamodb.exceptions import PynamoDBException, VerboseClientError

from chalicelib.domain.errors import OutcomeUnknownError, StoreBusyError, StoreUnavailableError

if TYPE_CHECKING:
    from collections.abc import Iterator

# Nothing was done, and the same may be asked again in a moment,
_BUSY_CODES = {
    "LimitExceededException",
    "ProvisionedThroughputExceededException",
    "ProvisionedThroughputExceeded",
    "RequestLimitExceeded",
    "Throttling",
    "ThrottlingError",
    "ThrottlingException",
    # A write or read by itself, of an item that a transaction is at work on.
    "TransactionConflictException",
}
# ... or when there is a table.
_TABLE_NOT_FOUND = "ResourceNotFoundException"
# Of a write nobody knows whether it was done.
_OUTCOME_UNKNOWN_CODES = {
    "InternalFailure",
    "InternalServerError",
    "ServiceUnavailable",
    "TransactionInProgressException",
    # What stands before DynamoDB and answers in its own words: botocore's code is the status then.
    "500",
    "502",
    "503",
    "504",
}


@contextmanager
def translate_read_errors() -> Iterator[None]:
    """Raise ``Busy`` where the store asks for patience, ``Unavailable`` where it is silent."""
    try:
        yield
    except PynamoDBException as error:
        if not_now := _unavailable_error(error):
            raise not_now from error
        if _is_outcome_unknown(error):
            raise StoreUnavailableError from error
        raise


@contextmanager
def translate_write_errors() -> Iterator[None]:
    """Raise as ``reading`` where nothing was written, ``OutcomeUnknown`` where that is unsure."""
    try:
        yield
    except PynamoDBException as error:
        if not_now := _unavailable_error(error):
            raise not_now from error
        if _is_outcome_unknown(error):
            raise OutcomeUnknownError from error
        raise


def _unavailable_error(error: PynamoDBException) -> type[StoreUnavailableError] | None:
    if _error_code(error) in _BUSY_CODES or reason_codes(error) & _BUSY_CODES:
        return StoreBusyError
    return StoreUnavailableError if _error_code(error) == _TABLE_NOT_FOUND else None


def reason_codes(error: PynamoDBException) -> set[str]:
    """The codes for which a transaction was cancelled."""
    if isinstance(error.cause, VerboseClientError):
        return {reason.code for reason in error.cause.cancellation_reasons if reason}
    return set()


def _is_outcome_unknown(error: PynamoDBException) -> bool:
    return (
        isinstance(error.cause, botocore_errors.ConnectionError | botocore_errors.HTTPClientError)
        or _error_code(error) in _OUTCOME_UNKNOWN_CODES
    )


def _error_code(error: PynamoDBException) -> str | None:
    if isinstance(error.cause, botocore_errors.ClientError):
        return error.cause.response.get("Error", {}).get("Code")
    return None
