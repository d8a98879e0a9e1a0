"""Writes that take effect together or not at all, each beside what its failed condition means."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pynamodb.exceptions import TransactWriteError
from pynamodb.transactions import TransactWrite

from chalicelib.domain.errors import DayChanged
from chalicelib.storage import table
from chalicelib.storage.failures import reason_codes, writing

if TYPE_CHECKING:
    from pynamodb.expressions.condition import Condition
    from pynamodb.expressions.update import Action

    from chalicelib.storage.records import Item


class Transaction:
    """One ``TransactWriteItems`` of at most 100 actions, no item twice.

    DynamoDB gives the reasons of a cancelled transaction in the order of its actions, and PynamoDB
    sends deletes, then puts, then updates, whatever order they were added in: so they are kept
    apart here, and only here.
    """

    def __init__(self) -> None:
        """Nothing to write yet."""
        self._deletes: list[tuple[Item, Condition, DayChanged]] = []
        self._puts: list[tuple[Item, Condition, DayChanged]] = []
        self._updates: list[tuple[Item, list[Action], Condition, DayChanged]] = []

    def delete(self, item: Item, *, if_: Condition, otherwise: DayChanged) -> None:
        """Delete where the condition holds."""
        self._deletes.append((item, if_, otherwise))

    def put(self, item: Item, *, if_: Condition, otherwise: DayChanged) -> None:
        """Put where the condition holds."""
        self._puts.append((item, if_, otherwise))

    def update(
        self, item: Item, actions: list[Action], *, if_: Condition, otherwise: DayChanged
    ) -> None:
        """Update where the condition holds."""
        self._updates.append((item, actions, if_, otherwise))

    def commit(self) -> None:
        """Write everything, or raise and write nothing.

        Raises ``DayChanged`` with what the failed conditions mean, or where another
        transaction was at work on the same items at that moment; ``Unavailable``;
        ``OutcomeUnknown``.
        """
        try:
            with writing(), TransactWrite(connection=table.connection()) as write:
                for item, condition, _ in self._deletes:
                    write.delete(item, condition=condition)
                for item, condition, _ in self._puts:
                    write.save(item, condition=condition)
                for item, actions, condition, _ in self._updates:
                    write.update(item, actions=actions, condition=condition)
        except TransactWriteError as error:
            if changed := self._change_behind(error):
                raise changed from error
            raise

    def _change_behind(self, error: TransactWriteError) -> DayChanged | None:
        meanings = [
            *(meaning for *_, meaning in self._deletes),
            *(meaning for *_, meaning in self._puts),
            *(meaning for *_, meaning in self._updates),
        ]
        reasons = error.cancellation_reasons
        failed = [
            meaning
            for meaning, reason in zip(meanings, reasons, strict=bool(reasons))
            if reason and reason.code == "ConditionalCheckFailed"
        ]
        if failed:
            return DayChanged(
                exist=tuple(slot for meaning in failed for slot in meaning.exist),
                stay=tuple(slot for meaning in failed for slot in meaning.stay),
            )
        return DayChanged() if "TransactionConflict" in reason_codes(error) else None
