"""The commands of a document with their documented output, and the changes that it asks for.

A fenced block ``sh`` is a command. A block without a language right after it is the command's
output, in which ``...`` matches anything. ``<!-- not run: reason -->`` before a block excludes
it from the tests; pages don't show it. A sentence that begins with ``Create`` or ``Add to the end
of``, or ends in ``add:``, says where the block after it belongs.
"""

from __future__ import annotations

import re
from textwrap import dedent
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_BLOCK = re.compile(
    r"(?:^ *<!-- not run: (?P<reason>[^\n]+) -->\n)?"
    r"^ *```(?P<language>\w*)\n(?P<text>.*?)^ *```$"
    r"(?:\n *```\n(?P<output>.*?)^ *```$)?",
    re.MULTILINE | re.DOTALL,
)
_EDIT = re.compile(
    r"^(?:Create|Add to the end of|In) `(?P<path>[^`]+)`"
    r"(?:, after the line that starts with\s`(?P<line>[^`]+)`, add)?:\n\n"
    r"```\w*\n(?P<text>.*?)^```$",
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


class Edit(NamedTuple):
    """Text to add to a file: after the line that starts with ``line``, or at the end."""

    path: str
    line: str | None
    text: str

    def apply(self, folder: Path) -> None:
        """Change the file below that folder. Raises ``ValueError`` if the line is not unique."""
        file = folder / self.path
        lines = file.read_text().splitlines(keepends=True) if file.exists() else []
        at = len(lines)
        if self.line is not None:
            (at,) = (n for n, line in enumerate(lines, 1) if line.startswith(self.line))
        file.write_text("".join([*lines[:at], self.text, *lines[at:]]))


def parse_edits(document: str) -> list[Edit]:
    """Return the changes that a reader makes, in order."""
    return [Edit(*edit.group("path", "line", "text")) for edit in _EDIT.finditer(document)]
