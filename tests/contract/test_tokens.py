"""Bearer tokens: whom they let in, and every way to forge one."""

from __future__ import annotations

import hmac
import json
from base64 import urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from tests.an_issuer import MACHINE, PAGE, AnIssuer, rsa_key

if TYPE_CHECKING:
    from tests.site import Answer, Site

NOW = int(datetime(2026, 11, 22, 12, tzinfo=UTC).timestamp())
DOCTOR = {"username": "dr-lee", "cognito:groups": ["doctor"], "client_id": PAGE}
READER = {"client_id": MACHINE, "scope": "slots/read"}


def token(issuer: AnIssuer, claims: dict[str, Any], **changed: Any) -> str:  # noqa: ANN401
    return issuer.access_token(claims, **changed)


def ask(site: Site, text: str, path: str = "/slots?doctor_id=dr-lee&date=2026-11-23") -> Answer:
    return site.get(path, Authorization=f"Bearer {text}")


def test_who_is_not_signed_in_is_told_how_to_be(guarded: Site) -> None:
    answers = [
        guarded.get("/doctors"),
        guarded.get("/slots?date=2026-11-23"),
        guarded.save("09:00"),
        guarded.hold("09:00"),
    ]

    assert [answer.status for answer in answers] == [401] * 4
    assert {answer.headers["WWW-Authenticate"] for answer in answers} == {"Bearer"}
    assert {answer.headers["Content-Type"] for answer in answers} == {"application/problem+json"}


def test_a_doctor_with_a_token_sees_her_own_day(guarded: Site, issuer: AnIssuer) -> None:
    assert ask(guarded, token(issuer, DOCTOR)).status == 200
    assert ask(guarded, token(issuer, DOCTOR), "/slots?doctor_id=dr-okafor").status == 403


def test_a_booking_site_may_what_its_scopes_say(guarded: Site, issuer: AnIssuer) -> None:
    reader = token(issuer, READER)

    assert ask(guarded, reader, "/doctors/dr-lee/slots").status == 200
    assert ask(guarded, reader).status == 403
    held = guarded.put(
        "/slots/dr-lee~20261123T0900Z/hold",
        {"holder": "h", "seconds": 60},
        Authorization=f"Bearer {reader}",
    )
    assert held.status == 403


def signed_by_hmac(claims: str, key_id: str | None, secret: bytes) -> str:
    """By hand, since no library makes such a token."""
    header = urlsafe_b64encode(json.dumps({"alg": "HS256", "kid": key_id}).encode())
    signing = f"{header.decode().rstrip('=')}.{claims}"
    signature = urlsafe_b64encode(hmac.digest(secret, signing.encode(), "sha256"))
    return f"{signing}.{signature.decode().rstrip('=')}"


def forgeries(issuer: AnIssuer) -> dict[str, str]:
    """Tokens that look right but for one thing."""
    other = rsa_key(1, "other")
    public = issuer.keys[-1].as_pem(private=False)
    header, claims, signature = token(issuer, DOCTOR).split(".")
    unsigned = "eyJhbGciOiJub25lIn0"  # {"alg":"none"}
    return {
        "signed by somebody else": token(issuer, DOCTOR, key=other),
        "signed by nobody": f"{unsigned}.{claims}.",
        "signed by nobody, with a signature": f"{unsigned}.{claims}.{signature}",
        "the public key as a secret": signed_by_hmac(claims, issuer.keys[-1].kid, public),
        "of another issuer": token(issuer, DOCTOR, iss="https://elsewhere"),
        "of no issuer": token(issuer, DOCTOR, iss=None),
        "for another audience": token(issuer, DOCTOR, aud="another"),
        "of another client": token(issuer, DOCTOR, client_id="another"),
        "of no client": token(issuer, DOCTOR, client_id=None),
        "of a list of clients": token(issuer, DOCTOR, client_id=[PAGE]),
        "of nobody": token(issuer, DOCTOR, username=None, sub=None),
        "of no name": token(issuer, DOCTOR, username={"name": "dr-lee"}),
        "expired": token(issuer, DOCTOR, exp=NOW - 60),
        "without an end": token(issuer, DOCTOR, exp=None),
        "not yet valid": token(issuer, DOCTOR, nbf=NOW + 3600),
        "an ID token": token(issuer, DOCTOR, token_use="id", aud=PAGE, nonce="n"),
        "an ID token of another kind": token(issuer, DOCTOR, token_use=None, aud=PAGE, nonce="n"),
        "changed": f"{header}.{claims[:-4]}AAAA.{signature}",
        "nothing": "",
        "no token": "a.b.c",
        "too many parts": f"{header}.{claims}.{signature}.x",
    }


def test_no_forged_token_lets_anybody_in(guarded: Site, issuer: AnIssuer) -> None:
    answers = {name: ask(guarded, text) for name, text in forgeries(issuer).items()}

    assert {name: answer.status for name, answer in answers.items() if answer.status != 401} == {}


def test_a_token_of_an_unknown_key_is_refused(guarded: Site, issuer: AnIssuer) -> None:
    text = token(issuer, DOCTOR)
    issuer.keys.clear()
    issuer.rotate()
    issuer.keys[0] = rsa_key(2, "another")

    assert ask(guarded, text).status == 401


def test_a_key_that_the_issuer_begins_to_use_is_believed_at_once(
    guarded: Site, issuer: AnIssuer
) -> None:
    assert ask(guarded, token(issuer, DOCTOR)).status == 200
    guarded.clock.now += timedelta(minutes=1)
    issuer.rotate()

    assert ask(guarded, token(issuer, DOCTOR)).status == 200


def test_a_key_of_a_kind_that_is_not_known_is_in_nobodys_way(
    guarded: Site, issuer: AnIssuer
) -> None:
    issuer.other_keys = [{"kty": "EC", "crv": "P-999", "x": "a", "y": "b", "kid": "new"}]

    assert ask(guarded, token(issuer, DOCTOR)).status == 200


def test_a_machine_is_no_person_whatever_groups_its_token_names(
    guarded: Site, issuer: AnIssuer
) -> None:
    claims = {**READER, "username": "dr-lee", "cognito:groups": ["admin", "doctor"]}

    assert ask(guarded, token(issuer, claims)).status == 403


def test_made_up_keys_do_not_make_us_ask_the_issuer_again_and_again(
    guarded: Site, issuer: AnIssuer
) -> None:
    for number in range(5):
        stranger = AnIssuer("http://127.0.0.1:9")
        stranger.keys = [rsa_key(number, "made-up")]
        assert ask(guarded, stranger.sign({**DOCTOR, "iss": issuer.url})).status == 401

    assert issuer.asked.count("/keys") <= 2


def test_an_issuer_that_is_away_keeps_nobody_out_whose_key_is_known(
    guarded: Site, issuer: AnIssuer
) -> None:
    text = token(issuer, DOCTOR)
    assert ask(guarded, text).status == 200

    issuer.is_away = True
    guarded.clock.now += timedelta(minutes=30)

    assert ask(guarded, text).status == 200


def test_an_issuer_that_was_never_reached_is_503_for_tokens(
    guarded: Site, issuer: AnIssuer
) -> None:
    issuer.is_away = True

    refused = ask(guarded, token(issuer, DOCTOR))

    assert (refused.status, refused.headers["Retry-After"]) == (503, "5")


def test_another_way_to_authenticate_is_not_known(guarded: Site) -> None:
    assert guarded.get("/doctors", Authorization="Basic ZHItbGVlOng=").status == 401
