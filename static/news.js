// What a poll finds: changes by others, and the result of a save whose response was lost.

import { boxesOf, createElement, createSentence, dayForm, find, joinWithAnd } from "./dom.js";
import { kindOf, STORED_KINDS, timeOf } from "./dom.js";
import { clearNotice, noticeIs } from "./notice.js";
import { endPendingSave, pendingTicks, unsavedTicks } from "./unsaved.js";

const BECAME = {
  free: ["is now open", "are now open"],
  booked: ["is now booked", "are now booked"],
  held: ["is now held", "are now held"],
  off: ["is now closed", "are now closed"],
  blocked: ["now overlaps another slot", "now overlap another slot"],
  past: ["is now in the past", "are now in the past"],
};

// Changes since the user's last own request, newest first: a box's value -> { kind, time }.
let changesWhileEditing = new Map();

export const clearNews = () => changesWhileEditing.clear();

// The boxes of a form: a box's value -> { kind, time }.
const readForm = (form) =>
  new Map(boxesOf(form).map((box) => [box.value, { kind: kindOf(box), time: timeOf(box) }]));

// The new kind of a box, if the user should hear of it. They hear that time passes only if it costs them a tick.
function changedKind(before, now, isTouched) {
  const kind = now?.kind ?? "off";
  if (kind === before?.kind) return undefined;
  if (STORED_KINDS.includes(kind) || isTouched) return kind;
  return STORED_KINDS.includes(before?.kind) && kind !== "past" ? "off" : undefined;
}

// The differences between two forms, except for `own`: the user's own changes.
export function findChanges(oldForm, newForm, own) {
  const [before, now] = [readForm(oldForm), readForm(newForm)];
  const touched = unsavedTicks(newForm.dataset.day);
  const changes = new Map();
  for (const value of [...new Set([...before.keys(), ...now.keys()])].sort()) {
    const [oldBox, newBox] = [before.get(value), now.get(value)];
    const kind = changedKind(oldBox, newBox, touched.has(value));
    if (kind && !own.has(value)) changes.set(value, { kind, time: (newBox ?? oldBox).time });
  }
  if (oldForm.dataset.hours !== newForm.dataset.hours) changes.set("", { kind: "grid" });
  return changes;
}

function describeChange(kind, times) {
  if (kind === "grid") return "Your hours for this day have changed";
  const named = times.length > 3 ? [...times.slice(0, 2), `${times.length - 2} more`] : times;
  return `${joinWithAnd(named).join("")} ${BECAME[kind][times.length > 1 ? 1 : 0]}`;
}

export function showNews(form, changes) {
  changesWhileEditing = new Map([...changes, ...[...changesWhileEditing].filter(([value]) => !changes.has(value))]);
  if (!changesWhileEditing.size) return;
  const timesByKind = new Map();
  for (const { kind, time } of changesWhileEditing.values()) {
    timesByKind.set(kind, [...(timesByKind.get(kind) ?? []), time]);
  }
  const list = createElement("ul", "");
  list.dataset.news = "";
  list.append(...[...timesByKind].map(([kind, times]) => createSentence("li", describeChange(kind, times))));
  const status = form.querySelector("#status");
  status.querySelector("[data-news]")?.remove();
  status.append(list);
}

function restoreError(oldBox, form) {
  const box = form.querySelector(`#${oldBox.id}`);
  if (!box) return; // the box is gone, but the message of the save still has the reason
  for (const name of ["aria-invalid", "aria-describedby"]) box.setAttribute(name, oldBox.getAttribute(name));
  box.closest("li").append(find(`#${oldBox.id}-error`).cloneNode(true));
}

// A poll does not know the last save: its messages stay until the next save, or another date.
export function restoreLocalState(oldForm, form) {
  for (const box of oldForm.querySelectorAll("[aria-invalid]")) restoreError(box, form);
  const errors = oldForm.querySelector("#errors");
  if (errors) form.querySelector("header").after(errors.cloneNode(true));
  form.querySelector("#status").replaceWith(oldForm.querySelector("#status").cloneNode(true));
}

// Compares a save without a response with the server's current form. If the server committed it, says so and
// returns what it changed.
export function reconcile(form) {
  const ticks = pendingTicks(form.dataset.day);
  const now = readForm(form);
  const isCommitted = ([value, checked]) => STORED_KINDS.includes(now.get(value)?.kind) === checked;
  if (!ticks.size || ![...ticks].every(isCommitted)) return new Map();
  endPendingSave();
  if (noticeIs("save")) clearNotice();
  const status = form.querySelector("#status");
  status.dataset.kind = "success";
  status.replaceChildren(createElement("p", "Good news: your last save did go through"));
  return ticks;
}
