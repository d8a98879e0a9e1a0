"""Names of doctors, specialties and places."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.names import MAX_NAME_LENGTH, is_valid_name, trim_name


@pytest.mark.parametrize(
    "name",
    [
        "Dr Mina Lee",
        "Siân O’Neill-Ángel",
        "Dr\u00a0Lee",
        "#",
        "\U0001f600",
        "عمر",
        "می\u200cخواهم",  # Persian: a letter that does not join the next one
        "ක්\u200dරිෂ්ණා",  # Sinhala: a conjunct
        "അവന്\u200d",  # Malayalam: a consonant without a vowel at the end
        "葛\U000e0100城",  # Japanese: a variant of a character
        "山\u3000田",
        "x" * MAX_NAME_LENGTH,
    ],
)
def test_real_names_are_valid(name: str) -> None:
    assert is_valid_name(name)


@pytest.mark.parametrize(
    "name",
    [
        "",
        " ",
        "\u200b",
        "\u3164",  # a letter that looks like a space
        "\u2800",
        "\u0301",  # a mark without a letter
        "\ufe0f",
        "Dr \u202eeeL",
        "Dr \u2066Lee",
        "\u200fDr Lee",
        "Dr Lee\u2028",
        "Dr\nLee",
        "Dr\x00Lee",
        "Dr Le\u200de",
        "Dr Le\u200be",
        "Dr Le\ufe0fe",
        "\u200cعمر",
        "\ufeffDr Lee",
        "Dr\u00adLee",
        "Dr \ue000",
        "Dr \U000e0041",
        "Dr \ud800",
        "Dr \uffff",
        "x" * (MAX_NAME_LENGTH + 1),
    ],
)
def test_invisible_and_misleading_names_are_invalid(name: str) -> None:
    assert not is_valid_name(name)


@given(st.text(max_size=20))
def test_valid_names_have_visible_characters_in_one_direction(name: str) -> None:
    if is_valid_name(name):
        assert any(unicodedata.category(character)[0] in "LNPS" for character in name)
        directions = {unicodedata.bidirectional(character) for character in name}
        assert not directions & {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}


@given(st.text(st.characters(categories=["Cc", "Cs", "Co", "Cn", "Zl", "Zp"]), min_size=1))
def test_characters_that_show_nothing_are_invalid_anywhere(hidden: str) -> None:
    assert not is_valid_name(f"Dr {hidden} Lee")


def test_exactly_the_spaces_around_a_name_are_dropped() -> None:
    spaces = "".join(c for c in map(chr, range(0x110000)) if unicodedata.category(c) == "Zs")

    assert trim_name(f"{spaces}Dr Lee{spaces}") == "Dr Lee"
    assert trim_name("Dr Lee\n") == "Dr Lee\n"
