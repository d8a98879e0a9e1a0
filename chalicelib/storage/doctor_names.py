"""The index of doctors' names: a search for a name reads one page of it, however many there are.

Each doctor has an item for every word of their name, with the rest of the name from there on as its
sort key in GSI1. So a doctor is found by the beginning of any word.
"""

from __future__ import annotations

import unicodedata
from contextlib import suppress
from typing import TYPE_CHECKING

from msgspec import Struct
from pynamodb.attributes import UnicodeAttribute

from chalicelib.domain.errors import DoctorModifiedError
from chalicelib.storage import keys, pagination, table
from chalicelib.storage.decoding import decode_readable, decoder, require
from chalicelib.storage.errors import translate_read_errors
from chalicelib.storage.models import BaseItem, DoctorItem, SharedIndex
from chalicelib.storage.transaction import Transaction

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from chalicelib.domain.doctor import Doctor

_MAX_WORDS = 8
_MAX_CHARACTERS = 60
# A page of the index: a search for several words looks for the others among so many names.
_PAGE_SIZE = 400


class DoctorNameItem(BaseItem, discriminator="doctor_name"):
    """A word of a doctor's name and what follows it; ``name`` is the whole name, folded."""

    name = UnicodeAttribute()


class NamePage(Struct, frozen=True):
    """Ids of doctors; ``cursor`` leads to the next page, None if this is the last."""

    doctor_ids: tuple[str, ...]
    cursor: str | None


def fold(text: str) -> str:
    """Return the text as it is compared: without case, accents and further blanks."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(c for c in decomposed if not unicodedata.combining(c)).split())


def add_names(transaction: Transaction, doctor: Doctor, previous: Doctor | None) -> None:
    """Write the entries of a doctor whose name is new, and delete those of the former name."""
    if previous is not None and previous.name == doctor.name:
        return
    items = list(_items(doctor))
    for item in items:
        transaction.put(
            item.serialize(), condition=None, on_failure=lambda _: DoctorModifiedError()
        )
    former = len(_suffixes(previous.name)) if previous else 0
    for number in range(len(items), former):
        transaction.delete(
            (keys.doctor_pk(doctor.doctor_id), keys.name_sk(number)),
            condition=None,
            on_failure=lambda _: DoctorModifiedError(),
        )


def index_missing(doctors: Sequence[Doctor]) -> None:
    """Write the entries of those of at most 100 doctors who have none, from before the index.

    A doctor who is changed meanwhile is left out: a change of the name writes the entries itself.
    """
    first = {(keys.doctor_pk(each.doctor_id), keys.name_sk(0)): each for each in doctors}
    present = table.batch_get([*first]) if first else {}
    for key, doctor in first.items():
        if key not in present:
            with suppress(DoctorModifiedError):
                _index(doctor)


def _index(doctor: Doctor) -> None:
    transaction = Transaction()
    add_names(transaction, doctor, None)
    transaction.check(
        (keys.doctor_pk(doctor.doctor_id), keys.DOCTOR_SK),
        condition=DoctorItem.version == doctor.version,
        on_failure=lambda _: DoctorModifiedError(),
    )
    transaction.commit()


def find_by_name(text: str, *, limit: int, cursor: str | None) -> NamePage:
    """Return doctors whose names have words that begin with those of the text; one query.

    Eventually consistent, in the order of the word that matches. Raises ``RequestRejectedError``
    for a cursor of another search, ``StoreUnavailableError``.
    """
    words = fold(text)[:_MAX_CHARACTERS].split()
    prefix = keys.name_prefix(max(words, key=len))
    search = ("names", *words)
    position = pagination.decode_cursor(cursor, search=search, part_count=2) if cursor else None
    sort_key = SharedIndex.gsi1_sk
    condition = (
        sort_key.startswith(prefix)
        if position is None
        # A key ends with "#", so none is the prefix of another; no character sorts after the last.
        else sort_key.between(f"{position}#", f"{prefix}\U0010ffff")
    )
    with translate_read_errors():
        items = list(
            DoctorNameItem.query(
                keys.NAMES_PK,
                condition,
                index_name=SharedIndex.Meta.index_name,
                limit=_PAGE_SIZE,
                page_size=_PAGE_SIZE,
            )
        )
    return _page(items, words, limit, search)


def _page(items: list[DoctorNameItem], words: list[str], limit: int, search: object) -> NamePage:
    found: dict[str, str] = {}
    last = ""
    for name, sort_key, doctor_id in decode_readable(items, _name_from_item):
        if _matches(name, words):
            if len(found) == limit and doctor_id not in found:
                return NamePage(tuple(found), pagination.encode_cursor(last, search=search))
            found.setdefault(doctor_id, sort_key)
        last = sort_key
    is_full = len(items) == _PAGE_SIZE
    return NamePage(
        tuple(found), pagination.encode_cursor(last, search=search) if is_full and last else None
    )


@decoder
def _name_from_item(item: DoctorNameItem) -> tuple[str, str, str]:
    """Return the folded name, the key in the index, and the id of the doctor."""
    sort_key = require(item.gsi1_sk)
    return require(item.name), sort_key, keys.split_sort_key(sort_key)[-1]


def _matches(name: str, words: Iterable[str]) -> bool:
    return all(f" {word}" in f" {name}" for word in words)


def _suffixes(name: str) -> list[str]:
    words = fold(name).split()
    return [" ".join(words[n:])[:_MAX_CHARACTERS] for n in range(min(len(words), _MAX_WORDS))]


def _items(doctor: Doctor) -> Iterator[DoctorNameItem]:
    for number, suffix in enumerate(_suffixes(doctor.name)):
        yield DoctorNameItem(
            keys.doctor_pk(doctor.doctor_id),
            keys.name_sk(number),
            gsi1_pk=keys.NAMES_PK,
            gsi1_sk=keys.join_sort_key(suffix, doctor.doctor_id),
            name=fold(doctor.name),
        )
