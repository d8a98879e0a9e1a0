"""The directory: doctors in GSI1, sorted by specialty, location and id. Eventually consistent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.storage import keys
from chalicelib.storage.models import DoctorDirectoryIndex, DoctorItem

if TYPE_CHECKING:
    from pynamodb.expressions.condition import Condition

# Sorts after every character that a key can have.
_LAST = "\U0010ffff"


def list_from(
    prefix: str, position: str | None, *, limit: int, is_backward: bool
) -> list[DoctorItem]:
    """Return doctors whose sort keys have the prefix, after the key ``position`` or from the first.

    ``is_backward``: in reverse, from the last, or from before ``position``.
    """
    if len(prefix.encode()) > keys.MAX_SORT_KEY_BYTES:
        return []  # no item can have such a key
    condition = DoctorDirectoryIndex.gsi1_sk.startswith(prefix) if prefix else None
    return _query(condition, position, limit=limit, is_backward=is_backward)


def list_at_location(
    location: str, position: str | None, *, limit: int, is_backward: bool
) -> list[DoctorItem]:
    """Return doctors at a location, of any specialty; order and position as in ``list_from``.

    ``location`` is a part of sort keys. Each specialty takes two reads, however many doctors are
    elsewhere: one of its doctors at the location, and one that finds the next specialty.
    """
    found: list[DoctorItem] = []
    specialty = (
        _specialty_of(position) if position else _next_specialty(None, is_backward=is_backward)
    )
    while specialty is not None:
        prefix = specialty + location
        found += list_from(prefix, position, limit=limit - len(found), is_backward=is_backward)
        if len(found) == limit:
            break
        specialty, position = _next_specialty(specialty, is_backward=is_backward), None
    return found


def _next_specialty(specialty: str | None, *, is_backward: bool) -> str | None:
    """Return the next specialty, as a part of sort keys, or the first; None after the last."""
    sort_key = DoctorDirectoryIndex.gsi1_sk
    if specialty is None:
        condition = None
    else:
        condition = sort_key < specialty if is_backward else sort_key > f"{specialty}{_LAST}"
    items = _query(condition, None, limit=1, is_backward=is_backward)
    return _specialty_of(str(items[0].gsi1_sk)) if items else None


def _specialty_of(sort_key: str) -> str:
    return keys.join_sort_key(keys.split_sort_key(sort_key)[0])


def _query(
    condition: Condition | None, position: str | None, *, limit: int, is_backward: bool
) -> list[DoctorItem]:
    return list(
        DoctorItem.query(
            keys.DIRECTORY_PK,
            condition,
            index_name=DoctorDirectoryIndex.Meta.index_name,
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
