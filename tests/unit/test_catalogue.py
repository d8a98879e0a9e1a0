"""The catalogue of texts for translators."""

from __future__ import annotations

from typing import TYPE_CHECKING

from babel.messages.pofile import read_po

from tools import catalogue

if TYPE_CHECKING:
    from pathlib import Path


def test_catalogue_has_texts_of_modules_templates_and_errors() -> None:
    extracted = catalogue.extract()

    ids = {message.id for message in extracted}

    assert {"Monday", "Page not found", "Slot already exists: %(slot_label)s"} <= ids
    assert any("templates/" in where for m in extracted for where, _ in m.locations)


def test_template_can_be_read_by_translators_tools(tmp_path: Path) -> None:
    path = tmp_path / "messages.pot"

    assert catalogue.main([str(path)]) == 0

    with path.open("rb") as file:
        read = read_po(file)
    assert {message.id for message in read} == {message.id for message in catalogue.extract()}


def test_usage_is_shown_without_file() -> None:
    assert catalogue.main([]) == 2
