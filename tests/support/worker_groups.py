"""Which browser tests must run in the same process, because they share what is slow to start.

pytest-xdist's ``--dist loadgroup`` has no effect: its marks change an attribute that pytest 9.2 no
longer reads.
"""

from __future__ import annotations

from xdist.scheduler import LoadScopeScheduling


def group_of(nodeid: str) -> str:
    """Return the name of a test's group, which for most tests is their own."""
    file, _, test = nodeid.partition("::")
    if file.startswith("tests/browser/engines/"):  # a browser starts once
        parameters = test.partition("[")[2].rstrip("]")
        return parameters.partition("-")[0]
    return nodeid


class GroupScheduling(LoadScopeScheduling):
    """Gives each process a group at a time, the largest groups first."""

    def _split_scope(self, nodeid: str) -> str:
        return group_of(nodeid)
