// Unsaved changes: which boxes differ from what is stored, on this day and on others.

import { boxesOf, createElement, createSentence, dayForm, editableBoxes, find } from "./dom.js";
import { isStored, joinWithAnd, kindOf, plural, STORED_KINDS, timeOf } from "./dom.js";
import { closeStore, loadUnsaved, storeUnsaved } from "./unsaved_store.js";

const MAX_LISTED_DAYS = 2; // the bar must stay low

const unsavedDays = loadUnsaved();
// The last save, until its response arrives: { day, ticks: Map of a box's value -> whether it is checked }.
// Without a response it is unknown whether the server committed it.
let pendingSave;

export const unsavedTicks = (day) => unsavedDays.get(day)?.ticks ?? new Map();
export const pendingTicks = (day) => (pendingSave?.day === day ? pendingSave.ticks : new Map());

export function startPendingSave() {
  const ticks = editableBoxes()
    .filter(isUnsaved)
    .map((box) => [box.value, box.checked]);
  pendingSave = { day: dayForm().dataset.day, ticks: new Map(ticks) };
}

export function endPendingSave() {
  pendingSave = undefined;
}

// A box is unsaved if it differs from the stored slot, or from a save that has no response yet.
function isUnsaved(box) {
  const sent = pendingTicks(dayForm().dataset.day).get(box.value);
  return box.checked !== isStored(box) || box.checked !== (sent ?? box.checked);
}

export function rememberUnsaved(boxes) {
  const form = dayForm();
  const ticks = new Map(boxes.map((box) => [box.value, { checked: box.checked, time: timeOf(box) }]));
  // A held slot cannot be changed, but its hold may expire: the change waits for that.
  for (const { value } of form.querySelectorAll("[data-kind=held] [name=ticked]")) {
    const waiting = unsavedTicks(form.dataset.day).get(value);
    if (waiting !== undefined) ticks.set(value, waiting);
  }
  const day = { title: find("#day-title").textContent, version: form.elements.version?.value, ticks };
  if (ticks.size) unsavedDays.set(form.dataset.day, day);
  else unsavedDays.delete(form.dataset.day);
  storeUnsaved(unsavedDays);
}

// --- The line beside Save

// "Thursday 3 December 2026" -> "Thu 3 Dec"
function shortTitle(title) {
  const [weekday, dayOfMonth, month] = title.split(" ");
  return `${weekday.slice(0, 3)} ${dayOfMonth} ${month.slice(0, 3)}`;
}

// A link that htmx follows, so that the document and its messages stay.
function dayLink(key, { title, ticks }) {
  const [doctorId, date] = key.split("/");
  const link = createElement("a", `${shortTitle(title)} (${ticks.size})`);
  link.href = `${dayForm().getAttribute("action")}?${new URLSearchParams({ doctor_id: doctorId, date })}`;
  const attributes = { get: link.getAttribute("href"), target: "#manage", swap: "outerMorph", "push-url": "true" };
  for (const [name, value] of Object.entries(attributes)) link.setAttribute(`hx-${name}`, value);
  link.setAttribute("hx-sync", "#manage:queue all");
  return link;
}

function describeOtherDays() {
  const others = [...unsavedDays].filter(([key]) => key !== dayForm().dataset.day).sort();
  if (!others.length) return [];
  const parts = others.slice(0, MAX_LISTED_DAYS).map(([key, day]) => dayLink(key, day));
  const more = others.length - MAX_LISTED_DAYS;
  if (more > 0) parts.push(plural(more, "other day"));
  return ["Unsaved on other days: ", ...joinWithAnd(parts)];
}

// Shows how much is unsaved. This is no live region, which would speak at every tick: it describes Save.
export function refreshUnsaved() {
  if (!dayForm()) return;
  const unsaved = editableBoxes().filter(isUnsaved);
  rememberUnsaved(unsaved);
  const line = find("#unsaved");
  if (!line) return;
  const here = unsaved.length ? [plural(unsaved.length, "unsaved change")] : [];
  const otherDays = describeOtherDays();
  const content = createElement("p", "");
  content.append(...here, ...(here.length && otherDays.length ? [". "] : []), ...otherDays);
  if (line.textContent === content.textContent) return; // a link that has the focus keeps it
  line.replaceChildren(...content.childNodes);
  htmx.process(line);
}

// --- After the page is rendered

const isThere = (box) => isStored(box) || STORED_KINDS.includes(kindOf(box));

// The changes that can no longer be saved. A held slot may become free again.
function findLost(ticks, form) {
  const boxes = new Map(boxesOf(form).map((box) => [box.value, box]));
  return [...ticks].filter(([value, { checked }]) => {
    const box = boxes.get(value);
    if (!box) return checked;
    return box.disabled && kindOf(box) !== "held" && checked !== isThere(box);
  });
}

function showSentence(text) {
  const list = createElement("ul", "");
  list.append(createSentence("li", text));
  find("#status").append(list);
}

function showLost(lost) {
  if (!lost.length) return;
  const times = joinWithAnd(lost.map(([, { time }]) => time)).join("");
  showSentence(`Your ${lost.length > 1 ? "changes" : "change"} to ${times} can no longer be saved`);
}

// A morph never changes a box that the user ever touched (its `checked` is "dirty"), so every box is set again:
// as the server rendered it, except for unsaved changes. Returns the unsaved changes that no box shows.
export function applyUnsaved() {
  const form = dayForm();
  if (!form) return [];
  const ticks = unsavedTicks(form.dataset.day);
  for (const box of boxesOf(form)) {
    box.checked = (box.disabled ? undefined : ticks.get(box.value)?.checked) ?? box.defaultChecked;
  }
  const lost = findLost(ticks, form);
  refreshUnsaved();
  return lost;
}

// After a poll or a save, which say themselves what happened to the boxes that are still there.
export function keepUnsaved() {
  const values = new Set(boxesOf(dayForm()).map((box) => box.value));
  showLost(applyUnsaved().filter(([value]) => !values.has(value)));
}

// When a day is opened, now or again.
export function restoreUnsaved() {
  const form = dayForm();
  if (!form) return;
  const seen = unsavedDays.get(form.dataset.day)?.version;
  showLost(applyUnsaved());
  if (unsavedDays.has(form.dataset.day) && seen !== form.elements.version?.value) {
    showSentence("This day has changed since you made your changes. Check them before you save.");
  }
}

// --- Sign-out

export const countUnsaved = () => [...unsavedDays.values()].reduce((sum, { ticks }) => sum + ticks.size, 0);

// Once more, because signing out in another tab may have cleared the storage.
export const storeForNextSignIn = () => storeUnsaved(unsavedDays);

document.addEventListener("submit", (event) => {
  if (!event.target.matches("form[action$='/sign-out']")) return;
  const count = countUnsaved();
  if (count && !confirm(`You have ${plural(count, "unsaved change")}. If you sign out, you lose them.`)) {
    event.preventDefault();
    return;
  }
  closeStore();
});
