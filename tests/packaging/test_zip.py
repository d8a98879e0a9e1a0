"""What is in the zip, and that it answers with nothing else installed."""

from __future__ import annotations

import importlib.util
import json
import shutil
from pathlib import Path
from zipfile import ZipFile

import pytest

from cloud import sources
from cloud.artefact import Artefact
from cloud.package import BUDGET, CannotPackage, package, this_architecture
from tests.packaging import in_lambda

PROJECT = Path(__file__).parents[2]
# A request as API Gateway hands it to Lambda, under the stage's prefix.
REQUEST_SCRIPT = """
import json
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
    ask("/docs", "/api/docs", None),
]))
"""


def test_it_holds_the_app_its_pages_its_assets_and_the_time_zones(unpacked: Path) -> None:
    for name in (
        "app.py",
        "chalicelib/web/templates/slots.html",
        "chalicelib/web/templates/_day.html",
        "static/htmx.min.js",
        "static/slots.css",
        "tzdata/zoneinfo/Australia/Lord_Howe",
        "pynamodb/models.py",
        "cryptography/hazmat/bindings/_rust.abi3.so",
        "botocore/cacert.pem",
    ):
        assert (unpacked / name).is_file(), name


def test_it_holds_no_tools_no_tests_and_nothing_about_packages(unpacked: Path) -> None:
    tools = ("boto3", "moto", "pytest", "hypothesis", "playwright", "cloud", "local", "tests")

    assert [name for name in tools if (unpacked / name).exists()] == []
    assert [*unpacked.rglob("tests")] == []
    assert [*unpacked.glob("*.dist-info")] == []


def test_of_botocore_it_knows_dynamodb_its_credentials_and_events(unpacked: Path) -> None:
    services = {path.name for path in (unpacked / "botocore" / "data").iterdir() if path.is_dir()}

    assert services == {"dynamodb", "events", "sts"}


def test_every_module_is_compiled_and_believed_without_a_look_at_its_source(
    unpacked: Path,
) -> None:
    modules = [*unpacked.rglob("*.py")]

    assert len(modules) > 500
    for module in modules:
        compiled = Path(importlib.util.cache_from_source(module.as_posix()))
        # PEP 552: hash-based, and not checked.
        assert compiled.read_bytes()[4:8] == b"\x01\x00\x00\x00", module


def test_it_is_within_its_budget(made: Artefact) -> None:
    assert made.zip.stat().st_size <= BUDGET


def test_the_same_code_makes_the_same_bytes_wherever_it_is(made: Artefact, tmp_path: Path) -> None:
    copy = copy_project(tmp_path / "copy")

    again = package(copy, "dev", this_architecture())

    assert again.zip.read_bytes() == made.zip.read_bytes()
    assert again.template.read_bytes() == made.template.read_bytes()


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """The project without the packages it needs, which take most of the time."""
    copy = copy_project(tmp_path / "bare")
    (copy / "requirements.txt").write_text("")
    return copy


def copy_project(target: Path) -> Path:
    sources.copy(PROJECT, target)
    for name in ("infrastructure", "cloud"):
        shutil.copytree(PROJECT / name, target / name, ignore=shutil.ignore_patterns("__pycache__"))
    return target


def test_a_static_file_that_was_renamed_comes_under_its_new_name_alone(bare: Path) -> None:
    package(bare, "dev", this_architecture())
    (bare / "static" / "favicon.svg").rename(bare / "static" / "mark.svg")

    made = package(bare, "dev", this_architecture())

    names = ZipFile(made.zip).namelist()
    assert "static/mark.svg" in names
    assert "static/favicon.svg" not in names


def test_what_editors_and_tools_leave_beside_the_code_stays_out(bare: Path) -> None:
    for litter in ("chalicelib/.DS_Store", "chalicelib/web/slots.py~", "static/.swp"):
        (bare / litter).write_text("litter")

    names = ZipFile(package(bare, "dev", this_architecture()).zip).namelist()

    assert [name for name in names if name.endswith((".DS_Store", "~", ".swp"))] == []


def test_a_package_that_cannot_be_had_is_told_and_leaves_no_package(bare: Path) -> None:
    (bare / "requirements.txt").write_text("there-is-no-such-package-of-ours==0.0.0\n")

    with pytest.raises(CannotPackage, match="there-is-no-such-package-of-ours"):
        package(bare, "dev", this_architecture())
    assert Artefact(Artefact.folder(bare, "dev")).fingerprint is None


def test_a_zip_over_budget_is_told_and_is_no_package(bare: Path) -> None:
    with pytest.raises(CannotPackage, match=r"too large: .* bytes, and 1,000 are allowed"):
        package(bare, "dev", this_architecture(), budget=1_000)
    assert Artefact(Artefact.folder(bare, "dev")).fingerprint is None


def test_it_answers_under_its_stage_with_nothing_else_installed(unpacked: Path) -> None:
    asked = in_lambda.run_python(unpacked, REQUEST_SCRIPT)

    assert asked.returncode == 0, asked.stderr
    *_, answers = asked.stdout.splitlines()  # the other lines are the log of requests
    root, style, page = json.loads(answers)
    assert (root["status"], root["headers"]["Location"]) == (303, "/api/slots")
    assert (style["status"], style["body"]) == (200, (PROJECT / "static/slots.css").read_text())
    assert page["status"] == 200
    assert 'href="/api/static/reference.' in page["body"]
