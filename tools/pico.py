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
# What no page has: elements, kinds of fields, roles and attributes. Buttons are <button>, which
# Pico styles like an <input> of these kinds.
UNUSED = re.compile(
    r"\b(?:abbr|accordion|address|area|audio|blockquote|breadcrumb|canvas|code|del|details|dropdown"
    r"|fieldset|figcaption|figure|h5|h6|hr|iframe|ins|kbd|legend|mark|ol|optgroup|pre|progress|samp"
    r"|striped|sub|summary|sup|template|textarea|tfoot|video)\b"
    r"|type=(?:button|color|datetime-local|file|month|number|radio|range|reset|submit|tel|time|url"
    r"|week)\b|role=(?:button|group|search|switch)\b|aria-(?:busy|controls|hidden)|aria-invalid=false"
    r"|label\[aria-disabled|:(?:host|indeterminate)|data-theme|data-tooltip|dir=rtl|rel=prev"
    r"|select\[multiple|::?-(?:moz-focus|ms)-"
)
# Of these, what pages have without Pico's style: the browser's own triangle needs none, and the
# pages of plans have a stylesheet of their own, so that the schedule stays small.
PLAIN = frozenset({"details", "fieldset", "legend", "progress", "summary", "textarea"})
# Of a list in brackets, a page may have the other members.
_LIST = re.compile(r":(?:has|is|not|where)\((?:[^()]|\([^()]*\))*\)")
_COMMA = re.compile(r",(?![^()]*\))")
_VARIABLE = re.compile(r"""(--pico-[\w-]+):(?:"[^"]*"|'[^']*'|[^;{}"'])*(?:;|(?=}|$))""")

_ROOT = re.compile(r"^(:root)+$", re.MULTILINE)


def keep_used(css: str) -> str:
    """Return the style sheet without rules for what no page has, nor variables without effect.

    Those are variables that no rule reads, and the values on the root that the pages' own style
    sheets, which come later, replace.
    """
    own = _read_own_styles()
    end_of_notice = css.index("*/") + len("*/")
    rules = "".join(_keep_rules(css[end_of_notice:], _find_root_variables(own)))
    while (shorter := _keep_read_variables(rules, own)) != rules:
        rules = shorter
    return css[:end_of_notice] + re.sub(r"[^{};]+{}", "", rules)


def _keep_read_variables(rules: str, own: str) -> str:
    read = set(re.findall(r"var\((--pico-[\w-]+)", rules + own))
    return _VARIABLE.sub(lambda match: match[0] if match[1] in read else "", rules)


def _read_own_styles() -> str:
    paths = (path for path in sorted(_STATIC.glob("*.css")) if path not in {SOURCE, TARGET})
    return "".join(path.read_text("utf-8") for path in paths)


def _find_root_variables(css: str) -> set[str]:
    bodies = (body for head, body in _split_rules(css) if _ROOT.search(head.strip()))
    own = (re.sub("{[^}]*}", "", body) for body in bodies)
    return {match[1] for body in own for match in _VARIABLE.finditer(body)}


def _keep_rules(css: str, replaced: set[str]) -> Iterator[str]:
    for head, body in _split_rules(css):
        if head.startswith("@keyframes"):  # of what no page has, too
            continue
        if head.startswith(("@media", "@supports")):
            kept = "".join(_keep_rules(body, replaced))
        elif head.startswith("@"):
            kept = body
        else:
            head, kept = _keep_selectors(head), _keep_variables(head, body, replaced)  # noqa: PLW2901  what is kept of it
        if head and kept:
            yield f"{head}{{{kept}}}"


def _keep_variables(head: str, body: str, replaced: set[str]) -> str:
    if " " in head or not head.startswith((":host", ":root")):
        return body
    return _VARIABLE.sub(lambda match: "" if match[1] in replaced else match[0], body)


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
