"""What ``chalice package`` puts into the zip, and that it answers with nothing else installed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

PROJECT = Path(__file__).parents[2]
# A request as API Gateway hands it to Lambda, under the stage's prefix.
ASK = """
import json, sys
sys.path[:0] = [sys.argv[1]]
from app import app
def ask(resource, path, parameters):
    event = {
        "requestContext": {
            "httpMethod": "GET", "resourcePath": resource, "path": path, "identity": {},
        },
        "headers": {"accept": "text/html"}, "pathParameters": parameters, "stageVariables": {},
        "multiValueQueryStringParameters": None, "body": None, "isBase64Encoded": False,
    }
    answer = app(event, None)
    return {"status": answer["statusCode"], "headers": answer["headers"], "body": answer["body"]}
print(json.dumps([
    ask("/", "/api", None),
    ask("/static/{name}", "/api/static/slots.css", {"name": "slots.css"}),
    ask("/slots", "/api/slots", None),
]))
"""


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The zip's content, packaged from a copy: Chalice keeps a cache beside its configuration."""
    folder = tmp_path_factory.mktemp("packaging")
    copy = folder / "project"
    copy.mkdir()
    for name in ("app.py", "requirements.txt"):
        shutil.copy(PROJECT / name, copy)
    for name in ("chalicelib", "static", "vendor"):
        shutil.copytree(
            PROJECT / name,
            copy / name,
            symlinks=True,
            ignore=shutil.ignore_patterns("__pycache__"),
        )
    (copy / ".chalice").mkdir()
    shutil.copy(PROJECT / ".chalice" / "config.json", copy / ".chalice")
    chalice = Path(sys.executable).with_name("chalice")
    command = [str(chalice), "package", "--stage", "local", str(folder / "out")]
    packaged = subprocess.run(  # noqa: S603
        command,
        cwd=copy,
        capture_output=True,
        text=True,
        check=False,
    )
    assert packaged.returncode == 0, packaged.stdout + packaged.stderr
    with ZipFile(folder / "out" / "deployment.zip") as zipped:
        zipped.extractall(folder / "unpacked")
    return folder / "unpacked"


def test_it_holds_the_app_its_pages_its_assets_and_the_time_zones(unpacked: Path) -> None:
    for name in (
        "app.py",
        "chalicelib/web/templates/slots.html",
        "static/htmx.min.js",
        "static/slots.css",
        "tzdata/zoneinfo/Australia/Lord_Howe",
        "pynamodb/models.py",
    ):
        assert (unpacked / name).is_file(), name


def test_it_holds_no_tools(unpacked: Path) -> None:
    tools = ("boto3", "moto", "pytest", "hypothesis", "playwright", "local", "tests")

    assert [name for name in tools if (unpacked / name).exists()] == []


def test_it_answers_under_its_stage_with_nothing_else_installed(unpacked: Path) -> None:
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("AWS_")
    } | json.loads((PROJECT / ".chalice" / "config.json").read_text())["stages"]["local"][
        "environment_variables"
    ]
    environment["AWS_ENDPOINT_URL_DYNAMODB"] = "http://127.0.0.1:9"  # where nobody answers

    # -I -S: no site-packages, so that what the zip lacks is missed.
    asked = subprocess.run(  # noqa: S603
        [sys.executable, "-I", "-S", "-c", ASK, unpacked],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert asked.returncode == 0, asked.stderr
    root, style, page = json.loads(asked.stdout)
    assert (root["status"], root["headers"]["Location"]) == (303, "/api/slots")
    assert (style["status"], style["body"]) == (200, (PROJECT / "static/slots.css").read_text())
    assert page["status"] == 503
    assert 'href="/api/static/slots.' in page["body"]
