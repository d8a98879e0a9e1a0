// What a poll finds: changes by others, and the result of a save whose response was lost.

import { boxesOf, createElement, createSentence, idOf, kindOf, labelOf, STORED_KINDS } from "./dom.js";
import { clearNotice, noticeIs } from "./notice.js";
import { joinList, text } from "./texts.js";
import { endPendingSave, pendingTicks, ticksOf } from "./unsaved.js";

// Changes since the user's last own request, newest first: a slot's id -> { kind, time }.
let changesWhileEditing = new Map();

export const clearNews = () => changesWhileEditing.clear();

// The boxes of a form: a slot's id -> { kind, time }.
const readForm = (form) => new Map(boxesOf(form).map((box) => [idOf(box), { kind: kindOf(box), time: labelOf(box) }]));

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
  const touched = ticksOf(newForm);
  const changes = new Map();
  for (const key of [...new Set([...before.keys(), ...now.keys()])].sort()) {
    const [oldBox, newBox] = [before.get(key), now.get(key)];
    const kind = changedKind(oldBox, newBox, touched.has(key));
    if (kind && !own.has(key)) changes.set(key, { kind, time: (newBox ?? oldBox).time });
  }
  if (oldForm.dataset.hours !== newForm.dataset.hours) changes.set("", { kind: "hours" });
  return changes;
}

// The texts are `becameFree`, `becameBooked` and so on.
export function describeChange(kind, times, view) {
  if (kind === "hours") return text(view === "day" ? "hoursChanged" : "hoursOfWeekChanged");
  const more = times.length - 2;
  const named = times.length > 3 ? [...times.slice(0, 2), text("moreTimes", { count: more })] : times;
  const key = `became${kind[0].toUpperCase()}${kind.slice(1)}`;
  return text(key, { count: times.length, times: joinList(named) });
}

export function showNews(form, changes) {
  changesWhileEditing = new Map([...changes, ...[...changesWhileEditing].filter(([key]) => !changes.has(key))]);
  if (!changesWhileEditing.size) return;
  const timesByKind = new Map();
  for (const { kind, time } of changesWhileEditing.values()) {
    timesByKind.set(kind, [...(timesByKind.get(kind) ?? []), time]);
  }
  const list = createElement("ul");
  list.dataset.news = "";
  const describe = ([kind, times]) => createSentence("li", describeChange(kind, times, form.dataset.view));
  list.append(...[...timesByKind].map(describe));
  const status = form.querySelector("#status");
  status.querySelector("[data-news]")?.remove();
  status.append(list);
}

function restoreError(oldBox, form) {
  const box = boxesOf(form).find(({ id }) => id === oldBox.id);
  if (!box) return; // the box is gone, but the message of the save still has the reason
  for (const name of ["aria-invalid", "aria-describedby"]) box.setAttribute(name, oldBox.getAttribute(name));
  box.closest(".box").append(document.getElementById(`${oldBox.id}-error`).cloneNode(true));
}

// A poll does not know the last save: its messages stay until the next save, or another date.
export function restoreLocalState(oldForm, form) {
  for (const box of oldForm.querySelectorAll("[aria-invalid]")) restoreError(box, form);
  for (const id of ["#status", "#summary"]) form.querySelector(id).replaceWith(oldForm.querySelector(id).cloneNode(true));
}

// Compares a save without a response with the server's current form. If the server committed it, says so and
// returns what it changed.
export function reconcile(form) {
  const ticks = pendingTicks(form);
  const now = readForm(form);
  const isCommitted = ([key, checked]) => STORED_KINDS.includes(now.get(key)?.kind) === checked;
  if (!ticks.size || ![...ticks].every(isCommitted)) return new Map();
  endPendingSave();
  if (noticeIs("save")) clearNotice();
  const status = form.querySelector("#status");
  status.dataset.kind = "success";
  status.replaceChildren(createElement("p", text("saveCommitted")));
  return ticks;
}
