"""``python -m tools.pico``: write the part of Pico CSS that the pages use, as ``static/pico.css``.

Pico styles every element of HTML; the pages have a third of them. The rest would be a tenth of a
first visit. A unit test compares the file with the vendored one.
"""

import re
from collections.abc import Iterator
from pathlib import Path

_STATIC = Path(__file__).parents[1] / "static"
SOURCE = _STATIC / "pico.classless.cyan.min.css"
TARGET = _STATIC / "pico.css"
# What no page has: elements, kinds of fields, and attributes.
UNUSED = re.compile(
    r"\b(?:abbr|accordion|audio|blockquote|breadcrumb|code|del|details|dropdown|fieldset"
    r"|figcaption|figure|iframe|ins|kbd|legend|mark|pre|progress|samp|sub|summary|sup|textarea"
    r"|video)\b"
    r"|type=(?:color|datetime-local|file|month|number|radio|range|reset|tel|time|url|week)\b"
    r"|role=(?:group|search|switch)\b|aria-invalid=false|:indeterminate|aria-busy|data-theme|data-tooltip|dir=rtl|rel=prev|select\[multiple"
)
# Of these, what pages have without Pico's style: the browser's own triangle needs none, and the
# pages of plans have a stylesheet of their own, so that the schedule stays small.
PLAIN = frozenset({"details", "fieldset", "legend", "progress", "summary", "textarea"})
# Of a list in brackets, a page may have the other members.
_LIST = re.compile(r":(?:has|is|not|where)\((?:[^()]|\([^()]*\))*\)")
_COMMA = re.compile(r",(?![^()]*\))")
_VARIABLE = re.compile(r"""(--pico-[\w-]+):(?:"[^"]*"|'[^']*'|[^;{}"'])*(?:;|(?=}))""")


def keep_used(css: str) -> str:
    """Return the style sheet without rules for what no page has, nor variables that none reads."""
    css = "".join(_keep_rules(css))
    read = set(re.findall(r"var\((--pico-[\w-]+)", css + _read_own_styles()))
    return _VARIABLE.sub(lambda match: match[0] if match[1] in read else "", css)


def _read_own_styles() -> str:
    paths = (path for path in sorted(_STATIC.glob("*.css")) if path not in {SOURCE, TARGET})
    return "".join(path.read_text("utf-8") for path in paths)


def _keep_rules(css: str) -> Iterator[str]:
    for head, body in _split_rules(css):
        if head.startswith("@media"):
            kept = "".join(_keep_rules(body))
        elif head.startswith("@"):
            kept = body
        else:
            head, kept = _keep_selectors(head), body  # noqa: PLW2901
        if head and kept:
            yield f"{head}{{{kept}}}"


def _split_rules(css: str) -> Iterator[tuple[str, str]]:
    start = depth = opened = 0
    for brace in re.finditer("[{}]", css):
        depth += 1 if brace[0] == "{" else -1
        if brace[0] == "{" and depth == 1:
            opened = brace.start()
        elif depth == 0:
            yield css[start:opened], css[opened + 1 : brace.start()]
            start = brace.end()


def _keep_selectors(selectors: str) -> str:
    kept = (one for one in _COMMA.split(selectors) if not UNUSED.search(_LIST.sub("", one)))
    return ",".join(kept)


if __name__ == "__main__":
    TARGET.write_text(keep_used(SOURCE.read_text("utf-8")), encoding="utf-8")
