// A practice day: two doctors whose slots have the same times, morning and afternoon.

import { nextBox } from "/static/keyboard.js";
import { restoreUnsaved } from "/static/restore.js";
import "/static/review.js";
import { refreshUnsaved } from "/static/save_bar.js";
import { restoreColumn, selectDay } from "/static/strip.js";
import { assertEqual } from "./schedule.js";

const DOCTORS = { "dr-hale": "Dr Ann Hale", "dr-lee": "Dr Mina Lee" };
const DATE = "2026-11-30";
const dayOfDoctor = (id) => `${id}/${DATE}`;
const valueOf = (id, start) => `${id}/20261130T${start.replace(":", "")}Z-30`;

const cell = (id, start) => `<td data-day="${dayOfDoctor(id)}"><div class="box" data-kind="off"><label>
  <input type="checkbox" name="ticked" value="${valueOf(id, start)}"><span class="time"><bdi class="column">${DOCTORS[id]} </bdi>${start}</span>
  <span class="state">closed</span></label></div></td>`;
const part = (name, ...starts) => `<tbody><tr class="session"><th colspan="3">${name} <button type="button" data-tick="all">All</button></th></tr>
  ${starts.map((start) => `<tr><th>${start}</th>${Object.keys(DOCTORS).map((id) => cell(id, start)).join("")}</tr>`).join("")}</tbody>`;
const head = (id) => `<th data-day="${dayOfDoctor(id)}" data-title="Mon 30 Nov" data-doctor="${DOCTORS[id]}"></th>`;

function renderPractice() {
  const ids = Object.keys(DOCTORS);
  document.body.innerHTML = `<form id="schedule" action="/practice?date=${DATE}" data-view="practice" data-doctor=""
      data-day-path="/slots" data-days="${ids.map(dayOfDoctor).join(" ")}" data-hours="1" data-person="sam">
    ${ids.map((id) => `<input type="hidden" name="version" value="${id}/1">`).join("")}
    <nav class="strip" data-query="focus">${ids.map((id) => `<a href="?focus=${id}" data-day="${dayOfDoctor(id)}">${id}</a>`).join("")}</nav>
    <table data-column="1"><thead><tr><td></td>${ids.map(head).join("")}</tr></thead>
    ${part("Morning", "09:00", "09:30")}${part("Afternoon", "13:00", "13:30")}</table>
    <div id="status" role="status" tabindex="-1"></div><p id="summary"></p>
    <button type="button" id="review">Review</button> <button type="button" id="discard">Discard</button>
    <button type="submit" id="save">Save</button></form>`;
}

const boxOfDoctor = (id, start) => document.querySelector(`[value="${valueOf(id, start)}"]`);
const checked = () => [...document.querySelectorAll("[name=ticked]:checked")].map(({ value }) => value);
const press = (key, options) =>
  document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...options }));

export const tests = {
  "ticks of the same time are kept for each doctor"() {
    renderPractice();
    boxOfDoctor("dr-lee", "09:00").checked = true;
    refreshUnsaved();
    assertEqual(document.querySelector("#summary").textContent, "1 change for 1 doctor · 1 to open");
    assertEqual(Object.keys(JSON.parse(sessionStorage.getItem("unsaved:sam"))), ["dr-lee/2026-11-30"]);
    renderPractice();
    restoreUnsaved();
    assertEqual(checked(), [valueOf("dr-lee", "09:00")]);
  },
  "All of a part of the day ticks it for every doctor"() {
    renderPractice();
    document.querySelectorAll("[data-tick=all]")[1].click();
    assertEqual(checked().length, 4);
    assertEqual(document.querySelector("#summary").textContent, "4 changes for 2 doctors · 4 to open");
  },
  "Review names doctor and day, and leads to the day"() {
    renderPractice();
    boxOfDoctor("dr-hale", "13:00").click();
    document.querySelector("#review").click();
    const link = document.querySelector("#changes a");
    assertEqual(link.textContent, "Dr Ann Hale, Mon 30 Nov");
    assertEqual(link.getAttribute("href"), "/slots?doctor_id=dr-hale&date=2026-11-30");
  },
  "a doctor whose day others changed is named"() {
    renderPractice();
    boxOfDoctor("dr-lee", "09:00").checked = true;
    refreshUnsaved();
    renderPractice();
    document.querySelector('[value="dr-lee/1"]').value = "dr-lee/2";
    restoreUnsaved();
    assertEqual(document.querySelector("#status").textContent.startsWith("Dr Mina Lee, Mon 30 Nov has changed"), true);
  },
  "Home, End and the page keys jump between the boxes"() {
    renderPractice();
    const [first, last] = [boxOfDoctor("dr-hale", "09:00"), boxOfDoctor("dr-lee", "13:30")];
    assertEqual(nextBox(first, "End") === boxOfDoctor("dr-lee", "09:00"), true);
    assertEqual(nextBox(last, "Home") === boxOfDoctor("dr-hale", "13:30"), true);
    assertEqual(nextBox(first, "PageDown") === boxOfDoctor("dr-hale", "13:00"), true);
    assertEqual(nextBox(last, "PageDown"), undefined);
    assertEqual(nextBox(last, "PageUp") === boxOfDoctor("dr-lee", "13:00"), true);
    assertEqual(nextBox(boxOfDoctor("dr-lee", "13:00"), "PageUp") === boxOfDoctor("dr-lee", "09:00"), true);
    assertEqual(nextBox(first, "PageUp"), undefined);
  },
  "Shift with End and Page Down ticks a part of the day"() {
    renderPractice();
    boxOfDoctor("dr-hale", "09:00").focus();
    press("PageDown");
    document.activeElement.click();
    press("End", { shiftKey: true });
    press("PageDown", { shiftKey: true });
    const afternoon = ["13:00", "13:30"].flatMap((start) => Object.keys(DOCTORS).map((id) => valueOf(id, start)));
    assertEqual(checked(), afternoon);
    press("PageUp", { shiftKey: true });
    assertEqual(checked(), [valueOf("dr-hale", "13:00"), valueOf("dr-lee", "13:00")]);
  },
  "the strip chooses a doctor, and a swap keeps the choice"() {
    renderPractice();
    selectDay(dayOfDoctor("dr-lee"));
    assertEqual(document.querySelector("table").dataset.column, "2");
    assertEqual(document.querySelector("[aria-current]").dataset.day, dayOfDoctor("dr-lee"));
    renderPractice();
    history.replaceState(null, "", "?focus=dr-lee");
    restoreColumn();
    history.replaceState(null, "", "/");
    assertEqual(document.querySelector("table").dataset.column, "2");
  },
};
