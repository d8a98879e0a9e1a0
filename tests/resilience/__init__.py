"""Fault injection, killed processes, skewed clocks and load; longer in the nightly profile."""

from tests.support.profile import is_nightly

IS_NIGHTLY = is_nightly()
