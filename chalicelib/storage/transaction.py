"""Writes that take effect together or not at all, each beside what its failed condition means."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from pynamodb.exceptions import TransactWriteError
from pynamodb.transactions import TransactWrite

from chalicelib.domain.errors import Busy, DayChanged, LostRace
from chalicelib.storage import table
from chalicelib.storage.failures import reason_codes, writing

if TYPE_CHECKING:
    from pynamodb.expressions.condition import Condition
    from pynamodb.expressions.update import Action

    from chalicelib.storage.records import Item

RawItem = dict[str, Any]
# What a failed condition means; or what it means in view of the item that stood there, if any did.
Meaning = LostRace | Callable[[RawItem | None], LostRace]


class Transaction:
    """One ``TransactWriteItems`` of at most 100 actions, no item twice.

    DynamoDB gives the reasons of a cancelled transaction in the order of its actions, and PynamoDB
    sends checks, then deletes, then puts, then updates, whatever order they were added in: so they
    are kept apart here, and only here.
    """

    def __init__(self) -> None:
        """Nothing to write yet."""
        self._checks: list[tuple[Item, Condition, Meaning]] = []
        self._deletes: list[tuple[Item, Condition | None, Meaning]] = []
        self._puts: list[tuple[Item, Condition | None, Meaning]] = []
        self._updates: list[tuple[Item, list[Action], Condition, Meaning]] = []

    def check(self, item: Item, *, if_: Condition, otherwise: Meaning) -> None:
        """Write nothing here, and nothing elsewhere unless the condition holds."""
        self._checks.append((item, if_, otherwise))

    def delete(self, item: Item, *, if_: Condition | None, otherwise: Meaning) -> None:
        """Delete where the condition holds; None: in any case."""
        self._deletes.append((item, if_, otherwise))

    def put(self, item: Item, *, if_: Condition | None, otherwise: Meaning) -> None:
        """Put where the condition holds; None: in any case."""
        self._puts.append((item, if_, otherwise))

    def update(
        self, item: Item, actions: list[Action], *, if_: Condition, otherwise: Meaning
    ) -> None:
        """Update where the condition holds."""
        self._updates.append((item, actions, if_, otherwise))

    def commit(self) -> None:
        """Write everything, or raise and write nothing.

        Raises what the first failed condition means, or all of them together where that is
        ``DayChanged``; ``Busy`` where another transaction was at work on the same items at that
        moment, ``Unavailable``; ``OutcomeUnknown``.
        """
        try:
            with writing(), TransactWrite(connection=table.connection()) as write:
                for item, if_, _ in self._checks:
                    write.condition_check(type(item), item.pk, item.sk, condition=if_)
                for item, maybe, _ in self._deletes:
                    write.delete(item, condition=maybe)
                for item, maybe, _ in self._puts:
                    write.save(item, condition=maybe)
                for item, actions, if_, meaning in self._updates:
                    write.update(
                        item,
                        actions=actions,
                        condition=if_,
                        return_values="ALL_OLD" if callable(meaning) else None,
                    )
        except TransactWriteError as error:
            meant = self._meaning_of(error)
            try:
                if meant:
                    raise meant from error
                raise
            finally:
                # It knows this call by its traceback. Known here in turn, both would stay in
                # memory, and the request with them, until somebody looks for garbage.
                del meant

    def _meaning_of(self, error: TransactWriteError) -> LostRace | Busy | None:
        meanings: list[Meaning] = [
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
            return _together(failed)
        return Busy() if "TransactionConflict" in reason_codes(error) else None


def _together(failed: list[LostRace]) -> LostRace:
    changes = [meant for meant in failed if isinstance(meant, DayChanged)]
    if len(changes) < len(failed):
        return next(meant for meant in failed if not isinstance(meant, DayChanged))
    return DayChanged(
        exist=tuple(slot for meant in changes for slot in meant.exist),
        stay=tuple(slot for meant in changes for slot in meant.stay),
    )
