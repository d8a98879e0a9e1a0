"""Parts of transactions: store a version of time off, and require that it is the latest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.domain.plan_errors import PlanModifiedError, TimeOffReplacedError
from chalicelib.storage import keys
from chalicelib.storage.time_off_mapping import time_off_to_item
from chalicelib.storage.time_off_models import TimeOffItem

if TYPE_CHECKING:
    from chalicelib.domain.time_off import TimeOff
    from chalicelib.storage.transaction import Transaction


def put_time_off(
    transaction: Transaction, doctor_id: str, time_off: TimeOff, replaced: int | None
) -> None:
    """Store the version, if the one that it replaces is the latest; None if there is none.

    Otherwise the transaction fails with ``PlanModifiedError``.
    """
    transaction.put(
        time_off_to_item(doctor_id, time_off).serialize(),
        condition=(
            TimeOffItem.pk.does_not_exist() if replaced is None else TimeOffItem.version == replaced
        ),
        on_failure=lambda _: PlanModifiedError(),
    )


def require_latest(transaction: Transaction, doctor_id: str, time_off: TimeOff) -> None:
    """Require that the version is the latest, or fail with ``TimeOffReplacedError``."""
    transaction.check(
        (keys.doctor_pk(doctor_id), keys.time_off_sk(time_off.time_off_id)),
        condition=TimeOffItem.version == time_off.version,
        on_failure=lambda _: TimeOffReplacedError(),
    )
