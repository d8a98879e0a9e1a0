"""Writes that take effect together or not at all, each beside what its failed condition means."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from pynamodb.exceptions import TransactWriteError
from pynamodb.transactions import TransactWrite

from chalicelib.domain.errors import ConcurrentModificationError, DayModifiedError, StoreBusyError
from chalicelib.storage import table
from chalicelib.storage.errors import reason_codes, translate_write_errors

if TYPE_CHECKING:
    from pynamodb.expressions.condition import Condition
    from pynamodb.expressions.update import Action

    from chalicelib.storage.models import BaseItem

RawItem = dict[str, Any]
# What a failed condition means; or what it means in view of the item that stood there, if any did.
FailureHandler = (
    ConcurrentModificationError | Callable[[RawItem | None], ConcurrentModificationError]
)


class Transaction:
    """One ``TransactWriteItems`` of at most 100 actions, no item twice.

    DynamoDB gives the reasons of a cancelled transaction in the order of its actions, and PynamoDB
    sends checks, then deletes, then puts, then updates, whatever order they were added in: so they
    are kept apart here, and only here.
    """

    def __init__(self) -> None:
        """Nothing to write yet."""
        self._checks: list[tuple[BaseItem, Condition, FailureHandler]] = []
        self._deletes: list[tuple[BaseItem, Condition | None, FailureHandler]] = []
        self._puts: list[tuple[BaseItem, Condition | None, FailureHandler]] = []
        self._updates: list[tuple[BaseItem, list[Action], Condition, FailureHandler]] = []

    def check(self, item: BaseItem, *, condition: Condition, on_failure: FailureHandler) -> None:
        """Write nothing here, and nothing elsewhere unless the condition holds."""
        self._checks.append((item, condition, on_failure))

    def delete(
        self, item: BaseItem, *, condition: Condition | None, on_failure: FailureHandler
    ) -> None:
        """Delete where the condition holds; None: in any case."""
        self._deletes.append((item, condition, on_failure))

    def put(
        self, item: BaseItem, *, condition: Condition | None, on_failure: FailureHandler
    ) -> None:
        """Put where the condition holds; None: in any case."""
        self._puts.append((item, condition, on_failure))

    def update(
        self,
        item: BaseItem,
        actions: list[Action],
        *,
        condition: Condition,
        on_failure: FailureHandler,
    ) -> None:
        """Update where the condition holds."""
        self._updates.append((item, actions, condition, on_failure))

    def commit(self) -> None:
        """Write everything, or raise and write nothing.

        Raises what the first failed condition means, or all of them together where that is
        ``DayChanged``; ``Busy`` where another transaction was at work on the same items at that
        moment, ``Unavailable``; ``OutcomeUnknown``.
        """
        try:
            with translate_write_errors(), TransactWrite(connection=table.connection()) as write:
                for item, condition, _ in self._checks:
                    write.condition_check(type(item), item.pk, item.sk, condition=condition)
                for item, optional_condition, _ in self._deletes:
                    write.delete(item, condition=optional_condition)
                for item, optional_condition, _ in self._puts:
                    write.save(item, condition=optional_condition)
                for item, actions, condition, on_failure in self._updates:
                    write.update(
                        item,
                        actions=actions,
                        condition=condition,
                        return_values="ALL_OLD" if callable(on_failure) else None,
                    )
        except TransactWriteError as error:
            meant = self._failure_for(error)
            try:
                if meant:
                    raise meant from error
                raise
            finally:
                # It knows this call by its traceback. Known here in turn, both would stay in
                # memory, and the request with them, until somebody looks for garbage.
                del meant

    def _failure_for(
        self, error: TransactWriteError
    ) -> ConcurrentModificationError | StoreBusyError | None:
        meanings: list[FailureHandler] = [
            *(meaning for *_, meaning in self._checks),
            *(meaning for *_, meaning in self._deletes),
            *(meaning for *_, meaning in self._puts),
            *(meaning for *_, meaning in self._updates),
        ]
        reasons = error.cancellation_reasons
        failed = [
            meaning(reason.raw_item) if callable(meaning) else meaning
            for meaning, reason in zip(meanings, reasons, strict=bool(reasons))
            if reason and reason.code == "ConditionalCheckFailed"
        ]
        if failed:
            return _merge(failed)
        return StoreBusyError() if "TransactionConflict" in reason_codes(error) else None


def _merge(failures: list[ConcurrentModificationError]) -> ConcurrentModificationError:
    changes = [meant for meant in failures if isinstance(meant, DayModifiedError)]
    if len(changes) < len(failures):
        return next(meant for meant in failures if not isinstance(meant, DayModifiedError))
    return DayModifiedError(
        already_existing=tuple(slot for meant in changes for slot in meant.already_existing),
        still_taken=tuple(slot for meant in changes for slot in meant.still_taken),
    )
