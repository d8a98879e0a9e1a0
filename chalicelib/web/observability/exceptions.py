"""What is logged of an exception that nobody expected: where it happened, not what it says."""

from __future__ import annotations

import traceback
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from collections.abc import Iterator


def format_exception(error: BaseException) -> list[str]:
    """Its type and the lines that it passed through, after those of what it came of.

    Its text is left out, and so are values: they may be a patient's. Of an error of AWS there is
    the code.
    """
    return [line for one in reversed(list(_cause_chain(error))) for line in _exception_lines(one)]


def _cause_chain(error: BaseException) -> Iterator[BaseException]:
    seen: list[BaseException] = []
    following: BaseException | None = error
    while following is not None and following not in seen:
        yield following
        seen.append(following)
        hidden = following.__suppress_context__
        following = following.__cause__ or (None if hidden else following.__context__)


def _exception_lines(error: BaseException) -> Iterator[str]:
    code = error.response.get("Error", {}).get("Code") if isinstance(error, ClientError) else None
    kind = f"{type(error).__module__}.{type(error).__qualname__}"
    yield f"{kind}: {code}" if code else kind
    for frame in traceback.extract_tb(error.__traceback__):
        yield f"{frame.filename}:{frame.lineno} in {frame.name}: {frame.line}"
