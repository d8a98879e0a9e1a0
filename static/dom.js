// Find and create elements; read the boxes of the schedule: one day, seven, or a date of several doctors.

export const STORED_KINDS = ["free", "booked", "held"];
const RANGE = /(\d\d:\d\d–\d\d:\d\d)/; // the same as in messages.py

export const find = (selector) => document.querySelector(selector);
export const scheduleForm = () => find("#schedule");
export const isPractice = (form) => form.dataset.view === "practice";
// A day is named by its doctor and date, as in "dr-lee/2026-11-30".
export const daysOf = (form) => form.dataset.days.split(" ").filter(Boolean);
const headOf = (form, day) => form.querySelector(`th[data-day="${day}"]`)?.dataset;
export const titleOf = (form, day) => headOf(form, day)?.title ?? day.split("/")[1];
export const doctorOf = (form, day) => headOf(form, day)?.doctor ?? day.split("/")[0];
// The version of a day: a form of one day has "3", a week has one for each date ("2026-11-30/3"), a practice day has
// one for each doctor ("dr-lee/3").
export function versionOf(form, day) {
  const versions = [...form.querySelectorAll("[name=version]")].map(({ value }) => value.split("/"));
  return versions.find(([key, version]) => !version || day.split("/").includes(key))?.pop();
}

export const boxesOf = (form) => [...(form?.querySelectorAll("[name=ticked]") ?? [])];
export const editableBoxes = (within = scheduleForm()) => boxesOf(within).filter((box) => !box.disabled);
export const isStored = (box) => "stored" in box.dataset;
export const kindOf = (box) => box.closest(".box").dataset.kind;
export const dayOf = (box) => box.closest("[data-day]").dataset.day;
// The key of a slot is the same in every view. In a box's value it comes after the date (week) or the doctor (practice).
export const keyOf = (box) => box.value.split("/").pop();
// The key with the doctor and date, because slots of different doctors can have the same key.
export const idOf = (box) => `${dayOf(box)}/${keyOf(box)}`;

const readText = (element) => element?.textContent.trim().replace(/\s+/g, " ") ?? "";
// "Mon 09:00–09:30" on the week, "Dr Mina Lee 09:00–09:30" beside other doctors
export const labelOf = (box) => readText(box.closest(".box").querySelector(".time"));
export const timeOf = (box) => labelOf(box).slice(readText(box.closest(".box").querySelector(".column")).length).trim();

export const createElement = (tag, text = "") => Object.assign(document.createElement(tag), { textContent: text });

// An element with the text. Each range of times stays on one line: a browser could break it at its dash.
export function createSentence(tag, text) {
  const element = createElement(tag);
  const toSpan = (range) => Object.assign(createElement("span", range), { className: "range" });
  element.append(...text.split(RANGE).map((part, index) => (index % 2 ? toSpan(part) : part)));
  return element;
}

export const boxAt = (element) => element?.closest?.(".box")?.querySelector("[name=ticked]");
// A disabled box can't have the focus, so its parent gets it.
export const focusTarget = (box) => (box?.disabled ? box.closest(".box") : box);

export const dateUrl = (action, doctorId, date) => `${action}?${new URLSearchParams({ doctor_id: doctorId, date })}`;
