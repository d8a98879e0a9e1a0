"""Import a file in a real browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from playwright.sync_api import Page

    from tests.support.live_server import LiveServer
    from tests.support.manage_slots_page import ManageSlotsPage


def test_file_fills_the_field_and_its_slots_are_imported(
    page: Page, live_server: LiveServer, unused_date: date
) -> None:
    lines = f"date,start\r\n{unused_date},09:00\r\n{unused_date},09:30\r\n"
    page.goto(f"{live_server.url}/import")

    page.get_by_label("File (CSV)").set_input_files(
        {"name": "slots.csv", "mimeType": "text/csv", "buffer": lines.encode()}
    )
    expect(page.get_by_label("Slots, one a line")).to_have_value(lines.replace("\r", ""))
    page.get_by_role("button", name="Preview").click()
    page.get_by_role("button", name="Open 2 slots").click()

    expect(page.locator("#plan-heading")).to_have_text("2 slots opened on 1 day")


def test_form_that_is_sent_at_once_has_the_lines_of_the_file(
    page: Page, live_server: LiveServer, unused_date: date
) -> None:
    lines = f"date,start\n{unused_date},09:00\n"
    page.goto(f"{live_server.url}/import")
    page.locator("#file").evaluate(
        "field => field.addEventListener('change', () => field.form.requestSubmit())"
    )

    page.get_by_label("File (CSV)").set_input_files(
        {"name": "slots.csv", "mimeType": "text/csv", "buffer": lines.encode()}
    )

    expect(page.get_by_role("button", name="Open 1 slot")).to_be_visible()


CHOOSE_SLOW_THEN_FAST_FILE = """
async (field, [first, second]) => {
  const choose = (lines, milliseconds) => {
    const chosen = new DataTransfer();
    chosen.items.add(new File([lines], "slots.csv"));
    field.files = chosen.files;
    const read = new Promise((done) => setTimeout(done, milliseconds, lines));
    field.files[0].text = () => read;
    field.dispatchEvent(new Event("change"));
    return read;
  };
  await Promise.all([choose(first, 200), choose(second, 0)]);
}
"""


def test_file_chosen_last_fills_the_field(page: Page, live_server: LiveServer) -> None:
    page.goto(f"{live_server.url}/import")
    first, second = "date,start\n2099-01-04,09:00\n", "date,start\n2099-01-05,09:00\n"

    page.get_by_label("File (CSV)").evaluate(CHOOSE_SLOW_THEN_FAST_FILE, [first, second])

    expect(page.get_by_label("Slots, one a line")).to_have_value(second)


CLEAR_WHILE_FILE_IS_READ = """
async (field, lines) => {
  const chosen = new DataTransfer();
  chosen.items.add(new File([lines], "slots.csv"));
  field.files = chosen.files;
  const read = new Promise((done) => setTimeout(done, 50, lines));
  field.files[0].text = () => read;
  field.dispatchEvent(new Event("change"));
  field.value = "";
  field.dispatchEvent(new Event("change"));
  await read;
}
"""


def test_form_is_sent_after_a_file_is_cleared_while_read(
    page: Page, live_server: LiveServer, unused_date: date
) -> None:
    page.goto(f"{live_server.url}/import")
    page.get_by_label("Slots, one a line").fill(f"date,start\n{unused_date},09:00\n")

    page.get_by_label("File (CSV)").evaluate(CLEAR_WHILE_FILE_IS_READ, "date,start\n")
    page.get_by_role("button", name="Preview").click()

    expect(page.get_by_role("button", name="Open 1 slot")).to_be_visible()


def test_unreadable_file_is_reported_and_field_keeps_its_lines(
    page: Page, live_server: LiveServer, tmp_path: Path
) -> None:
    page.goto(f"{live_server.url}/import")
    file, lines = page.get_by_label("File (CSV)"), page.get_by_label("Slots, one a line")
    path = tmp_path / "slots.csv"
    path.write_text("date,start\n2099-01-04,09:00\n")
    file.set_input_files(path)
    expect(lines).to_have_value("date,start\n2099-01-04,09:00\n")
    lines.fill("date,start\n2099-01-05,09:00\n")
    path.unlink()

    file.evaluate("field => field.dispatchEvent(new Event('change'))")

    expect(page.get_by_role("alert")).to_have_text("The file could not be read. Choose it again.")
    expect(file).to_have_attribute("aria-invalid", "true")
    expect(lines).to_have_value("date,start\n2099-01-05,09:00\n")
    path.write_text("date,start\n2099-01-06,09:00\n")
    file.set_input_files(path)
    expect(page.get_by_role("alert")).to_be_hidden()
    expect(lines).to_have_value("date,start\n2099-01-06,09:00\n")


def test_export_downloads_a_file_that_changes_nothing(day_page: ManageSlotsPage) -> None:
    day_page.save_elsewhere("09:00")
    page = day_page.page
    page.goto(f"{day_page.server.url}/series")
    with page.expect_download() as download:
        page.get_by_role("link", name="Export").click()
    assert download.value.suggested_filename.startswith("slots-dr-lee-")

    page.get_by_role("link", name="Import").first.click()
    page.get_by_label("File (CSV)").set_input_files(download.value.path())
    page.get_by_role("button", name="Preview").click()

    expect(page.get_by_role("alert")).to_contain_text("Nothing to import")
