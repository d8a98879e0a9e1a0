"""The contents of the zip, and that the app runs with nothing else installed."""

from __future__ import annotations

import gzip
import hashlib
import importlib.util
import json
import shutil
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest
from bs4 import BeautifulSoup

from chalicelib.web.http import static_files
from cloud import shrink
from cloud.package import MAX_ZIP_BYTES, BuildArtifact, copy_sources, current_arch, package
from local import CommandError
from tests.packaging import lambda_process

PROJECT = Path(__file__).parents[2]
# Requests as API Gateway passes them to Lambda, below the stage's prefix.
REQUESTS = """
import json
from app import app
def send(resource, path, parameters):
    event = {
        "requestContext": {
            "httpMethod": "GET", "resourcePath": resource, "path": path, "identity": {},
        },
        "headers": {"accept": "text/html"}, "pathParameters": parameters, "stageVariables": {},
        "multiValueQueryStringParameters": None, "body": None, "isBase64Encoded": False,
    }
    response = app(event, None)
    return {
        "status": response["statusCode"], "headers": response["headers"], "body": response["body"],
    }
print(json.dumps([
    send("/", "/api", None),
    send("/static/{name}", "/api/static/slots.css", {"name": "slots.css"}),
    send("/docs", "/api/docs", None),
]))
"""
# Calls into libraries of which the zip has only a part: sign-in and all time zones.
LIBRARIES = """
import zoneinfo
import botocore.session
from authlib.oauth2.auth import ClientAuth
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri, prepare_token_request
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc import jwk, jwt
keys = {"RS256": jwk.RSAKey.generate_key(2048), "ES256": jwk.ECKey.generate_key("P-256")}
for algorithm, key in keys.items():
    token = jwt.encode({"alg": algorithm}, {"sub": "dr-lee"}, key)
    assert jwt.decode(token, key, algorithms=[algorithm]).claims == {"sub": "dr-lee"}
challenge = create_s256_code_challenge("v" * 48)
url = prepare_grant_uri("https://x/", "page", "code", code_challenge=challenge)
assert "code_challenge=" in url
form = prepare_token_request("authorization_code", code="c", redirect_uri="/")
auth = ClientAuth("page", None, "none")
assert "client_id=page" in auth.prepare("POST", "https://x/", {}, form)[2]
calls = {
    "cognito-idp": ("list_user_pools", {"MaxResults": 1}),
    "dynamodb": ("list_tables", {}),
    "events": ("list_rules", {}),
    "s3": ("list_buckets", {}),
    "secretsmanager": ("list_secrets", {}),
    "sqs": ("list_queues", {}),
}
for service, call in calls.items():
    # The request of a call, which is not sent.
    client = botocore.session.get_session().create_client(service)
    assert client.generate_presigned_url(*call).startswith("http")
for name in sorted(zoneinfo.available_timezones()):
    zoneinfo.ZoneInfo.no_cache(name)
print("ok")
"""


def test_zip_contains_app_templates_static_files_and_zones(package_dir: Path) -> None:
    for name in (
        "app.py",
        "chalicelib/web/templates/slots.html",
        "chalicelib/web/templates/_schedule.html",
        "static/htmx.min.js",
        "static/slots.css",
        "static/openapi.json",
        "static/reference.html",
        "tzdata/zoneinfo/Australia/Lord_Howe",
        "pynamodb/models.pyc",
        "cryptography/hazmat/bindings/_rust.abi3.so",
        "botocore/cacert.pem",
    ):
        assert (package_dir / name).is_file(), name


def test_zip_contains_no_tools_and_no_tests(package_dir: Path) -> None:
    packages = ("boto3", "moto", "pytest", "hypothesis", "playwright")
    folders = ("cloud", "local", "tests", "tools", "chalicelib/web/openapi")
    files = ("chalicelib/web/templates/reference.html",)

    left_out = (*packages, *folders, *files)
    assert [name for name in left_out if (package_dir / name).exists()] == []
    assert [*package_dir.rglob("tests")] == []


def test_zip_contains_metadata_of_every_package_for_scanners(package_dir: Path) -> None:
    lines = (PROJECT / "requirements.txt").read_text().splitlines()
    pinned = {line.split("==")[0].lower().replace("-", "_") for line in lines if "==" in line}

    info = {path.name.split("-")[0].lower() for path in package_dir.glob("*.dist-info")}
    assert info == pinned
    assert {path.name for path in package_dir.glob("*.dist-info/*")} == {"METADATA"}


def test_scanner_finds_every_package_in_the_zip(package_dir: Path) -> None:
    scanned = subprocess.run(
        [sys.executable, "-m", "pip", "list", "--format=json", "--path", package_dir],
        capture_output=True,
        text=True,
        check=True,
    )

    found = {package["name"].lower() for package in json.loads(scanned.stdout)}
    lines = (PROJECT / "requirements.txt").read_text().splitlines()
    assert found == {line.split("==")[0].lower() for line in lines if "==" in line}


def test_bill_of_materials_names_the_zip_and_its_packages(
    artifact: BuildArtifact, package_dir: Path
) -> None:
    bom = json.loads(artifact.sbom.read_text())

    assert (bom["bomFormat"], bom["specVersion"]) == ("CycloneDX", "1.6")
    (digest,) = bom["metadata"]["component"]["hashes"]
    assert digest["content"] == hashlib.sha256(artifact.zip.read_bytes()).hexdigest()
    urls = {component["purl"] for component in bom["components"]}
    assert {"pkg:pypi/jinja2@3.1.6", "pkg:npm/htmx.org@4.0.1"} <= urls
    assert "pkg:npm/%40picocss/pico@2.1.1" in urls
    assert len(urls) == len([*package_dir.glob("*.dist-info")]) + 2


def test_botocore_has_data_of_used_services_only(package_dir: Path) -> None:
    services = {
        path.name for path in (package_dir / "botocore" / "data").iterdir() if path.is_dir()
    }

    assert services == {"cognito-idp", "dynamodb", "events", "s3", "secretsmanager", "sqs"}


def test_descriptions_of_services_have_no_documentation(package_dir: Path) -> None:
    models = [*(package_dir / "botocore" / "data").rglob("service-2.json.gz")]

    assert len(models) >= 5
    for model in models:
        operations = json.loads(gzip.decompress(model.read_bytes()))["operations"].values()
        assert [each["name"] for each in operations if each.get("documentation")] == []


def test_libraries_have_no_symbols_for_debuggers(package_dir: Path) -> None:
    library = package_dir / "cryptography" / "hazmat" / "bindings" / "_rust.abi3.so"
    content = library.read_bytes()

    assert shrink.clear_symbols(content) == content


def test_every_module_has_unchecked_byte_code(package_dir: Path) -> None:
    sources = {*package_dir.rglob("*.py")}
    compiled = {*package_dir.rglob("*.pyc")}

    assert {path.relative_to(package_dir).parts[0] for path in sources} == {"app.py", "chalicelib"}
    assert {Path(importlib.util.cache_from_source(path.as_posix())) for path in sources} < compiled
    assert len(compiled) > 500
    for path in compiled:
        # PEP 552: hash-based, and not checked.
        assert path.read_bytes()[4:8] == b"\x01\x00\x00\x00", path


def test_zip_is_within_size_limit(artifact: BuildArtifact) -> None:
    assert artifact.zip.stat().st_size <= MAX_ZIP_BYTES


@pytest.fixture(scope="module")
def littered_project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project after a build, with files of editors and tools."""
    copy = copy_project(tmp_path_factory.mktemp("littered") / "copy")
    for litter in ("chalicelib/.DS_Store", "chalicelib/web/slots.py~", "static/.swp"):
        (copy / litter).write_text("litter")
    package(copy, "dev", current_arch())
    return copy


def test_build_is_reproducible_beside_files_of_editors_and_tools(
    artifact: BuildArtifact, littered_project: Path
) -> None:
    again = BuildArtifact.for_stage(littered_project, "dev")

    assert again.zip.read_bytes() == artifact.zip.read_bytes()
    assert again.template.read_bytes() == artifact.template.read_bytes()
    assert again.sbom.read_bytes() == artifact.sbom.read_bytes()


@pytest.fixture
def bare_project(tmp_path: Path) -> Path:
    """A copy of the project without its dependencies."""
    copy = copy_project(tmp_path / "bare")
    leave_out_dependencies(copy)
    return copy


def leave_out_dependencies(project: Path) -> None:
    """Leave out what takes most of the build time."""
    for name in ("requirements.txt", "locks/lambda.txt"):
        (project / name).write_text("")


def copy_project(to: Path) -> Path:
    copy_sources(PROJECT, to)
    for name in ("infrastructure", "cloud", "local", "locks"):
        shutil.copytree(PROJECT / name, to / name, ignore=shutil.ignore_patterns("__pycache__"))
    return to


def test_files_of_editors_and_tools_are_left_out(littered_project: Path) -> None:
    names = zipped_names(littered_project)

    assert "static/favicon.svg" in names
    assert [name for name in names if name.endswith((".DS_Store", "~", ".swp"))] == []


def test_renamed_static_file_has_its_new_name_only(littered_project: Path, tmp_path: Path) -> None:
    built = shutil.copytree(littered_project, tmp_path / "built", symlinks=True)
    leave_out_dependencies(built)
    (built / "static" / "favicon.svg").rename(built / "static" / "mark.svg")

    package(built, "dev", current_arch())

    assert "static/mark.svg" in zipped_names(built)
    assert "static/favicon.svg" not in zipped_names(built)


def zipped_names(project: Path) -> list[str]:
    return ZipFile(BuildArtifact.for_stage(project, "dev").zip).namelist()


def test_missing_dependency_fails_the_build(bare_project: Path) -> None:
    (bare_project / "requirements.txt").write_text("there-is-no-such-package-of-ours==0.0.0\n")

    with pytest.raises(CommandError, match="there-is-no-such-package-of-ours"):
        package(bare_project, "dev", current_arch())
    assert BuildArtifact.for_stage(bare_project, "dev").read_manifest() == {}


def test_package_with_another_hash_fails_the_build(bare_project: Path) -> None:
    (bare_project / "locks" / "lambda.txt").write_text(f"six==1.17.0 --hash=sha256:{'0' * 64}\n")

    with pytest.raises(CommandError, match="DO NOT MATCH THE HASHES"):
        package(bare_project, "dev", current_arch())


def test_package_without_a_hash_is_not_in_the_zip(bare_project: Path) -> None:
    (bare_project / "requirements.txt").write_text("six==1.17.0\n")

    with pytest.raises(CommandError, match="six"):
        package(bare_project, "dev", current_arch())


def test_zip_over_size_limit_fails_the_build(bare_project: Path) -> None:
    with pytest.raises(CommandError, match=r"too large: .* of 1,000 bytes"):
        package(bare_project, "dev", current_arch(), max_zip_bytes=1_000)
    assert BuildArtifact.for_stage(bare_project, "dev").read_manifest() == {}


def test_app_responds_below_its_stage_without_other_packages(package_dir: Path) -> None:
    ran = lambda_process.run(package_dir, REQUESTS)

    assert ran.returncode == 0, ran.stderr
    *_, responses = ran.stdout.splitlines()  # the other lines are the request log
    root, style, page = json.loads(responses)
    assert (root["status"], root["headers"]["Location"]) == (303, "/api/slots")
    assert (style["status"], style["body"]) == (200, static_files.read("slots.css").body)
    assert page["status"] == 200
    # Relative to /api/docs, so the browser loads /api/static/reference.css.
    assert BeautifulSoup(page["body"], "html.parser").select("link[href='static/reference.css']")


def test_trimmed_libraries_still_work(package_dir: Path) -> None:
    ran = lambda_process.run(package_dir, LIBRARIES)

    assert (ran.stdout, ran.stderr) == ("ok\n", "")
