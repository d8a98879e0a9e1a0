// A schedule for tests: two dates, two sessions, as the templates render it.

function box(date, start, kind) {
  const value = `${date}/${date.replaceAll("-", "")}T${start.replace(":", "")}Z-30`;
  const state = { free: "open", off: "closed" }[kind] ?? kind;
  const attributes = kind === "free" ? "data-stored checked" : kind === "off" ? "" : "checked disabled";
  return `<div class="box" data-kind="${kind}" tabindex="-1"><label>
    <input type="checkbox" name="ticked" id="box-${value}" value="${value}" ${attributes}>
    <span class="time"><span class="column">${date === DATES[0] ? "Mon" : "Tue"} </span>${start}–${start.slice(0, 3)}59</span>
    <span class="state">${state}</span></label></div>`;
}

export const DATES = ["2026-11-30", "2026-12-01"];

const head = (date, title) =>
  `<th data-day="dr-lee/${date}" data-title="${title}" data-doctor="Dr Mina Lee"><button type="button" data-tick="all">All</button></th>`;
const row = (start, kinds) =>
  `<tr><th>${start}</th>${DATES.map((date, index) => `<td data-day="dr-lee/${date}">${box(date, start, kinds[index])}</td>`).join("")}</tr>`;

// `rows`: a start -> the kinds of the two boxes
export function renderSchedule(rows = {}, { person = "sam", hours = "1" } = {}) {
  const all = { "09:00": ["off", "off"], "10:00": ["off", "booked"], "11:00": ["off", "off"], ...rows };
  document.body.innerHTML = `<form id="schedule" action="/slots/week" data-view="week" data-doctor="dr-lee"
      data-day-path="/slots/week" data-days="${DATES.map((date) => `dr-lee/${date}`).join(" ")}" data-hours="${hours}" data-person="${person}">
    ${DATES.map((date) => `<input type="hidden" name="version" value="${date}/1">`).join("")}
    <nav class="strip" data-query="date">${DATES.map((date) => `<a href="/week?date=${date}" data-day="dr-lee/${date}">${date}</a>`).join("")}</nav>
    <table data-column="1"><thead><tr><td></td>${head(DATES[0], "Mon 30 Nov")}${head(DATES[1], "Tue 1 Dec")}</tr></thead>
    <tbody>${Object.entries(all).map(([start, kinds]) => row(start, kinds)).join("")}</tbody></table>
    <div id="status" role="status" tabindex="-1"></div><p id="summary"></p>
    <button type="button" id="review">Review</button> <button type="button" id="discard">Discard</button>
    <button type="submit" id="save">Save</button></form>`;
  return document.querySelector("#schedule");
}

// The box of a start on the first or the second date.
export const boxOf = (start, column = 0) =>
  document.querySelector(`[name=ticked][value^="${DATES[column]}/${DATES[column].replaceAll("-", "")}T${start.replace(":", "")}"]`);

export const checkedTimes = () =>
  [...document.querySelectorAll("[name=ticked]:checked:not(:disabled)")].map((box) =>
    box.closest(".box").querySelector(".time").textContent.trim().slice(0, 9),
  );

export function assertEqual(actual, expected) {
  const [one, other] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (one !== other) throw new Error(`${one} is not ${other}`);
}
