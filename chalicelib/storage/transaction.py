"""``TransactWriteItems`` in which each write names the error of its failed condition."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from typing import TYPE_CHECKING, Any

from pynamodb.exceptions import TransactWriteError

from chalicelib.domain.errors import (
    DayModifiedError,
    DomainError,
    SlotStateMismatchError,
    StoreBusyError,
    UnreadableItemError,
)
from chalicelib.storage import table
from chalicelib.storage.decoding import report_unreadable
from chalicelib.storage.errors import (
    INVALID,
    lacks_attribute,
    reason_codes,
    translate_write_errors,
)
from chalicelib.storage.models import BaseItem, RawItem

if TYPE_CHECKING:
    from pynamodb.expressions.condition import Condition
    from pynamodb.expressions.update import Action

    from chalicelib.domain.booking import Observed
    from chalicelib.storage.table import Key

RawRequest = dict[str, Any]
# Creates the error for a failed condition. Its argument is the stored item; None if there is none
# or the write is a check or a put. It is called only after DynamoDB has rejected the write: an
# error created earlier would form a reference cycle with the transaction, through its traceback.
FailureHandler = Callable[[RawItem | None], DomainError]

_FAILED_CONDITION = "ConditionalCheckFailed"
_EXPECTED_CODES = {_FAILED_CONDITION, "TransactionConflict"}


class Transaction:
    """A ``TransactWriteItems`` builder for at most 100 actions, each on a different item.

    Each write names the domain error to raise if its condition fails. DynamoDB reports cancellation
    reasons by position, and PynamoDB sends checks, then deletes, then puts, then updates, in
    whatever order they were added. This class keeps the two aligned.
    """

    def __init__(self) -> None:
        self._checks: list[tuple[RawRequest, FailureHandler]] = []
        self._deletes: list[tuple[RawRequest, FailureHandler]] = []
        self._puts: list[tuple[RawRequest, FailureHandler]] = []
        self._updates: list[tuple[RawRequest, FailureHandler]] = []

    def check(self, key: Key, *, condition: Condition, on_failure: FailureHandler) -> None:
        """Require a condition of an item without writing it."""
        self._checks.append((_request(key, condition=condition), on_failure))

    def delete(self, key: Key, *, condition: Condition | None, on_failure: FailureHandler) -> None:
        """Delete the item if the condition holds; unconditionally if it is None.

        If it does not hold, ``on_failure`` gets the stored item.
        """
        request = _request(key, condition=condition, return_values="ALL_OLD")
        self._deletes.append((request, on_failure))

    def put(
        self, item: RawItem, *, condition: Condition | None, on_failure: FailureHandler
    ) -> None:
        """Put the item if the condition holds; unconditionally if it is None."""
        request = _request((item["PK"]["S"], item["SK"]["S"]), condition=condition)
        del request["Key"]
        self._puts.append(({**request, "Item": item}, on_failure))

    def update(
        self,
        key: Key,
        actions: list[Action],
        *,
        condition: Condition | None,
        on_failure: FailureHandler,
    ) -> None:
        """Update the item if the condition holds; if not, ``on_failure`` gets the stored item.

        Unconditionally if the condition is None.
        """
        request = _request(key, actions, condition=condition, return_values="ALL_OLD")
        self._updates.append((request, on_failure))

    def commit(self) -> None:
        """Write everything, or raise and write nothing.

        Raises the error of the first failed condition. Several ``SlotStateMismatchError``, or if
        there is no other error several ``DayModifiedError``, become one with the slots of all.
        Raises ``StoreBusyError`` if another transaction is writing the same items,
        ``UnreadableItemError``, ``StoreUnavailableError``, ``OutcomeUnknownError``.
        """
        try:
            with translate_write_errors():
                table.connection().transact_write_items(
                    condition_check_items=[request for request, _ in self._checks],
                    delete_items=[request for request, _ in self._deletes],
                    put_items=[request for request, _ in self._puts],
                    update_items=[request for request, _ in self._updates],
                )
        except TransactWriteError as error:
            if lacks_attribute(error):
                self._report_unreadable(error)
                raise UnreadableItemError from error
            if not reason_codes(error) & _EXPECTED_CODES:
                raise
            raise self._failure_for(error) from error

    def _report_unreadable(self, error: TransactWriteError) -> None:
        """Log the item that lacks an attribute, or a map, with which its update computes."""
        invalid = [request for request, *_ in self._find_reasons(error, INVALID)]
        for request in invalid:
            report_unreadable(_item_of(request))
        if not invalid:
            report_unreadable(*(_item_of(request) for request, _ in self._updates))

    def _failure_for(self, error: TransactWriteError) -> DomainError:
        reasons = self._find_reasons(error, _FAILED_CONDITION)
        failures = [handler(raw_item) for _, handler, raw_item in reasons]
        return _merge(failures) if failures else StoreBusyError()

    def _find_reasons(
        self, error: TransactWriteError, code: str
    ) -> list[tuple[RawRequest, FailureHandler, RawItem | None]]:
        """Return the writes for which DynamoDB gives that reason, with the stored items."""
        writes = (*self._checks, *self._deletes, *self._puts, *self._updates)
        reasons = error.cancellation_reasons or [None] * len(writes)
        return [
            (request, handler, reason.raw_item)
            for (request, handler), reason in zip(writes, reasons, strict=True)
            if reason and reason.code == code
        ]


def _request(
    key: Key,
    actions: list[Action] | None = None,
    *,
    condition: Condition | None,
    return_values: str | None = None,
) -> RawRequest:
    """Return an action of the transaction on the item with that key."""
    request: RawRequest = table.connection().get_operation_kwargs(
        BaseItem.Meta.table_name or "",
        *key,
        actions=actions,
        condition=condition,
        return_values_on_condition_failure=return_values,
    )
    return request


def _item_of(request: RawRequest) -> BaseItem:
    """Return the keys of the item that the request writes."""
    key = request.get("Key") or request["Item"]
    return BaseItem(key["PK"]["S"], key["SK"]["S"])


def _updated(observed: Observed, newer: Observed) -> Observed:
    return observed.updated(newer)


def _merge(failures: list[DomainError]) -> DomainError:
    mismatches = [failure for failure in failures if isinstance(failure, SlotStateMismatchError)]
    if mismatches:
        return SlotStateMismatchError(reduce(_updated, (each.observed for each in mismatches)))
    modified = [failure for failure in failures if isinstance(failure, DayModifiedError)]
    if len(modified) < len(failures):
        return next(failure for failure in failures if not isinstance(failure, DayModifiedError))
    return DayModifiedError(
        already_existing=tuple(slot for failure in modified for slot in failure.already_existing),
        still_taken=tuple(slot for failure in modified for slot in failure.still_taken),
        last_change=max((f.last_change for f in modified if f.last_change), default=None),
    )
