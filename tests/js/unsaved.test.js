import { keepUnsaved, restoreUnsaved } from "/static/restore.js";
import { refreshUnsaved } from "/static/save_bar.js";
import { countUnsaved, unsavedDays } from "/static/unsaved.js";
import { loadUnsaved, storeUnsaved } from "/static/unsaved_store.js";
import { assertEqual, boxOf, checkedTimes, renderSchedule } from "./schedule.js";

const stateOf = (box) => box.closest(".box").querySelector(".state").textContent;
const statusText = () => document.querySelector("#status").textContent;

export const tests = {
  "ticks come back when the schedule is rendered again"() {
    renderSchedule();
    boxOf("09:00", 1).checked = true;
    refreshUnsaved();
    renderSchedule();
    restoreUnsaved();
    assertEqual(checkedTimes(), ["Tue 09:00"]);
    assertEqual(statusText(), "");
  },
  "another person never sees them, the same person does"() {
    renderSchedule({}, { person: "sam" });
    boxOf("09:00").checked = true;
    refreshUnsaved();
    renderSchedule({}, { person: "alex" });
    restoreUnsaved();
    assertEqual([checkedTimes(), countUnsaved()], [[], 0]);
    renderSchedule({}, { person: "sam" });
    restoreUnsaved();
    assertEqual(checkedTimes(), ["Mon 09:00"]);
  },
  "they are kept by doctor and date, by the key of the slot"() {
    renderSchedule();
    boxOf("09:00").checked = true;
    refreshUnsaved();
    assertEqual(Object.keys(loadUnsaved("sam")), ["dr-lee/2026-11-30"]);
    assertEqual(unsavedDays()[0].ticks, { "20261130T0900Z-30": { checked: true, time: "09:00–09:59" } });
  },
  "nothing is stored when every tick is undone"() {
    renderSchedule();
    boxOf("09:00").checked = true;
    refreshUnsaved();
    boxOf("09:00").checked = false;
    refreshUnsaved();
    assertEqual(sessionStorage.length, 0);
  },
  "an unsaved box says what will happen, a saved one its state"() {
    renderSchedule({ "10:00": ["free", "booked"] });
    boxOf("09:00").checked = true;
    boxOf("10:00").checked = false;
    refreshUnsaved();
    assertEqual([stateOf(boxOf("09:00")), stateOf(boxOf("10:00"))], ["will open", "will close"]);
    boxOf("10:00").checked = true;
    refreshUnsaved();
    assertEqual(stateOf(boxOf("10:00")), "open");
    assertEqual(boxOf("10:00").closest(".box").hasAttribute("data-unsaved"), false);
  },
  "the bar counts changes, days and effects"() {
    renderSchedule({ "10:00": ["free", "off"] });
    for (const box of [boxOf("09:00"), boxOf("09:00", 1)]) box.checked = true;
    boxOf("10:00").checked = false;
    refreshUnsaved();
    assertEqual(document.querySelector("#summary").textContent, "3 changes on 2 days · 2 to open, 1 to close");
    assertEqual(document.querySelector("#save").textContent, "Save 3 changes");
  },
  "ticks on dates that are not shown are linked, and Save is hidden"() {
    renderSchedule();
    const ticks = { "20261210T0900Z-30": { checked: true, time: "09:00–09:59" } };
    storeUnsaved("sam", {
      "dr-lee/2026-12-10": { title: "Thu 10 Dec", doctor: "Dr Mina Lee", version: "1", ticks },
      "dr-mori/2026-12-10": { title: "Thu 10 Dec", doctor: "Dr Mori", version: "1", ticks },
    });
    refreshUnsaved();
    assertEqual(
      document.querySelector("#summary").textContent,
      "Unsaved on other days: Thu 10 Dec (1) and Dr Mori, Thu 10 Dec (1)",
    );
    assertEqual(document.querySelector("#summary a").getAttribute("href"), "/slots/week?doctor_id=dr-lee&date=2026-12-10");
    assertEqual(document.querySelector("#save").hidden, true);
  },
  "ticks whose box is gone are named"() {
    renderSchedule();
    for (const start of ["09:00", "11:00"]) boxOf(start).checked = true;
    refreshUnsaved();
    renderSchedule();
    boxOf("09:00").closest("tr").remove();
    keepUnsaved();
    assertEqual(statusText(), "Your change to Mon 30 Nov 09:00–09:59 can no longer be saved");
    assertEqual(checkedTimes(), ["Mon 11:00"]);
  },
  "a tick waits for the end of a hold"() {
    renderSchedule({ "09:00": ["free", "off"] });
    boxOf("09:00").checked = false;
    refreshUnsaved();
    renderSchedule({ "09:00": ["held", "off"] });
    keepUnsaved();
    assertEqual([statusText(), countUnsaved()], ["", 1]);
    renderSchedule({ "09:00": ["free", "off"] });
    keepUnsaved();
    assertEqual(boxOf("09:00").checked, false);
  },
  "a date that others changed meanwhile is named"() {
    renderSchedule();
    boxOf("09:00").checked = true;
    refreshUnsaved();
    renderSchedule().querySelector("[name=version]").value = "2026-11-30/2";
    restoreUnsaved();
    assertEqual(statusText(), "Mon 30 Nov has changed since you made your changes. Check them before you save.");
  },
};
