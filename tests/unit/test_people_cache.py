"""The cache of people, among several threads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.domain.person import Account, Person
from chalicelib.storage import people_cache
from chalicelib.storage.people_cache import PeopleCache
from chalicelib.storage.people_repository import PeopleRepository
from tests.support.clock import Clock

if TYPE_CHECKING:
    from collections.abc import Callable

BEFORE = Person(name="sam", account=Account("https://issuer", "x"))
AFTER = Person(name="sam", account=Account("https://issuer", "x"), generation=1)


class FakePeople(PeopleRepository):
    """Returns ``stored``; during a read, other threads may act."""

    def __init__(self) -> None:
        self.stored = BEFORE
        self.reads = 0
        self.meanwhile: Callable[[], None] | None = None

    def get(self, name: str) -> Person | None:
        del name
        self.reads += 1
        found, meanwhile = self.stored, self.meanwhile
        self.meanwhile = None
        if meanwhile:
            meanwhile()
        return found


def test_read_before_a_write_does_not_hide_it() -> None:
    people = FakePeople()
    cache = PeopleCache(people, Clock())

    def sign_out() -> None:
        people.stored = AFTER
        cache.discard("sam")

    people.meanwhile = sign_out
    cache.get("sam")

    assert cache.get("sam") == AFTER


def test_slow_read_does_not_replace_a_later_one() -> None:
    people = FakePeople()
    cache = PeopleCache(people, Clock())

    def later_read() -> None:
        people.stored = AFTER
        cache.get("sam")

    people.meanwhile = later_read
    cache.get("sam")

    assert cache.get("sam") == AFTER
    assert people.reads == 2


def test_cache_is_bounded() -> None:
    people = FakePeople()
    cache = PeopleCache(people, Clock())

    for number in range(people_cache.MAX_ENTRIES + 1):
        cache.get(f"person-{number}")
    cache.get("person-0")

    assert people.reads == people_cache.MAX_ENTRIES + 2
