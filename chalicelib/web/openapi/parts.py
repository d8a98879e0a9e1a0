"""What an operation is made of, in the API's document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from msgspec import Struct, field

from chalicelib.web import inputs, problems, shapes

if TYPE_CHECKING:
    from chalicelib.domain.caller import Need

HTML = "text/html"


class Content(Struct, frozen=True, kw_only=True):
    """A body of one media type; ``shape`` None is text, ``examples`` go by their summaries."""

    shape: type | None = None
    examples: Mapping[str, object] = field(default_factory=dict)


class Answer(Struct, frozen=True, kw_only=True):
    """``some_headers`` are not always there; ``links`` lead to operations, with parameters."""

    says: str
    content: Mapping[str, Content] = field(default_factory=dict)
    headers: tuple[str, ...] = ()
    some_headers: tuple[str, ...] = ()
    links: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


Answers = Mapping[int, Answer | str]
"""By status; a text names one of the shared answers."""


class Operation(Struct, frozen=True, kw_only=True):
    """``name`` is that of its view, ``need`` what the route asks of its caller."""

    method: str
    path: str
    name: str
    need: Need
    summary: str
    says: str = ""
    parameters: tuple[str, ...] = ()
    body: Mapping[str, Content] = field(default_factory=dict)
    answers: Answers


def json(shape: type, **examples: object) -> dict[str, Content]:
    """A JSON body, with examples ``called_so``."""
    return {inputs.JSON: Content(shape=shape, examples=_named(examples))}


def refusal(says: str, **examples: object) -> Answer:
    """A problem, with examples ``called_so``."""
    content = {problems.JSON: Content(shape=shapes.Problem, examples=_named(examples))}
    return Answer(says=says, content=content, headers=("Vary",))


def _named(examples: Mapping[str, object]) -> dict[str, object]:
    return {name.replace("_", " "): example for name, example in examples.items()}


# Of whatever needs somebody to be signed in, and of what takes a body besides.
READS: Answers = {401: "SignInNeeded", 403: "NotAllowed", 500: "Bug", 503: "Unavailable"}
TAKES_BODY: Answers = {413: "TooLarge", 415: "UnknownType", **READS}
