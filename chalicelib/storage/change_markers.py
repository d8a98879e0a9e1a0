"""Whether anything of a doctor's slots has changed, without a read of the slots."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from chalicelib.storage import keys
from chalicelib.storage.errors import translate_read_errors
from chalicelib.storage.models import AuditItem, HoldsItem, SharedIndex

if TYPE_CHECKING:
    from collections.abc import Iterator

# Concurrent writes may commit in another order than that of their instants: each takes its instant
# before it reads, by its own clock. A request ends after half a minute; clocks may differ by more.
_MAX_DELAY = timedelta(minutes=10)
_FIRST_READ_SIZE = 10
_READ_SIZE = 100


def read_change_marker(doctor_id: str) -> tuple[str, ...]:
    """Return a value that every write of the doctor's days changes; eventually consistent.

    Each of them writes an entry of the audit log or, if it only holds or releases a slot, the holds
    of its client. So these are the entries of the ten minutes up to the latest, and how often the
    holds of each client were written. Two queries of about a read unit each, and another of each
    further hundred entries. Raises ``StoreUnavailableError``.
    """
    with translate_read_errors():
        return (*_latest_entries(doctor_id), *_hold_versions(doctor_id))


def _latest_entries(doctor_id: str) -> Iterator[str]:
    """Yield the keys of the latest entry and of those before which a late write may still come."""
    items = AuditItem.query(
        keys.audit_pk(doctor_id),
        index_name=SharedIndex.Meta.index_name,
        scan_index_forward=False,
        page_size=_FIRST_READ_SIZE,
        attributes_to_get=[AuditItem.gsi1_sk.attr_name],
    )
    oldest = ""
    for item in items:
        sort_key = str(item.gsi1_sk)
        oldest = oldest or keys.audit_index_sk(keys.parse_audit_index_sk(sort_key) - _MAX_DELAY, "")
        if sort_key < oldest:
            return
        yield sort_key
        items.page_iter.page_size = _READ_SIZE


def _hold_versions(doctor_id: str) -> Iterator[str]:
    holds = HoldsItem.sk.startswith(keys.HOLDS_PREFIX)
    for item in HoldsItem.query(keys.doctor_pk(doctor_id), holds):
        yield f"{item.sk}#{getattr(item, 'version', None)}"
