"""Compare responses with the examples of the OpenAPI document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.support.app_client import AppResponse


def shorten_lists(actual: Any, example: Any) -> Any:  # noqa: ANN401  JSON
    """Shorten lists to the length of the example's, which omits most of a day."""
    if isinstance(actual, dict) and isinstance(example, dict):
        return {name: shorten_lists(value, example.get(name)) for name, value in actual.items()}
    if isinstance(actual, list) and isinstance(example, list):
        return [shorten_lists(*pair) for pair in zip(actual, example, strict=False)]
    return actual


def assert_matches_example(response: AppResponse, status: int, example: object) -> None:
    assert (response.status, shorten_lists(response.json, example)) == (status, example)
