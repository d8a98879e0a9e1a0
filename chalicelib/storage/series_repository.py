"""Series in the table: every version of each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.domain.errors import UnreadableItemError
from chalicelib.domain.series import SeriesVersions
from chalicelib.storage import keys
from chalicelib.storage.errors import translate_read_errors
from chalicelib.storage.plan_models import SeriesItem
from chalicelib.storage.series_mapping import series_from_item

if TYPE_CHECKING:
    from collections.abc import Iterable


class SeriesRepository:
    """The series of all doctors. Only plans write them (``PlanRepository``)."""

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


def _decode(items: Iterable[SeriesItem]) -> SeriesVersions:
    versions, unreadable = [], set()
    for item in items:
        try:
            versions.append(series_from_item(item))
        except UnreadableItemError:
            unreadable.add(keys.parse_series_sk(item.sk))
    return SeriesVersions(versions, unreadable=unreadable)
