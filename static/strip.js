// On a phone one date of the week is visible: the strip of days chooses it, without a request. The URL remembers it.

import { datesOf, find, scheduleForm } from "./dom.js";

export function selectDate(date) {
  const form = scheduleForm();
  const column = form ? datesOf(form).indexOf(date) + 1 : 0;
  const table = form?.querySelector("table[data-column]");
  if (!column || !table) return;
  table.dataset.column = column;
  for (const link of form.querySelectorAll(".strip a")) {
    if (link.dataset.date === date) link.setAttribute("aria-current", "date");
    else link.removeAttribute("aria-current");
  }
}

// A swap renders the date of the last request.
export const restoreDate = () => selectDate(new URL(location.href).searchParams.get("date"));

document.addEventListener("click", (event) => {
  const link = event.target.closest?.(".strip a");
  if (!link || !find("table[data-column]") || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  history.replaceState(history.state, "", link.href);
  selectDate(link.dataset.date);
});
