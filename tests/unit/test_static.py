"""Static files, their fingerprints, and vendored packages."""

from __future__ import annotations

import hashlib
import json
import re
from datetime import timedelta
from pathlib import Path

import pytest

from chalicelib.web.auth import sessions
from chalicelib.web.http import static_files
from tools import pico

PROJECT = Path(__file__).parents[2]
STATIC = PROJECT / "static"
VENDORED = json.loads((STATIC / "vendored.json").read_text())


def test_static_files_are_found_through_symlink() -> None:
    assert (PROJECT / "vendor" / "static").readlink() == Path("../static")


@pytest.mark.parametrize("file", VENDORED, ids=lambda file: str(file["file"]))
def test_vendored_file_matches_its_package(file: dict[str, str]) -> None:
    content = (STATIC / file["file"]).read_bytes()

    assert hashlib.sha256(content).hexdigest() == file["sha256"]
    assert file["version"].encode() in content
    licence = (STATIC / file["licence_file"]).read_bytes()
    assert hashlib.sha256(licence).hexdigest() == file["licence_sha256"]


def test_every_minified_file_is_vendored() -> None:
    minified = {path.name for path in STATIC.glob("*.min.*")}

    assert minified == {file["file"] for file in VENDORED}


def test_pico_is_the_part_that_pages_use() -> None:
    """``python -m tools.pico`` writes it after a new version of Pico or of a stylesheet."""
    assert pico.TARGET.read_text() == pico.keep_used(pico.SOURCE.read_text())


def test_pico_keeps_its_licence_notice() -> None:
    assert "MIT" in static_files.read("slots.css").body[:200]


def test_unused_elements_of_pico_are_in_no_page() -> None:
    """A new element of a page may need what ``tools.pico`` leaves out."""
    templates = (PROJECT / "chalicelib" / "web" / "templates").glob("*.html")
    markup = "".join(path.read_text() for path in templates)
    scripts = "".join(path.read_text() for path in STATIC.glob("*.js") if ".min." not in path.name)
    tags = re.findall(r"<([a-z]+[1-6]?)\b", markup)
    tags += re.findall(r'createElement\("([a-z]+)"', scripts)

    assert [tag for tag in {*tags} - pico.PLAIN if pico.UNUSED.search(tag)] == []


def test_fingerprint_resolves_only_while_file_is_unchanged() -> None:
    hashed = static_files.fingerprinted_name("slots.css")

    assert hashed != "slots.css"
    assert static_files.original_name(hashed) == "slots.css"
    assert static_files.original_name("slots.0000000000000000.css") is None
    assert static_files.original_name("slots.css") is None


@pytest.mark.parametrize("name", ["slots.css", "slots.js"])
def test_imports_are_inlined_once_before_what_uses_them(name: str) -> None:
    source = (STATIC / name).read_text()
    body = static_files.read(name).body

    imported = [STATIC / part for part in re.findall(r'"\./([a-z_.]+)";', source)]
    assert len(imported) > 2
    for path in imported:
        assert body.count(first_declaration(path)) == 1, path.name
    assert not re.search("^(@?import|export) ", body, re.MULTILINE)


def first_declaration(path: Path) -> str:
    """Return a line that only this file has: a declaration of a script or of a style."""
    lines = path.read_text().splitlines()
    if path.suffix == ".css":
        others = "".join(style.read_text() for style in STATIC.glob("*.css") if style != path)
        rules = re.sub(r"/\*(?!!).*?\*/|@import[^\n]*", "", "\n".join(lines), flags=re.DOTALL)
        own = (line.strip() for line in rules.splitlines() if line.strip() not in others)
        return (
            next((line for line in own if rules.count(line) == 1), "")
            .replace(": ", ":")
            .replace(" {", "{")
        )
    pattern = re.compile("(export )?(const|let|function|async function|document|addEventListener)")
    return next(line.removeprefix("export ") for line in lines if pattern.match(line))


def test_inlined_modules_share_no_name() -> None:
    modules = "".join(path.read_text() for path in STATIC.glob("*.js") if ".min." not in path.name)

    names = re.findall(
        r"^(?:export )?(?:const|let|(?:async )?function) (\w+)", modules, re.MULTILINE
    )

    assert len(names) > 50
    assert len(names) == len(set(names))


def test_page_knows_how_long_a_session_lasts() -> None:
    """Where the server does not respond, the page hides the schedule by itself."""
    minutes = sessions.IDLE_TIMEOUT // timedelta(minutes=1)

    assert f"const IDLE_TIMEOUT_MS = {minutes} * 60_000;" in static_files.read("slots.js").body


def test_every_source_belongs_to_a_page() -> None:
    sources = {path.name for path in STATIC.glob("*.[cj]s*") if path.suffix in (".css", ".js")}
    pages = ("slots.css", "slots.js", "origins.js", "plans.css", "plan.js", "import_file.js")
    served = "".join(static_files.read(name).body for name in pages)

    others = {
        "bookings.css",
        "changes.css",
        "htmx.min.js",
        "lists.css",
        "month_page.css",
        "people.css",
        "pico.classless.cyan.min.css",
        "practice.css",
        "reference.css",
        "reference.js",
        "reports.css",
        "settings.css",
    }
    assert all(first_declaration(STATIC / name) in served for name in sources - others)
    assert others <= sources


def test_scripts_are_served_without_lines_of_comment() -> None:
    body = static_files.read("slots.js").body

    assert re.search("^ *//", (STATIC / "slots.js").read_text(), re.MULTILINE)
    assert not re.search("^ *//", body, re.MULTILINE)


def test_styles_are_served_without_comments() -> None:
    assert "/*" in (STATIC / "boxes.css").read_text()
    assert re.findall(r"/\*.", static_files.read("slots.css").body) == ["/*!"]


def test_fingerprint_is_of_inlined_text() -> None:
    digest = hashlib.sha256(static_files.read("slots.js").body.encode()).hexdigest()[:16]

    assert static_files.fingerprinted_name("slots.js") == f"slots.{digest}.js"
