from __future__ import annotations

from pathlib import Path

import pytest

from tests.mutations import MUTANTS
from tests.mutations.mutant import Mutant

PROJECT = Path(__file__).parents[2]


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.breach)
def test_what_a_mutant_replaces_is_there_once_and_its_test_too(mutant: Mutant) -> None:
    path, _, name = mutant.caught_by.partition("::")

    assert (PROJECT / mutant.file).read_text().count(mutant.text) == 1
    assert f"\ndef {name}(" in (PROJECT / path).read_text()
    assert mutant.becomes != mutant.text


def test_every_mutant_has_a_name_of_its_own() -> None:
    assert len({mutant.breach for mutant in MUTANTS}) == len(MUTANTS)


def test_a_mutant_whose_text_is_not_there_once_is_refused(tmp_path: Path) -> None:
    (tmp_path / "code.py").write_text("a = 1\nb = 1\n")

    with pytest.raises(ValueError, match="2 times"):
        Mutant("", "code.py", " = 1", " = 2", "").apply(tmp_path)

    assert (tmp_path / "code.py").read_text() == "a = 1\nb = 1\n"
