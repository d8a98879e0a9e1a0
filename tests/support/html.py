"""Markup that somebody might type or send, and what of a page a parser takes for more than text."""

from __future__ import annotations

from html.parser import HTMLParser

# In no template.
PLAIN_TEXT = "Xanthippe"
MARKUP_SAMPLES = (
    "<img src=x onerror=alert(1)>",
    '"><script>alert(1)</script>',
    "' autofocus onfocus='alert(1)",
    "</script></title><svg onload=alert(1)>",
    "--><b>bold</b><!--",
    "{{7*7}}${7*7}<%= 7*7 %>",
    "&lt;b&gt;&#60;i&#62;",
)


class ParsedHtml(HTMLParser):
    """What a browser makes of it: elements with the names of their attributes, and words."""

    def __init__(self, html: str) -> None:
        """Parse a page, or a part of one."""
        super().__init__()
        self.elements: list[tuple[str, ...]] = []
        self.texts: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, *(name for name, _ in attrs)))
        self.texts += [value for _, value in attrs if value]

    def handle_endtag(self, tag: str) -> None:
        self.elements.append((f"/{tag}",))

    def handle_comment(self, data: str) -> None:
        self.elements.append(("!", data))

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    def count_text(self, text: str) -> int:
        """How often that stands in it as text, or in the value of an attribute."""
        return sum(words.count(text) for words in self.texts)
