"""Closures of the practice: applied to every doctor, to later ones too, and lifted."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from chalicelib.domain.errors import StoreUnavailableError
from tests.support.app_client import FORM
from tests.support.dynamodb_responses import TRANSACT_WRITE
from tests.support.factories import DOCTOR_SETTINGS, MONDAY
from tests.support.html import attribute, parse, text_of
from tests.support.page_form import HtmlForm
from tests.support.plans import PLANS, open_times
from tests.support.time_off import list_time_off, make_closure

if TYPE_CHECKING:
    from datetime import date

    from tests.support.app_client import AppClient

pytestmark = pytest.mark.usefixtures("consistent_table")

TUESDAY = MONDAY + timedelta(days=1)
HTML = {"Accept": "text/html"}


def add_doctors(client: AppClient, *doctor_ids: str) -> None:
    for doctor_id in doctor_ids:
        assert client.put(f"/doctors/{doctor_id}", DOCTOR_SETTINGS).status == 201


def count_doctors(client: AppClient) -> int:
    return len(client.get("/doctors?limit=100").json["doctors"])


def names_of(client: AppClient, doctor_id: str, on: date = MONDAY) -> list[str]:
    day = client.get_day(doctor_id, str(on)).json
    return [each["name"] for each in day["time_off"]]


def test_closure_closes_free_slots_of_every_doctor(client: AppClient) -> None:
    add_doctors(client, "dr-a", "dr-b")
    client.save("09:00", "10:00")
    client.book("10:00")

    made = make_closure(client, MONDAY, TUESDAY, name="Holiday")

    assert made.status == 202
    closure = client.get(made.headers["Location"]).json
    assert closure["state"] == "done"
    assert closure["doctors_total"] == closure["doctors_done"] == count_doctors(client)
    assert open_times(client, MONDAY) == ["10:00"]
    for doctor_id in ("dr-lee", "dr-a", "dr-b"):
        assert names_of(client, doctor_id, TUESDAY) == ["Holiday"]
    assert client.get("/closures").json["closures"] == [closure]


def test_closure_is_listed_as_time_off_that_a_doctor_cannot_lift(client: AppClient) -> None:
    make_closure(client, name="Holiday")
    (time_off,) = list_time_off(client)
    assert (time_off["name"], time_off["plan_id"]) == ("Holiday", None)

    request = {"kind": "lift_time_off", "time_off_id": time_off["time_off_id"]}
    rejected = client.post(PLANS, request)

    assert rejected.status == 400
    assert "Only an admin" in rejected.json["detail"]


def test_lifted_closure_opens_again_what_it_closed(client: AppClient) -> None:
    client.save("09:00", "10:00")
    closure_id = make_closure(client).json["closure_id"]
    assert open_times(client, MONDAY) == []

    lifted = client.delete(f"/closures/{closure_id}")

    assert (lifted.status, lifted.json["state"]) == (202, "lifted")
    assert open_times(client, MONDAY) == ["09:00", "10:00"]
    assert client.delete(f"/closures/{closure_id}").json == lifted.json


def test_doctor_who_is_created_later_gets_the_closures_to_come(client: AppClient) -> None:
    make_closure(client, name="Holiday")
    lifted = make_closure(client, TUESDAY, name="Fair").json["closure_id"]
    client.delete(f"/closures/{lifted}")

    add_doctors(client, "dr-new")

    assert names_of(client, "dr-new") == ["Holiday"]
    assert names_of(client, "dr-new", TUESDAY) == []


def test_repeat_of_failed_doctor_creation_adds_closures(client: AppClient) -> None:
    make_closure(client, name="Holiday")
    writes = 0

    def fail_after_the_doctor(**_: object) -> None:
        nonlocal writes
        writes += 1
        if writes > 1:
            raise StoreUnavailableError

    with client.before_call(TRANSACT_WRITE, fail_after_the_doctor):
        assert client.put("/doctors/dr-new", DOCTOR_SETTINGS).status >= 500

    assert client.put("/doctors/dr-new", DOCTOR_SETTINGS).status == 200
    assert names_of(client, "dr-new") == ["Holiday"]


def test_closure_that_was_broken_off_goes_on_with_each_date_once(client: AppClient) -> None:
    add_doctors(client, "dr-a", "dr-b")
    writes = 0

    def fail_in_the_middle(**_: object) -> None:
        nonlocal writes
        writes += 1
        if writes == 5:
            raise StoreUnavailableError

    with client.before_call(TRANSACT_WRITE, fail_in_the_middle):
        assert make_closure(client, MONDAY, TUESDAY).status >= 500
    (closure,) = client.get("/closures").json["closures"]
    assert closure["state"] == "running"

    apply = client.services.closures.apply
    assert apply.list_to_repeat() == (closure["closure_id"],)
    for _ in range(2):
        apply.apply_everywhere(closure["closure_id"])

    (done,) = client.get("/closures").json["closures"]
    assert done["state"] == "done"
    assert done["doctors_total"] == done["doctors_done"] == count_doctors(client)
    for doctor_id in ("dr-lee", "dr-a", "dr-b"):
        changes = client.get(f"/doctors/{doctor_id}/changes?kind=time_off").json["changes"]
        assert [change["date"] for change in changes] == [str(TUESDAY), str(MONDAY)]


def test_lifting_overtakes_a_closure_that_is_under_way(client: AppClient) -> None:
    add_doctors(client, "dr-a")
    client.save("09:00")
    writes = 0

    def lift_in_the_middle(**_: object) -> None:
        nonlocal writes
        writes += 1
        if writes == 4:
            (closure,) = client.get("/closures").json["closures"]
            client.delete(f"/closures/{closure['closure_id']}")

    with client.before_call(TRANSACT_WRITE, lift_in_the_middle):
        make_closure(client, MONDAY, TUESDAY)

    for doctor_id in ("dr-lee", "dr-a"):
        assert names_of(client, doctor_id) == names_of(client, doctor_id, TUESDAY) == []
    assert open_times(client, MONDAY) == ["09:00"]


def test_closures_can_be_imported_as_csv(client: AppClient) -> None:
    lines = "from,to,name\r\n2026-12-25,,Christmas Day\r\n2026-12-26,2026-12-27,Boxing Day\r\n"

    made = client.request("POST", "/closures", lines.encode(), {"Content-Type": "text/csv"})

    assert made.status == 202
    listed = client.get("/closures").json["closures"]
    assert [(each["from"], each["to"], each["name"]) for each in listed] == [
        ("2026-12-25", "2026-12-25", "Christmas Day"),
        ("2026-12-26", "2026-12-27", "Boxing Day"),
    ]


@pytest.mark.parametrize(
    "lines", ["", "2026-12-25", "2026-12-25,,", "2026-12-35,,X", '"2026-12-25', "\xff"]
)
def test_wrong_lines_close_nothing(client: AppClient, lines: str) -> None:
    sent = lines.encode("latin-1")
    made = client.request("POST", "/closures", sent, {"Content-Type": "text/csv"})
    assert made.status == 400
    assert client.get("/closures").json["closures"] == []


def test_each_wrong_line_is_named_with_its_reason(client: AppClient) -> None:
    lines = (
        "from,to,name",
        "2026-12-25,,Christmas Day",
        "",
        "2026-12-26,2026-12-25,Boxing Day",
        "2026-12-27,,\u202e",
        "2026-01-01,,New Year",
    )
    content = "\n".join(lines).encode()

    rejected = client.request("POST", "/closures", content, {"Content-Type": "text/csv"})

    assert rejected.error_codes == [
        ("line 4", "invalid"),
        ("line 5", "invalid"),
        ("line 6", "in_past"),
    ]
    assert rejected.json["errors"][0]["detail"] == "Line 4: Time off must end after it starts"
    assert client.get("/closures").json["closures"] == []


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("2026-12-35,,X", "That isn't a real date. Use the format 2026-11-23."),
        ("2026-12-25,X", "expected from,to,name"),
        ('"2026-12-25', "quotes that don't match, or too long a text"),
    ],
)
def test_malformed_line_is_named_with_its_reason(client: AppClient, row: str, reason: str) -> None:
    content = f"\n\n{row}".encode()
    rejected = client.request("POST", "/closures", content, {"Content-Type": "text/csv"})
    assert rejected.error_codes == [("line 3", "invalid")]
    assert rejected.json["detail"] == f"Line 3: {reason}"


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"from": "2026-11-35"}, "from"),
        ({"to": "2026-11-22"}, "to"),
        ({"name": ""}, "name"),
        ({"from": "2026-01-01", "to": "2026-01-02"}, "to"),
    ],
)
def test_wrong_field_closes_nothing(client: AppClient, fields: dict[str, str], field: str) -> None:
    request = {"from": "2026-11-23", "to": "2026-11-24", "name": "Closed", **fields}
    rejected = client.post("/closures", request)
    assert rejected.status == 400
    assert [each["field"] for each in rejected.json["errors"]] == [field]
    assert client.get("/closures").json["closures"] == []


def test_closure_that_is_over_cannot_be_lifted(client: AppClient) -> None:
    closure_id = make_closure(client).json["closure_id"]
    client.clock.now += timedelta(days=5)
    assert client.delete(f"/closures/{closure_id}").status == 409


def test_unknown_closure_is_not_found(client: AppClient) -> None:
    for path in ("/closures/nothing", "/closures/no%20id"):
        assert client.get(path).status == 404
        assert client.delete(path).status == 404


def test_page_closes_the_practice_and_lifts_that(client: AppClient) -> None:
    page = client.get("/closures", **HTML)
    assert "Closures" in [text_of(link) for link in parse(page.text).select("header a")]
    form = HtmlForm(page).set(name="Fair", from_=str(MONDAY), to=str(MONDAY))

    assert form.send(client).status == 303
    assert names_of(client, "dr-lee") == ["Fair"]
    page = client.get("/closures", **HTML)
    assert f"{count_doctors(client)} doctors" in page.text
    (button,) = parse(page.text).select("article button")
    assert text_of(button).startswith("Lift")
    lifting = HtmlForm(page, "article form").set(act=attribute(button, "value"))
    assert lifting.send(client).status == 303
    assert names_of(client, "dr-lee") == []


def test_page_takes_several_closures_one_a_line(client: AppClient) -> None:
    form = HtmlForm(client.get("/closures", **HTML), "details form")
    lines = "2026-12-25,,Christmas Day\n2026-12-26,,Boxing Day"
    assert form.set(lines=lines).send(client).status == 303
    assert len(client.get("/closures").json["closures"]) == 2


def test_page_says_what_is_wrong(client: AppClient) -> None:
    form = HtmlForm(client.get("/closures", **HTML)).set(name="", from_="2026-11-99", to="")
    page = form.send(client)
    assert page.status == 400
    assert parse(page.text).select("#from[aria-invalid]")
    several = HtmlForm(client.get("/closures", **HTML), "details form").set(lines="never")
    assert several.send(client).status == 400


def test_page_asks_for_every_empty_field(client: AppClient) -> None:
    page = parse(HtmlForm(client.get("/closures", **HTML)).send(client).text)

    errors = [text_of(error) for error in page.select("form .error")]
    assert errors == ["Enter a name", "Choose a date"]


def test_client_of_the_form_gets_problem_details(client: AppClient) -> None:
    response = client.request("POST", "/closures", b"lines=never", {"Content-Type": FORM})
    assert response.status == 400
    assert response.json["errors"]
