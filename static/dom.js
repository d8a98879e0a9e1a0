// Find and create elements; read the boxes of the schedule, which shows one date or seven.

export const STORED_KINDS = ["free", "booked", "held"];
const RANGE = /(\d\d:\d\d–\d\d:\d\d)/; // as in messages.py

export const find = (selector) => document.querySelector(selector);
export const scheduleForm = () => find("#schedule");
export const isWeek = (form) => form.dataset.view === "week";
export const datesOf = (form) => form.dataset.dates.split(" ");
export const titleOf = (form, date) => form.querySelector(`th[data-date="${date}"]`)?.dataset.title ?? date;
// The day has one version, "3"; the week has one a date, "2026-11-30/3".
export const versionOf = (form, date) =>
  [...form.querySelectorAll("[name=version]")].find(({ value }) => !isWeek(form) || value.startsWith(date))?.value.split("/").pop();

export const boxesOf = (form) => [...(form?.querySelectorAll("[name=ticked]") ?? [])];
export const editableBoxes = (within = scheduleForm()) => boxesOf(within).filter((box) => !box.disabled);
export const isStored = (box) => "stored" in box.dataset;
export const kindOf = (box) => box.closest(".box").dataset.kind;
export const dateOf = (box) => box.closest("[data-date]").dataset.date;
// A slot has the same key in every view: its box's value on the week has the date before it.
export const keyOf = (box) => box.value.split("/").pop();

const readText = (element) => element?.textContent.trim().replace(/\s+/g, " ") ?? "";
// "Mon 09:00–09:30" on the week
export const labelOf = (box) => readText(box.closest(".box").querySelector(".time"));
export const timeOf = (box) => labelOf(box).slice(readText(box.closest(".box").querySelector(".weekday")).length).trim();

export const createElement = (tag, text = "") => Object.assign(document.createElement(tag), { textContent: text });

// No range of times breaks at its dash.
export function createSentence(tag, text) {
  const element = createElement(tag);
  const toSpan = (range) => Object.assign(createElement("span", range), { className: "range" });
  element.append(...text.split(RANGE).map((part, index) => (index % 2 ? toSpan(part) : part)));
  return element;
}

// A disabled box cannot have the focus, so its parent takes it.
export const boxAt = (element) => element?.closest?.(".box")?.querySelector("[name=ticked]");
export const focusTarget = (box) => (box?.disabled ? box.closest(".box") : box);

export const dateUrl = (action, doctorId, date) => `${action}?${new URLSearchParams({ doctor_id: doctorId, date })}`;
