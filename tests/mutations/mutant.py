"""What a mutant is."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pathlib import Path


class Mutant(NamedTuple):
    """``breach`` says what is no longer so where ``file`` has ``becomes`` in place of ``text``.

    ``caught_by`` is the test that must fail then, as pytest names it; all its parameters are run,
    but on MiniStack alone where it runs on both.
    """

    breach: str
    file: str
    text: str
    becomes: str
    caught_by: str

    def apply(self, project: Path) -> None:
        """Breach that copy. Raises ``ValueError`` unless the text occurs exactly once."""
        path = project / self.file
        source = path.read_text()
        if (times := source.count(self.text)) != 1:
            raise ValueError(f"{self.file} has this {times} times, not once: {self.text}")
        path.write_text(source.replace(self.text, self.becomes))
