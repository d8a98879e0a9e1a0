"""Entity tags of conditional requests (RFC 9110, section 13)."""

from __future__ import annotations

import pytest
from chalice.app import Request
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.web.http.conditional import EntityTag, EntityTags, etag_matches, parse_entity_tags

opaque_tags = st.text(
    st.characters(min_codepoint=0x21, max_codepoint=0xFF, exclude_characters='"\x7f'), max_size=9
).map('"{}"'.format)
entity_tags = st.builds(EntityTag, opaque_tags, st.booleans())
separators = st.sampled_from([",", ", ", " ,", ",,", ", ,\t"])


def make_request(if_none_match: str) -> Request:
    return Request(
        {
            "requestContext": {"httpMethod": "GET", "resourcePath": "/slots", "path": "/slots"},
            "headers": {"if-none-match": if_none_match},
            "pathParameters": None,
            "stageVariables": None,
            "multiValueQueryStringParameters": None,
            "body": None,
        }
    )


@given(st.lists(entity_tags, min_size=1, max_size=4), separators, st.sampled_from(["", ",", " , "]))
def test_any_list_of_entity_tags_is_parsed(tags: list[EntityTag], separator: str, end: str) -> None:
    text = separator.join(f"{'W/' if tag.is_weak else ''}{tag.opaque}" for tag in tags)

    assert parse_entity_tags(f"{text}{end}") == EntityTags(tuple(tags))


@given(st.text(st.sampled_from('aW/", \t*\x00'), max_size=12))
def test_any_text_is_parsed_or_malformed(text: str) -> None:
    parsed = parse_entity_tags(text)

    assert parsed is None or parsed.is_any or parsed.tags


def test_long_malformed_list_is_rejected_quickly() -> None:
    assert parse_entity_tags(f'"a",{" " * 60_000}x') is None


@pytest.mark.parametrize(
    ("header", "is_known"),
    [
        ('"a.b"', True),
        ('W/"a.b"', True),
        ('"x", "a.b",', True),
        ("*", True),
        ('"a,b"', False),
        ("a.b", False),
        ("", False),
        ('"a.b" "x"', False),
    ],
)
def test_if_none_match_compares_weakly(header: str, *, is_known: bool) -> None:
    assert etag_matches('"a.b"', make_request(if_none_match=header)) is is_known


def test_etag_with_a_comma_is_one_tag() -> None:
    assert etag_matches('"a,b"', make_request(if_none_match='"x", "a,b"'))


def test_strong_comparison_ignores_weak_tags() -> None:
    tags = parse_entity_tags('W/"1.a", "2.b", "none"')

    assert tags is not None
    assert tags.versions(with_weak=False) == {2}
    assert tags.versions(with_weak=True) == {1, 2}
