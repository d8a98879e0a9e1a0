"""Count the holds of a client, in the transaction of a hold or of what ends it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pynamodb.expressions.operand import Path

from chalicelib.domain.booking import Observed
from chalicelib.domain.booking_writes import AddHold, RemoveHold
from chalicelib.domain.errors import SlotStateMismatchError
from chalicelib.storage import keys
from chalicelib.storage.booking_conditions import holds_are
from chalicelib.storage.booking_mapping import holds_from_raw
from chalicelib.storage.mapping import format_timestamp
from chalicelib.storage.models import SCHEMA, HoldsItem

if TYPE_CHECKING:
    from pynamodb.expressions.update import Action

    from chalicelib.domain.booking_writes import ReplaceHolds
    from chalicelib.storage.models import RawItem
    from chalicelib.storage.transaction import Transaction

_NEXT_HOLDS_VERSION = (
    HoldsItem.kind.set(HoldsItem),
    HoldsItem.schema.set(SCHEMA),
    HoldsItem.version.add(1),
)


def update_holds(
    transaction: Transaction, doctor_id: str, write: AddHold | ReplaceHolds | RemoveHold
) -> None:
    """Count the hold in the transaction, or count it no longer."""
    transaction.update(
        (keys.doctor_pk(doctor_id), keys.holds_sk(write.owner)),
        [
            *_NEXT_HOLDS_VERSION,
            *_hold_actions(write),
        ],
        condition=holds_are(write),
        on_failure=_holds_mismatch,
    )


def _holds_mismatch(raw_item: RawItem | None) -> SlotStateMismatchError:
    return SlotStateMismatchError(Observed(holds=holds_from_raw(raw_item) if raw_item else None))


def _hold_actions(write: AddHold | ReplaceHolds | RemoveHold) -> list[Action]:
    match write:
        case AddHold(start=start, until=until):
            name = keys.format_instant(start)
            return [HoldsItem.held.add({name}), Path([name]).set(format_timestamp(until))]
        case RemoveHold(start=start):
            name = keys.format_instant(start)
            return [HoldsItem.held.delete({name}), Path([name]).remove()]
        case _:
            held = {keys.format_instant(start): until for start, until in write.until.items()}
            expired = map(keys.format_instant, write.expired)
            return [
                HoldsItem.held.set(set(held)),
                *(Path([name]).set(format_timestamp(until)) for name, until in held.items()),
                *(Path([name]).remove() for name in expired),
            ]
