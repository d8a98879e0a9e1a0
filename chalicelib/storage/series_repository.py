"""Series in the table: every version of each."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from chalicelib.domain.errors import UnreadableItemError
from chalicelib.domain.plan_errors import PlanModifiedError
from chalicelib.domain.series import SeriesVersions
from chalicelib.storage import keys
from chalicelib.storage.errors import translate_read_errors
from chalicelib.storage.models import SharedIndex
from chalicelib.storage.pagination import DoctorIdPage
from chalicelib.storage.plan_models import SeriesItem
from chalicelib.storage.series_mapping import applied_actions, series_from_item, series_to_item
from chalicelib.storage.transaction import Transaction

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from chalicelib.domain.series import Series
    from chalicelib.storage.table import Key


class SeriesRepository:
    """The series of all doctors. Plans make versions of them (``PlanRepository``)."""

    def list_versions(self, doctor_id: str) -> SeriesVersions:
        """Return all versions of the doctor's series; strongly consistent, in one query.

        A version that cannot be read makes its whole series unreadable, but no other. Raises
        ``StoreUnavailableError``.
        """
        with translate_read_errors():
            items: Iterable[SeriesItem] = SeriesItem.query(
                keys.doctor_pk(doctor_id),
                SeriesItem.sk.startswith(keys.SERIES_PREFIX),
                consistent_read=True,
            )
            return _decode(items)

    def replace_version(self, doctor_id: str, former: Series, series: Series) -> None:
        """Store the next version, applied to the same date, in place of the former in the index.

        Raises ``PlanModifiedError`` if there is a version with its number.
        """
        transaction = Transaction()
        transaction.put(
            series_to_item(doctor_id, series).serialize(),
            condition=SeriesItem.pk.does_not_exist(),
            on_failure=lambda _: PlanModifiedError(),
        )
        remove_from_index(transaction, doctor_id, former)
        transaction.commit()

    def set_applied_to(self, doctor_id: str, series: Series, applied_to: date) -> None:
        """Record that the version is applied up to that date, unless a later one is on record."""
        transaction = Transaction()
        transaction.update(
            _key_of(doctor_id, series),
            applied_actions(doctor_id, series, applied_to),
            condition=SeriesItem.applied_to.does_not_exist()
            | (SeriesItem.applied_to < applied_to.isoformat()),
            on_failure=lambda _: PlanModifiedError(),
        )
        with suppress(PlanModifiedError):  # another process was faster
            transaction.commit()

    def list_doctors_to_extend(self, limit: int, cursor: str | None = None) -> DoctorIdPage:
        """Return the doctors with a series that may have to be applied to later dates.

        A page reads ``limit`` series, of one or several doctors; eventually consistent. A doctor
        can be on two pages. Raises ``StoreUnavailableError``.
        """
        start = _index_position(cursor) if cursor else None
        with translate_read_errors():
            items = list(
                SeriesItem.query(
                    keys.EXTENDED_SERIES_PK,
                    index_name=SharedIndex.Meta.index_name,
                    limit=limit,
                    page_size=limit,
                    last_evaluated_key=start,
                )
            )
        ids = tuple(dict.fromkeys(keys.parse_doctor_pk(item.pk) for item in items))
        cursor = (
            f"{items[-1].pk} {items[-1].sk} {items[-1].gsi1_sk}" if len(items) == limit else None
        )
        return DoctorIdPage(ids, cursor)


def _key_of(doctor_id: str, series: Series) -> Key:
    return keys.doctor_pk(doctor_id), keys.series_sk(series.series_id, series.version)


def remove_from_index(transaction: Transaction, doctor_id: str, series: Series) -> None:
    """Leave the version out of ``list_doctors_to_extend``, in the transaction of another."""
    transaction.update(
        _key_of(doctor_id, series),
        [SeriesItem.gsi1_pk.remove(), SeriesItem.gsi1_sk.remove()],
        condition=SeriesItem.pk.exists(),
        on_failure=lambda _: PlanModifiedError(),
    )


def _index_position(cursor: str) -> dict[str, dict[str, str]]:
    pk, sk, index_sk = cursor.split(" ")
    return {
        "PK": {"S": pk},
        "SK": {"S": sk},
        "GSI1PK": {"S": keys.EXTENDED_SERIES_PK},
        "GSI1SK": {"S": index_sk},
    }


def _decode(items: Iterable[SeriesItem]) -> SeriesVersions:
    versions, unreadable = [], set()
    for item in items:
        try:
            versions.append(series_from_item(item))
        except UnreadableItemError:
            unreadable.add(keys.parse_series_sk(item.sk))
    return SeriesVersions(versions, unreadable=unreadable)
