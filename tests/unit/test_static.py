"""The files that a browser is sent."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from chalicelib.web.http import static_files

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


def test_fingerprint_resolves_only_while_file_is_unchanged() -> None:
    hashed = static_files.fingerprinted_name("slots.css")

    assert hashed != "slots.css"
    assert static_files.original_name(hashed) == "slots.css"
    assert static_files.original_name("slots.0000000000000000.css") is None
    assert static_files.original_name("slots.css") is None
