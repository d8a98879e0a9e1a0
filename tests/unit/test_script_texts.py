"""Texts of the scripts."""

from __future__ import annotations

from typing import get_args

from chalicelib.web.pages.script_texts import script_texts
from chalicelib.web.pages.slot_view import BoxKind


def test_news_has_a_text_for_each_kind_of_box() -> None:
    # A poll renders no edits, so it has no box that only an edit has.
    kinds = set(get_args(BoxKind)) - {"outside"}

    assert {kind for kind in kinds if f"became{kind.capitalize()}" not in script_texts()} == set()
