"""The example follower that sends HL7 messages to a real receiver on loopback."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import hl7
import pytest
import standardwebhooks

from examples.hl7_follower.messages import Addresses, make_message
from examples.hl7_follower.mllp import MllpSender
from examples.hl7_follower.receiver import create_app
from examples.hl7_follower.revisions import SentRevisions
from tests.support.mllp_receiver import MllpReceiver, run_mllp_receiver

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def make_event(
    status: str = "free", revision: int = 4, time: str = "10:00", doctor_id: str = "dr-lee"
) -> dict[str, Any]:
    slot = {
        "slot_id": f"{doctor_id}~20270323T{time.replace(':', '')}Z",
        "start": f"2027-03-23T{time}:00Z",
        "end": f"2027-03-23T{time[:2]}:30Z",
        "status": status,
        "previous_status": "busy",
    }
    data = {
        "id": f"{doctor_id}~2027-03-23~{revision}",
        "doctor_id": doctor_id,
        "date": "2027-03-23",
        "revision": revision,
        "slots": [slot],
    }
    return {"type": "slots.changed", "timestamp": "2027-03-20T10:00:00Z", "data": data}


class Follower:
    def __init__(self, port: int, path: Path) -> None:
        sender = MllpSender("127.0.0.1", port, timeout=1)
        self._client = create_app(SECRET, sender, SentRevisions(path)).test_client()

    def post(self, event: dict[str, Any], secret: str = SECRET) -> int:
        body, now = json.dumps(event), datetime.now(UTC)
        headers = {
            "webhook-id": "msg_1",
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": standardwebhooks.Webhook(secret).sign("msg_1", now, body),
        }
        return self._client.post("/hooks", data=body, headers=headers).status_code


@pytest.fixture
def hospital() -> Iterator[MllpReceiver]:
    with run_mllp_receiver() as receiver:
        yield receiver


@pytest.fixture
def follower(hospital: MllpReceiver, tmp_path: Path) -> Follower:
    return Follower(hospital.port, tmp_path / "sent.sqlite")


def codes(hospital: MllpReceiver) -> list[str]:
    return [str(message["MSH.F9.R1.C2"]) for message in hospital.messages]


def test_opened_slot_is_sent_as_s24(follower: Follower, hospital: MllpReceiver) -> None:
    assert follower.post(make_event("free")) == 204

    (message,) = hospital.messages
    assert str(message.segment("MSH")[9]) == "SIU^S24^SIU_S12"
    assert str(message["MSH.F12"]) == "2.5.1"
    assert str(message["SCH.F2"]) == "dr-lee~20270323T1000Z"
    assert str(message["AIP.F3"]) == "dr-lee"
    assert str(message["AIP.F6"]) == str(message["AIS.F4"]) == "20270323100000+0000"
    assert str(message["AIS.F7"]) == "30"


@pytest.mark.parametrize("status", ["busy", "busy-unavailable"])
def test_blocked_slot_is_sent_as_s23(
    follower: Follower, hospital: MllpReceiver, status: str
) -> None:
    assert follower.post(make_event(status)) == 204

    (message,) = hospital.messages
    assert codes(hospital) == ["S23"]
    assert str(message["SCH.F25"]) == "Blocked"


def test_held_slot_is_not_sent(follower: Follower, hospital: MllpReceiver) -> None:
    assert follower.post(make_event("busy-tentative")) == 204
    assert hospital.messages == []


@pytest.mark.parametrize("code", ["AE", "AR"])
def test_rejected_message_is_sent_again_on_retry(
    follower: Follower, hospital: MllpReceiver, code: str
) -> None:
    hospital.code = code
    assert follower.post(make_event()) == 503

    hospital.code = "AA"
    assert follower.post(make_event()) == 204
    assert codes(hospital) == ["S24"]


def test_message_is_sent_once_the_receiver_is_up(tmp_path: Path) -> None:
    with run_mllp_receiver() as stopped:
        port = stopped.port
    follower = Follower(port, tmp_path / "sent.sqlite")
    assert follower.post(make_event()) == 503

    with run_mllp_receiver(port) as hospital:
        assert follower.post(make_event()) == 204
        assert codes(hospital) == ["S24"]


def test_repeated_event_has_the_same_message(follower: Follower, hospital: MllpReceiver) -> None:
    follower.post(make_event())
    follower.post(make_event())

    first, second = hospital.messages
    assert str(first) == str(second)
    assert len(str(first["MSH.F10"])) == 20


def test_stale_change_of_a_slot_is_dropped(follower: Follower, hospital: MllpReceiver) -> None:
    assert follower.post(make_event("busy", revision=5)) == 204
    assert follower.post(make_event("free", revision=4)) == 204
    assert codes(hospital) == ["S23"]


def test_late_change_of_another_slot_is_sent(follower: Follower, hospital: MllpReceiver) -> None:
    follower.post(make_event("busy", revision=5))
    follower.post(make_event("free", revision=4, time="11:00"))

    assert codes(hospital) == ["S23", "S24"]


def test_other_events_are_ignored(follower: Follower, hospital: MllpReceiver) -> None:
    assert follower.post({**make_event(), "type": "webhook.test"}) == 204
    assert hospital.messages == []


def test_wrong_signature_is_rejected(follower: Follower, hospital: MllpReceiver) -> None:
    assert follower.post(make_event(), secret="whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA") == 401
    assert hospital.messages == []


def test_delimiters_in_names_are_escaped() -> None:
    name = r"A|B^C~D\E&F"
    event = make_event(doctor_id=name)
    text = make_message(event, event["data"]["slots"][0], Addresses(sending_facility=name))

    message = hl7.parse(text)
    assert r"A\F\B\S\C\R\D\E\E\T\F" in text
    assert message["MSH.F4"] == message["AIP.F3"] == name
