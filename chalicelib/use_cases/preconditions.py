"""What a client requires of stored settings before it replaces them (RFC 9110, section 13)."""

from __future__ import annotations

from msgspec import Struct

from chalicelib.domain.errors import SettingsMismatchError


class Precondition(Struct, frozen=True, kw_only=True):
    """Conditions on the version of a doctor's settings, which is 0 while there are none.

    By default any version is right. ``expected`` are those of ``If-Match``, ``excluded`` those of
    ``If-None-Match``; with ``*`` they set ``must_exist`` and ``must_be_new``.
    """

    expected: frozenset[int] | None = None
    excluded: frozenset[int] = frozenset()
    must_exist: bool = False
    must_be_new: bool = False

    def require(self, version: int) -> None:
        """Raise ``SettingsMismatchError`` if the stored version is not as required."""
        is_met = (
            (self.expected is None or version in self.expected)
            and version not in self.excluded
            and not (self.must_exist and version == 0)
            and not (self.must_be_new and version > 0)
        )
        if not is_met:
            raise SettingsMismatchError(version)
