import "/static/review.js";
import { refreshUnsaved } from "/static/save_bar.js";
import { assertEqual, boxOf, checkedTimes, renderSchedule } from "./schedule.js";

const find = (selector) => document.querySelector(selector);

function renderChanges() {
  renderSchedule({ "11:00": ["free", "off"] });
  for (const box of [boxOf("09:00"), boxOf("10:00"), boxOf("09:00", 1)]) box.checked = true;
  boxOf("11:00").checked = false;
  refreshUnsaved();
}

export const tests = {
  "Review lists what opens and closes by date, with links to the days"() {
    renderChanges();
    find("#review").click();
    const dialog = find("#changes");
    assertEqual(dialog.open, true);
    assertEqual([...dialog.querySelectorAll("a, li")].map(({ textContent }) => textContent), [
      "Mon 30 Nov",
      "will open: 09:00–09:59, 10:00–10:59",
      "will close: 11:00–11:59",
      "Tue 1 Dec",
      "will open: 09:00–09:59",
    ]);
    assertEqual(dialog.querySelector("a").getAttribute("href"), "/slots?doctor_id=dr-lee&date=2026-11-30");
  },
  "Discard drops the changes and keeps them for Undo"() {
    renderChanges();
    find("#discard").click();
    assertEqual(checkedTimes(), ["Mon 11:00"]);
    assertEqual([sessionStorage.length, find("#summary").textContent], [0, ""]);
    assertEqual(find("#status").textContent, "Discarded: 4 changes on 2 days. Undo");
    assertEqual(document.activeElement.id, "undo-discard");
    find("#undo-discard").click();
    assertEqual(checkedTimes(), ["Mon 09:00", "Tue 09:00", "Mon 10:00"]);
    assertEqual([find("#status").textContent, document.activeElement.id], ["", "discard"]);
  },
};
