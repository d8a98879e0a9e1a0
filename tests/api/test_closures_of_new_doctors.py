"""Long closures, which take several steps, and doctors who are created after them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from chalicelib.domain.errors import StoreUnavailableError
from tests.support import app_setup
from tests.support.dynamodb_responses import TRANSACT_WRITE
from tests.support.factories import DOCTOR_SETTINGS, MONDAY, make_doctor
from tests.support.page_form import HtmlForm
from tests.support.short_steps import DATES_PER_STEP, build_services_with_short_steps
from tests.support.time_off import make_closure

if TYPE_CHECKING:
    from tests.support.app_client import AppClient

pytestmark = pytest.mark.usefixtures("consistent_table")

# More dates than a step can even look at.
DATES = [MONDAY + timedelta(days=number) for number in range(3 * DATES_PER_STEP)]


@pytest.fixture
def closure_id(client: AppClient) -> str:
    """A closure of many dates that Dr Lee has, the only doctor; on services with short steps."""
    app_setup.replace_doctors(client, [make_doctor()])
    made = make_closure(client, DATES[0], DATES[-1]).json
    client.use_services(build_services_with_short_steps(client.services.settings, client.clock))
    return str(made["closure_id"])


def closed_dates(client: AppClient, doctor_id: str = "dr-new") -> list[str]:
    changes = client.get(f"/doctors/{doctor_id}/changes?kind=time_off&limit=100").json["changes"]
    return sorted(change["date"] for change in changes)


def fail_after_the_doctor_is_stored(client: AppClient) -> None:
    writes = 0

    def fail_later(**_: object) -> None:
        nonlocal writes
        writes += 1
        if writes > 1:
            raise StoreUnavailableError

    with client.before_call(TRANSACT_WRITE, fail_later):
        assert client.put("/doctors/dr-new", DOCTOR_SETTINGS).status >= 500


def test_new_doctor_gets_closure_longer_than_a_step(client: AppClient, closure_id: str) -> None:
    assert client.put("/doctors/dr-new", DOCTOR_SETTINGS).status == 201

    assert closed_dates(client) == [*map(str, DATES)]
    assert client.get(f"/closures/{closure_id}").json["doctors_done"] == 2


def test_page_gives_new_doctor_closure_longer_than_a_step(
    client: AppClient, closure_id: str
) -> None:
    assert closure_id
    form = HtmlForm(client.get("/new-doctor", Accept="text/html"))
    form.set(name="Dr Noor Haddad", specialty="cardiology", location="Leeds")

    assert form.send(client).status == 200

    assert closed_dates(client, "dr-haddad") == [*map(str, DATES)]


def test_step_goes_on_where_the_one_before_ended(client: AppClient, closure_id: str) -> None:
    like = client.services.doctors.get("dr-lee")
    client.services.doctors.add(replace(like, doctor_id="dr-new"))
    apply = client.services.closures.apply

    first = apply.apply(closure_id, "dr-new")
    assert first
    assert len(closed_dates(client)) == DATES_PER_STEP
    second = apply.apply(closure_id, "dr-new", first)
    assert second

    assert len(closed_dates(client)) == 2 * DATES_PER_STEP


def test_step_after_a_lifting_begins_again(client: AppClient, closure_id: str) -> None:
    like = client.services.doctors.get("dr-lee")
    client.services.doctors.add(replace(like, doctor_id="dr-new"))
    closures = client.services.closures
    rest = closures.apply.apply(closure_id, "dr-new")
    assert rest
    closures.manage.lift(client.caller, closure_id)

    closures.apply.finish(closure_id, "dr-new", rest)

    assert client.get_day("dr-new", str(DATES[0])).json["time_off"] == []


def test_lifting_takes_steps_too(client: AppClient, closure_id: str) -> None:
    client.save("09:00", date=str(DATES[-1]))

    assert client.delete(f"/closures/{closure_id}").json["state"] == "lifted"

    for date in DATES:
        assert client.get_day(date=str(date)).json["time_off"] == []


def test_night_finds_doctors_whose_creation_broke_off(client: AppClient, closure_id: str) -> None:
    fail_after_the_doctor_is_stored(client)
    assert closed_dates(client) == []
    client.clock.now += timedelta(days=7)
    apply = client.services.closures.apply

    assert apply.list_to_repeat() == (closure_id,)
    assert apply.list_doctors(closure_id).doctor_ids == ("dr-new",)
    apply.apply_everywhere(closure_id)

    assert closed_dates(client) == [str(date) for date in DATES[6:]]
    assert apply.list_doctors(closure_id).doctor_ids == ()


def test_closure_that_is_over_is_not_repeated(client: AppClient, closure_id: str) -> None:
    client.clock.now += timedelta(days=len(DATES) + 1)

    assert closure_id not in client.services.closures.apply.list_to_repeat()


def test_settings_do_not_repeat_closures_that_a_doctor_has(
    client: AppClient, closure_id: str
) -> None:
    assert closure_id
    settings = client.get("/doctors/dr-lee").json

    with client.record_calls() as calls:
        assert client.put("/doctors/dr-lee", settings | {"lead_minutes": 60}).status == 200

    assert calls == ["GetItem", TRANSACT_WRITE, "Query", "BatchGetItem"]
