"""The commands of a document, with the output that it shows for them.

A fenced block ``sh`` is a command. A block without a language right after it is the command's
output, in which ``...`` matches anything. ``<!-- not run: reason -->`` before a block excludes
it from the tests; pages don't show it.
"""

from __future__ import annotations

import re
from textwrap import dedent
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

_BLOCK = re.compile(
    r"(?:^ *<!-- not run: (?P<reason>[^\n]+) -->\n)?"
    r"^ *```(?P<language>\w*)\n(?P<text>.*?)^ *```$"
    r"(?:\n *```\n(?P<output>.*?)^ *```$)?",
    re.MULTILINE | re.DOTALL,
)


class Step(NamedTuple):
    """A command, and its documented output if the document shows it."""

    command: str
    output: str | None


def parse_steps(document: str) -> Iterator[Step]:
    """Return the commands that a reader runs, in order."""
    for block in _BLOCK.finditer(document):
        if block["language"] == "sh" and not block["reason"]:
            yield Step(dedent(block["text"]), block["output"])


def matches_documented(output: str, documented: str) -> bool:
    """Return whether the output is the documented one, except for white space and ``...``."""
    parts = (re.escape(re.sub(r"\s", "", part)) for part in documented.split("..."))
    return re.fullmatch(".*".join(parts), re.sub(r"\s", "", output)) is not None
