// On a phone one column of several is visible: the strip chooses it, without a request. The URL remembers it.

import { daysOf, find, scheduleForm } from "./dom.js";

export function selectDay(day) {
  const form = scheduleForm();
  const column = form ? daysOf(form).indexOf(day) + 1 : 0;
  const table = form?.querySelector("table[data-column]");
  if (!column || !table) return;
  table.dataset.column = column;
  for (const link of form.querySelectorAll(".strip a")) {
    link.ariaCurrent = link.dataset.day === day || null;
  }
}

// A swap renders the column of the last request.
export function restoreColumn() {
  const strip = find("#schedule .strip");
  const chosen = strip && new URL(location.href).searchParams.get(strip.dataset.query);
  if (chosen) selectDay(daysOf(scheduleForm()).find((day) => day.split("/").includes(chosen)));
}

document.addEventListener("click", (event) => {
  const link = event.target.closest?.(".strip a");
  if (!link || !find("table[data-column]") || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  history.replaceState(history.state, "", link.href);
  selectDay(link.dataset.day);
});
