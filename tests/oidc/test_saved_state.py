"""What MiniStack's state survives: a crash, a full disk, and a restart on a full disk."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import boto3
import pytest

from local import ports
from local.local_config import PROJECT
from local.servers import MiniStack
from tests.support.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_sqs import SQSClient

# Longer than it takes until a change is saved.
SAVED_WITHIN_SECONDS = 20


@contextmanager
def full_disk(folder: Path) -> Iterator[Callable[[], None]]:
    """Mount a disk of 4 MB at the folder; yields a function that fills it."""
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", folder],  # noqa: S607  wherever the machine has it
        capture_output=True,
        text=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip(f"cannot mount a file system: {mounted.stderr.strip()}")

    def fill() -> None:
        with (folder / "filling").open("wb", buffering=0) as file, suppress(OSError):
            while True:
                file.write(bytes(4096))

    try:
        yield fill
    finally:
        subprocess.run(["umount", "-l", folder], check=True)  # noqa: S607  wherever the machine has it


def dynamodb(ministack: MiniStack) -> DynamoDBClient:
    return session().client("dynamodb", endpoint_url=ministack.url)


def sqs(ministack: MiniStack) -> SQSClient:
    return session().client("sqs", endpoint_url=ministack.url)


def session() -> boto3.Session:
    return boto3.Session(
        aws_access_key_id="testing",
        aws_secret_access_key="testing",
        region_name="eu-west-2",
    )


def create_table(ministack: MiniStack, name: str) -> None:
    dynamodb(ministack).create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )


def tables(ministack: MiniStack) -> list[str]:
    return sorted(dynamodb(ministack).list_tables()["TableNames"])


def read_until(message: str, capfd: pytest.CaptureFixture[str]) -> str:
    """Wait for a message on the terminal, and return everything up to it."""
    lines = [""]

    def has_message() -> bool:
        lines.append(capfd.readouterr().err)
        return any(message in line for line in lines)

    wait_until(has_message, seconds=SAVED_WITHIN_SECONDS)
    return "".join(lines)


def kill(ministack: MiniStack) -> None:
    assert ministack._process
    ministack._process.kill()
    ministack._process.wait()


@pytest.fixture(autouse=True)
def _save_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAVE_SECONDS", "0.5")


def test_start_after_crash_restores_saved_state_and_reports_age(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with MiniStack(tmp_path) as ministack:
        create_table(ministack, "saved")
        wait_until((tmp_path / "saved" / "current").exists, seconds=SAVED_WITHIN_SECONDS)
        create_table(ministack, "lost")
        kill(ministack)
    assert capfd.readouterr().err == ""

    with MiniStack(tmp_path) as ministack:
        assert tables(ministack) == ["saved"]
    message = capfd.readouterr().err
    assert message.startswith("The last server did not stop cleanly. Its data is restored as saved")
    assert message.endswith(" s ago; changes after that are lost.\n")


def test_crash_after_only_reads_loses_and_reports_nothing(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with MiniStack(tmp_path) as ministack:
        create_table(ministack, "saved")
        queue = sqs(ministack).create_queue(QueueName="saved")["QueueUrl"]
    with MiniStack(tmp_path) as ministack:
        assert tables(ministack) == ["saved"]
        # The server asks every two seconds for webhooks to send. No message is no change, and
        # without a change there is nothing that a crash could lose.
        assert "Messages" not in sqs(ministack).receive_message(QueueUrl=queue)
        kill(ministack)
    with MiniStack(tmp_path) as ministack:
        assert tables(ministack) == ["saved"]

    assert capfd.readouterr().err == ""


def test_full_disk_is_reported_at_once_and_keeps_saved_state(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with full_disk(tmp_path) as fill:
        ministack = MiniStack(tmp_path)
        ministack.start()
        create_table(ministack, "saved")
        wait_until((tmp_path / "saved" / "current").exists, seconds=SAVED_WITHIN_SECONDS)
        fill()
        create_table(ministack, "lost")
        at_once = read_until("Data is not saved: ", capfd)
        assert ministack.stop() == 1
        (tmp_path / "filling").unlink()
        with MiniStack(tmp_path) as restarted:
            assert tables(restarted) == ["saved"]

    assert "Data is not saved: [Errno 28] No space left on device. Changes since" in at_once
    assert "The last server did not stop cleanly." in capfd.readouterr().err


def test_when_the_disk_has_space_again_everything_is_saved(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with full_disk(tmp_path) as fill:
        with MiniStack(tmp_path) as ministack:
            fill()
            create_table(ministack, "saved")
            read_until("Data is not saved", capfd)
            (tmp_path / "filling").unlink()
            read_until("Data is saved again", capfd)
            kill(ministack)
        with MiniStack(tmp_path) as ministack:
            assert tables(ministack) == ["saved"]


def test_a_start_on_a_full_disk_ends_with_a_sentence(tmp_path: Path) -> None:
    with full_disk(tmp_path) as fill:
        fill()
        settings = {"DATA_DIR": os.fspath(tmp_path), "PORT": str(ports.free_port())}
        ended = subprocess.run(
            [sys.executable, "-m", "local.serve"],
            cwd=PROJECT,
            env=os.environ | settings,
            capture_output=True,
            text=True,
            check=False,
        )

    assert ended.returncode == 1
    assert "Traceback" not in ended.stderr
    assert f"Data cannot be kept in {tmp_path}: No space left on device." in ended.stderr
