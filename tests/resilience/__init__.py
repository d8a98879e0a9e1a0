"""Whatever fails, and whenever. The nightly profile tries more of it, and for longer."""

from tests.support.profile import is_nightly

IS_NIGHTLY = is_nightly()
