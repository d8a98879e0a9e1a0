"""Translate errors of DynamoDB, and the lack of a response, to domain errors."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from botocore import exceptions as botocore_errors
from pynamodb.exceptions import PynamoDBException, VerboseClientError

from chalicelib.domain.errors import OutcomeUnknownError, StoreBusyError, StoreUnavailableError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

# DynamoDB did nothing, and may accept the same request in a moment.
_BUSY_CODES = {
    "LimitExceededException",
    "ProvisionedThroughputExceededException",
    "ProvisionedThroughputExceeded",
    "RequestLimitExceeded",
    "Throttling",
    "ThrottlingError",
    "ThrottlingException",
    # A single read or write of an item that a transaction is writing.
    "TransactionConflictException",
}
# DynamoDB did nothing, and cannot before there is a table.
_TABLE_NOT_FOUND = "ResourceNotFoundException"
# The reason of an item to which its write cannot be applied.
INVALID = "ValidationError"
# The message of a ``ValidationException``, which has no code of its own.
_MISSING_ATTRIBUTE = "refers to an attribute that does not exist in the item"
# DynamoDB may have done it.
_OUTCOME_UNKNOWN_CODES = {
    "InternalFailure",
    "InternalServerError",
    "ServiceUnavailable",
    "TransactionInProgressException",
    # A gateway in front of DynamoDB responds in its own format: botocore's code is the status then.
    "500",
    "502",
    "503",
    "504",
}


def translate_read_errors() -> AbstractContextManager[None]:
    """Translate errors of a read: throttling → ``StoreBusyError``, else ``StoreUnavailableError``.

    Anything unexpected propagates as a bug.
    """
    return _translate_errors(unknown=StoreUnavailableError)


def translate_write_errors() -> AbstractContextManager[None]:
    """Translate errors of a write, which may have been committed if there is no response.

    Throttling → ``StoreBusyError``, missing table → ``StoreUnavailableError``, no response →
    ``OutcomeUnknownError``. Anything unexpected propagates as a bug.
    """
    return _translate_errors(unknown=OutcomeUnknownError)


@contextmanager
def _translate_errors(
    *, unknown: type[StoreUnavailableError | OutcomeUnknownError]
) -> Iterator[None]:
    try:
        yield
    except PynamoDBException as error:
        if unavailable := _unavailable_error(error):
            raise unavailable from error
        if _is_outcome_unknown(error):
            raise unknown from error
        raise


def _unavailable_error(error: PynamoDBException) -> type[StoreUnavailableError] | None:
    if _error_code(error) in _BUSY_CODES or reason_codes(error) & _BUSY_CODES:
        return StoreBusyError
    return StoreUnavailableError if _error_code(error) == _TABLE_NOT_FOUND else None


def reason_codes(error: PynamoDBException) -> set[str]:
    """Return the codes of the reasons for which DynamoDB cancelled a transaction."""
    if isinstance(error.cause, VerboseClientError):
        return {reason.code for reason in error.cause.cancellation_reasons if reason}
    return set()


def lacks_attribute(error: PynamoDBException) -> bool:
    """Return whether DynamoDB rejected a transaction because a stored item lacks an attribute.

    AWS names it as the reason of the item, an emulator may reject the request as a whole.
    """
    return INVALID in reason_codes(error) or _MISSING_ATTRIBUTE in str(error.cause)


def _is_outcome_unknown(error: PynamoDBException) -> bool:
    return (
        isinstance(error.cause, botocore_errors.ConnectionError | botocore_errors.HTTPClientError)
        or _error_code(error) in _OUTCOME_UNKNOWN_CODES
    )


def _error_code(error: PynamoDBException) -> str | None:
    if isinstance(error.cause, botocore_errors.ClientError):
        return error.cause.response.get("Error", {}).get("Code")
    return None
