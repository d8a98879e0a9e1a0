"""Names that people read, as of doctors, specialties and places: which texts can be one."""

from __future__ import annotations

import unicodedata

# Long enough for a name, short enough for specialty and location to be part of a key.
MAX_NAME_LENGTH = 100
# The characters of the category Zs.
_SPACES = " \u00a0\u1680\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))
_ZERO_WIDTH_JOINERS = "\u200c\u200d"
# Letters and symbols that look like a space, and a mark that never shows.
_BLANKS = "\u034f\u115f\u1160\u2800\u3164\uffa0"
# Letters, numbers, punctuation and symbols; the others are marks, spaces, or without a form.
_VISIBLE = "LNPS"
# Controls, format characters (as those that change the direction), surrogates, private use,
# unassigned, and separators of lines and paragraphs.
_FORBIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
# Letters without upper and lower case, such as Arabic, Devanagari and Chinese ones, and marks.
_JOINABLE = {"Lo", "Lm", "Mn", "Mc"}
# The canonical combining class of the mark that removes a consonant's vowel in Indic scripts.
_VIRAMA = 9


def trim_name(text: str) -> str:
    """Drop the spaces around a name, and nothing else that a name must not have."""
    return text.strip(_SPACES)


def is_valid_name(text: str) -> bool:
    """Return whether it has 1 to 100 characters that people can see and tell apart.

    Names in some scripts need joiners and variation selectors, which don't show by themselves: they
    are allowed where such a script uses them, and never between Latin letters.
    """
    if not 0 < len(text) <= MAX_NAME_LENGTH:
        return False
    categories = [unicodedata.category(character) for character in text]
    return any(category[0] in _VISIBLE for category in categories) and all(
        _is_valid_at(position, text, categories) for position in range(len(text))
    )


def is_valid_user_name(text: str) -> bool:
    """Return whether a user pool accepts it: without spaces. It is also a segment of a path."""
    is_segment = text not in {".", ".."}  # Browsers resolve these, also if they are encoded.
    return is_segment and is_valid_name(text) and not set(text) & {*_SPACES}


def _is_valid_at(position: int, text: str, categories: list[str]) -> bool:
    character = text[position]
    if character in _ZERO_WIDTH_JOINERS:
        return position > 0 and _is_valid_joiner(
            text[position - 1], categories[position - 1], categories[position + 1 :][:1]
        )
    if _is_variation_selector(character):
        return position > 0 and categories[position - 1] == "Lo"
    return character not in _BLANKS and categories[position] not in _FORBIDDEN


def _is_valid_joiner(previous: str, category: str, next_categories: list[str]) -> bool:
    """Return whether a joiner may follow: between two letters, or after a virama, also at the end.

    Malayalam writes the last consonant of a word with a virama and a joiner.
    """
    if unicodedata.combining(previous) == _VIRAMA:
        return True
    return category in _JOINABLE and bool(next_categories) and next_categories[0] in _JOINABLE


def _is_variation_selector(character: str) -> bool:
    return (
        "\ufe00" <= character <= "\ufe0f"
        or "\U000e0100" <= character <= "\U000e01ef"
        or "\u180b" <= character <= "\u180f"
    )
