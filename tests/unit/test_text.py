"""Texts of the domain: English strings that can be translated."""

from __future__ import annotations

from chalicelib.domain.text import Text


def test_text_is_english_string() -> None:
    assert Text("%(count)s of %(what)s", count=2, what="slots") == "2 of slots"


def test_text_knows_template_and_values() -> None:
    made = Text("Hold %(slot)s", slot="09:00")

    assert (made.template, made.values) == ("Hold %(slot)s", {"slot": "09:00"})


def test_percent_sign_of_value_is_no_placeholder() -> None:
    assert Text("Find %(name)s", name="100%(x)s") == "Find 100%(x)s"
    assert Text("100% sure") == "100% sure"
