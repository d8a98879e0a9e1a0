"""The order of the change feed: queries of the audit log from the newest entry on, and cursors."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, TypeVar

from msgspec import Struct

from chalicelib.storage import keys, pagination
from chalicelib.storage.audit_mapping import audit_entry_from_item, legacy_entry_from_item
from chalicelib.storage.decoding import decode_readable
from chalicelib.storage.models import AuditItem, BaseItem, ChangeItem, SharedIndex

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date

    from pynamodb.pagination import ResultIterator

    from chalicelib.domain.audit_log import AuditLogEntry
    from chalicelib.domain.change_feed import ChangeSearch

# The sort key of an item, and the version of a save that is older than the audit log.
_POSITION = re.compile(r"(\d{4}-\d\d-\d\d|[A-Z]+)#\d{8}T\d{12}Z#[A-Za-z0-9._~-]{1,64}", re.ASCII)
_LEGACY_POSITION = re.compile(r"v(\d{1,9})", re.ASCII)
# Items of one read; DynamoDB ends a read earlier after 1 MB.
_READ_SIZE = 250
_MAX_SORTED_RANGE = timedelta(days=31)

AnyItem = TypeVar("AnyItem", bound=BaseItem)


class FeedItem(Struct, frozen=True):
    """An item by its position in the feed; ``entry`` is None if it cannot be decoded."""

    position: str
    entry: AuditLogEntry | None


def iter_feed(
    search: ChangeSearch, cursor: str | None, *, limit: int, max_items: int
) -> Iterator[FeedItem]:
    """Yield the items after the cursor, the newest first; they are read as they are consumed.

    The first read is of one page's entries, if all of them may match. Every other is of 250 items.
    The items of a few dates are read by their keys, if they are at most ``max_items``: in the order
    of all dates, they may be far apart.

    Raises ``RequestRejectedError`` for a cursor of another search.
    """
    position = _decode_position(cursor, search) if cursor else None
    page_size = _READ_SIZE if search.is_selective else limit + 1
    if search.on is None:
        sorted_items = _read_sorted_range(search, position, max_items)
        if sorted_items is None:
            yield from _query_doctor(search, position, page_size)
        else:
            yield from map(_to_feed_item, sorted_items)
        return
    saved_before = _LEGACY_POSITION.fullmatch(position or "")
    if not saved_before:
        yield from query_date(search.doctor_id, search.on, page_size, position)
    yield from _query_legacy_saves(
        search.doctor_id, search.on, int(saved_before[1]) if saved_before else None
    )


def _read_sorted_range(
    search: ChangeSearch, position: str | None, max_items: int
) -> list[AuditItem] | None:
    """Return the items of a range of dates; None if it is open or long, or has too many items."""
    if search.first is None or search.last is None:
        return None
    if search.last - search.first >= _MAX_SORTED_RANGE:
        return None
    items = AuditItem.query(
        keys.audit_pk(search.doctor_id),
        AuditItem.sk.between(*keys.audit_range(search.first, search.last)),
        consistent_read=True,
        page_size=_READ_SIZE,
        limit=max_items + 1,
    )
    found = sorted(items, key=lambda item: _order_of(item.sk), reverse=True)
    if len(found) > max_items:
        return None
    return [item for item in found if position is None or _order_of(item.sk) < _order_of(position)]


def _order_of(position: str) -> tuple[str, str]:
    """Return the key in the index, and the date if two items have the same."""
    date, _, index_key = position.partition("#")
    return index_key, date


def _query_doctor(search: ChangeSearch, position: str | None, page_size: int) -> Iterator[FeedItem]:
    partition = keys.audit_pk(search.doctor_id)
    index_position = {
        "GSI1PK": {"S": partition},
        "GSI1SK": {"S": (position or "").partition("#")[2]},
    }
    items = AuditItem.query(
        partition,
        index_name=SharedIndex.Meta.index_name,
        scan_index_forward=False,
        page_size=page_size,
        last_evaluated_key=_item_key(partition, position) | index_position if position else None,
    )
    yield from _read(items)


def query_date(
    doctor_id: str, date: date | None, page_size: int, position: str | None = None
) -> Iterator[FeedItem]:
    """Yield the items of the date, or those without a date, after the position.

    The newest first, strongly consistent; they are read as they are consumed.
    """
    partition = keys.audit_pk(doctor_id)
    items = AuditItem.query(
        partition,
        AuditItem.sk.startswith(keys.audit_date_prefix(date)),
        consistent_read=True,
        scan_index_forward=False,
        page_size=page_size,
        last_evaluated_key=_item_key(partition, position) if position else None,
    )
    yield from _read(items)


def _read(items: ResultIterator[AuditItem]) -> Iterator[FeedItem]:
    for item in items:
        # What the first read could not fill needs many items: few large reads cost less than many.
        items.page_iter.page_size = _READ_SIZE
        yield _to_feed_item(item)


def _to_feed_item(item: AuditItem) -> FeedItem:
    return FeedItem(item.sk, _readable(audit_entry_from_item, item))


def _query_legacy_saves(
    doctor_id: str, date: date, before_version: int | None
) -> Iterator[FeedItem]:
    """Yield the saves that are older than the audit log: only these have slots in their record."""
    items = ChangeItem.query(
        keys.doctor_pk(doctor_id),
        ChangeItem.sk.startswith(keys.change_sk(date, "")),
        ChangeItem.opened.exists(),
        consistent_read=True,
    )
    for item in sorted(items, key=_version_of, reverse=True):
        version = _version_of(item)
        if before_version is None or version < before_version:
            yield FeedItem(f"v{version}", _readable(legacy_entry_from_item, item))


def _version_of(item: BaseItem) -> int:
    """Return the version that a save made; 0, which comes last, if the item is unreadable."""
    version = getattr(item, "version", None)
    return version if isinstance(version, int) else 0


def _item_key(partition: str, position: str) -> dict[str, dict[str, str]]:
    return {"PK": {"S": partition}, "SK": {"S": position}}


def encode_position(item: FeedItem, search: ChangeSearch) -> str:
    """Return the cursor of the page that begins after the item."""
    return pagination.encode_cursor(keys.join_sort_key(item.position), search=search)


def _decode_position(cursor: str, search: ChangeSearch) -> str:
    """Return the position of a cursor. Raises ``RequestRejectedError`` for another search's."""
    text = pagination.decode_cursor(cursor, search=search, part_count=1)
    (position,) = keys.split_sort_key(text)
    is_legacy = search.on is not None and _LEGACY_POSITION.fullmatch(position)
    date_prefix = keys.audit_date_prefix(search.on) if search.on else ""
    if not is_legacy and not (_POSITION.fullmatch(position) and position.startswith(date_prefix)):
        raise pagination.wrong_cursor_error()
    return position


def _readable(decode: Callable[[AnyItem], AuditLogEntry], item: AnyItem) -> AuditLogEntry | None:
    """Return the entry; None for an item that this version cannot read."""
    return next(decode_readable([item], decode), None)
