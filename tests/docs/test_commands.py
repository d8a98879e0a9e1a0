"""README, tutorials and how-to guides, followed one after the other on one server."""

from __future__ import annotations

import os
import re
import subprocess
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.documents import matches_documented, parse_steps
from tests.support.profile import rounds

if TYPE_CHECKING:
    from tests.support.live_server import LiveServer

PROJECT = Path(__file__).parents[2]
DOCUMENTS = [
    "README.md",
    "CONTRIBUTING.md",
    *sorted(str(path.relative_to(PROJECT)) for path in PROJECT.glob("docs/tutorials/*.md")),
    *sorted(str(path.relative_to(PROJECT)) for path in PROJECT.glob("docs/how-to/*.md")),
]
DOCUMENTED_URL = "http://127.0.0.1:8000"
# MkDocs checks the links of docs/, but these pages are not part of its site.
PAGES_OUTSIDE_DOCS = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"]
LINK = re.compile(r"""(?:\]\(|src="|srcset=")(?!https?:)([^)#"\s]+)""")
PYTHON_BLOCK = re.compile(r"^ *```python\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
END_OF_STEP = "\x1e"
MAX_README_WORDS = 700


@pytest.fixture
def checkout(live_server: LiveServer, tmp_path: Path) -> Path:
    """The project folder of a reader, in which the server has been started."""
    folder = tmp_path / "checkout"
    folder.mkdir()
    for path in PROJECT.iterdir():
        if path.name != ".local":
            (folder / path.name).symlink_to(path)
    (folder / ".local").symlink_to(live_server.data_dir)
    return folder


@pytest.mark.parametrize("path", DOCUMENTS)
def test_documented_commands_print_documented_output(
    path: str, live_server: LiveServer, checkout: Path
) -> None:
    text = (PROJECT / path).read_text().replace(DOCUMENTED_URL, live_server.url)
    steps = list(parse_steps(text))
    before = sorted(checkout.iterdir())

    outputs = run_in_one_shell([step.command for step in steps], checkout)

    for step, output in zip_longest(steps, outputs):
        if step.output is not None:
            assert matches_documented(output, step.output), f"{step.command}\n{output}"
    assert sorted(checkout.iterdir()) == before


def run_in_one_shell(commands: list[str], folder: Path) -> list[str]:
    """Return the output of each command; the shell stops at the first that fails."""
    script = "".join(f"{command}\nprintf '{END_OF_STEP}'\n" for command in commands)
    environment = {key: value for key, value in os.environ.items() if key != "DATA_DIR"}
    environment["WEEKS"] = str(rounds(daily=2, nightly=4))  # of the busy practice
    result = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],  # noqa: S607  wherever the machine has it
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout.split(END_OF_STEP)[:-1]


@pytest.mark.parametrize("path", DOCUMENTS)
def test_documented_commands_have_no_fixed_date(path: str) -> None:
    commands = [step.command for step in parse_steps((PROJECT / path).read_text())]

    assert [command for command in commands if re.search(r"20\d\d-?\d\d-?\d\d", command)] == []


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("CONTRIBUTING.md", "tests/api/test_saving_json.py"),
        ("docs/how-to/add-a-mutant.md", "tests/mutation/mutants/doctors.py"),
    ],
)
def test_quoted_code_is_current(path: str, source: str) -> None:
    quoted = PYTHON_BLOCK.findall((PROJECT / path).read_text())

    assert quoted
    code = without_spaces((PROJECT / source).read_text())
    assert [text for text in quoted if without_spaces(text) not in code] == []


def without_spaces(text: str) -> str:
    return re.sub(r"\s", "", text)


@pytest.mark.parametrize("path", PAGES_OUTSIDE_DOCS)
def test_links_lead_to_files(path: str) -> None:
    links = LINK.findall((PROJECT / path).read_text())

    assert links
    assert [link for link in links if not (PROJECT / link).exists()] == []


def test_readme_is_short() -> None:
    assert len((PROJECT / "README.md").read_text().split()) <= MAX_README_WORDS
