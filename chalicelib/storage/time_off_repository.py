"""The time off of doctors in the table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pynamodb.exceptions import DoesNotExist

from chalicelib.storage import keys
from chalicelib.storage.decoding import decode_readable
from chalicelib.storage.errors import translate_read_errors
from chalicelib.storage.time_off_mapping import time_off_from_item
from chalicelib.storage.time_off_models import TimeOffItem
from chalicelib.storage.time_off_writes import put_time_off
from chalicelib.storage.transaction import Transaction

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from chalicelib.domain.time_off import TimeOff


class TimeOffRepository:
    """The time off of all doctors: of each the latest version, also if it lifts it."""

    def get(self, doctor_id: str, time_off_id: str) -> TimeOff | None:
        """Return the time off, None if there is none; strongly consistent.

        Raises ``UnreadableItemError``, ``StoreUnavailableError``.
        """
        key = keys.doctor_pk(doctor_id), keys.time_off_sk(time_off_id)
        try:
            with translate_read_errors():
                return time_off_from_item(TimeOffItem.get(*key, consistent_read=True))
        except DoesNotExist:
            return None

    def list_all(self, doctor_id: str) -> Sequence[TimeOff]:
        """Return all that can be read; strongly consistent. Raises ``StoreUnavailableError``."""
        with translate_read_errors():
            items: Iterable[TimeOffItem] = TimeOffItem.query(
                keys.doctor_pk(doctor_id),
                TimeOffItem.sk.startswith(keys.TIME_OFF_PREFIX),
                consistent_read=True,
            )
            return [*decode_readable(items, time_off_from_item)]

    def put(self, doctor_id: str, time_off: TimeOff, *, replaced: int | None) -> None:
        """Store a version. Raises ``PlanModifiedError`` unless ``replaced`` is the latest."""
        transaction = Transaction()
        put_time_off(transaction, doctor_id, time_off, replaced)
        transaction.commit()
