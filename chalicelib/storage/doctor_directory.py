"""The directory: doctors in GSI1, sorted by specialty, location and id. Eventually consistent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.storage import keys
from chalicelib.storage.models import DoctorItem, SharedIndex

if TYPE_CHECKING:
    from pynamodb.expressions.condition import Condition

# Sorts after every character that a key can have.
_LAST = "\U0010ffff"


def list_items(
    specialty: str | None,
    location: str | None,
    position: str | None,
    *,
    limit: int,
    is_backward: bool,
) -> list[DoctorItem]:
    """Return doctors after the one with the sort key ``position``, by default from the first on.

    ``is_backward``: in reverse, from the last, or from before ``position``. It is one read, or for
    a location without a specialty two for each specialty, however many doctors are elsewhere: one
    of its doctors at the location, and one that finds the next specialty.
    """
    if location and not specialty:
        return _list_at_location(location, position, limit=limit, is_backward=is_backward)
    prefix = sort_key_prefix(specialty, location)
    return _list_with_prefix(prefix, position, limit=limit, is_backward=is_backward)


def sort_key_prefix(specialty: str | None, location: str | None) -> str:
    """Return what the sort keys of such doctors begin with; of a location alone, nothing."""
    return keys.join_sort_key(*filter(None, (specialty, location))) if specialty else ""


def _list_at_location(
    location: str, position: str | None, *, limit: int, is_backward: bool
) -> list[DoctorItem]:
    found: list[DoctorItem] = []
    specialty = (
        _specialty_of(position) if position else _next_specialty(None, is_backward=is_backward)
    )
    while specialty is not None:
        prefix, wanted = sort_key_prefix(specialty, location), limit - len(found)
        found += _list_with_prefix(prefix, position, limit=wanted, is_backward=is_backward)
        if len(found) == limit:
            break
        specialty, position = _next_specialty(specialty, is_backward=is_backward), None
    return found


def _list_with_prefix(
    prefix: str, position: str | None, *, limit: int, is_backward: bool
) -> list[DoctorItem]:
    if len(prefix.encode()) > keys.MAX_SORT_KEY_BYTES:
        return []  # no item can have such a key
    condition = SharedIndex.gsi1_sk.startswith(prefix) if prefix else None
    return _query(condition, position, limit=limit, is_backward=is_backward)


def _next_specialty(specialty: str | None, *, is_backward: bool) -> str | None:
    """Return the specialty after this one, or the first; None after the last."""
    sort_key, condition = SharedIndex.gsi1_sk, None
    if specialty is not None:
        prefix = sort_key_prefix(specialty, None)
        condition = sort_key < prefix if is_backward else sort_key > f"{prefix}{_LAST}"
    items = _query(condition, None, limit=1, is_backward=is_backward)
    return _specialty_of(str(items[0].gsi1_sk)) if items else None


def _specialty_of(sort_key: str) -> str:
    return keys.split_sort_key(sort_key)[0]


def _query(
    condition: Condition | None, position: str | None, *, limit: int, is_backward: bool
) -> list[DoctorItem]:
    return list(
        DoctorItem.query(
            keys.DIRECTORY_PK,
            condition,
            index_name=SharedIndex.Meta.index_name,
            limit=limit,
            page_size=limit,
            last_evaluated_key=_start_key(position) if position else None,
            scan_index_forward=not is_backward,
        )
    )


def _start_key(sort_key: str) -> dict[str, dict[str, str]]:
    """Return the index key of a doctor by their sort key."""
    _, _, doctor_id = keys.split_sort_key(sort_key)
    return {
        "PK": {"S": keys.doctor_pk(doctor_id)},
        "SK": {"S": keys.DOCTOR_SK},
        "GSI1PK": {"S": keys.DIRECTORY_PK},
        "GSI1SK": {"S": sort_key},
    }
