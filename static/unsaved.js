// Unsaved changes: which boxes differ from what is stored, on the dates shown and on others.

import { boxesOf, datesOf, dateOf, editableBoxes, isStored, keyOf, kindOf } from "./dom.js";
import { scheduleForm, timeOf, titleOf, versionOf } from "./dom.js";
import { loadUnsaved, storeUnsaved } from "./unsaved_store.js";

// The last save, until its response arrives: { of, ticks: Map of a slot's key -> whether its box is checked }.
// Without a response it is unknown whether the server committed it.
let pendingSave;

const idOf = (form) => `${form.dataset.doctor} ${form.dataset.dates}`;
const dayKey = (form, date) => `${form.dataset.doctor}/${date}`;

export const pendingTicks = (form) => (pendingSave?.of === idOf(form) ? pendingSave.ticks : new Map());

export function startPendingSave() {
  const form = scheduleForm();
  const ticks = editableBoxes().filter((box) => isUnsaved(box, form));
  pendingSave = { of: idOf(form), ticks: new Map(ticks.map((box) => [keyOf(box), box.checked])) };
}

export function endPendingSave() {
  pendingSave = undefined;
}

// A box is unsaved if it differs from the stored slot, or from a save that has no response yet.
export function isUnsaved(box, form = scheduleForm()) {
  const sent = pendingTicks(form).get(keyOf(box));
  return box.checked !== isStored(box) || box.checked !== (sent ?? box.checked);
}

// The kept day of a date of the form.
export const keptDay = (form, date) => loadUnsaved(form.dataset.person)[dayKey(form, date)];

// The unsaved changes to the form: Map of a slot's key -> { checked, time, date }
export function ticksOf(form) {
  const days = loadUnsaved(form.dataset.person);
  const ofDate = (date) => Object.entries(days[dayKey(form, date)]?.ticks ?? {}).map(([key, tick]) => [key, { ...tick, date }]);
  return new Map(datesOf(form).flatMap(ofDate));
}

// A held slot cannot be changed, but its hold may expire: the change waits for that.
function waitingTicks(form) {
  const kept = ticksOf(form);
  const held = boxesOf(form).filter((box) => kindOf(box) === "held" && kept.has(keyOf(box)));
  return held.map((box) => [dateOf(box), keyOf(box), kept.get(keyOf(box))]);
}

export function rememberUnsaved(boxes) {
  const form = scheduleForm();
  const changes = boxes.map((box) => [dateOf(box), keyOf(box), { checked: box.checked, time: timeOf(box) }]);
  changes.push(...waitingTicks(form));
  const days = loadUnsaved(form.dataset.person);
  for (const date of datesOf(form)) {
    const ticks = Object.fromEntries(changes.filter(([on]) => on === date).map(([, key, { checked, time }]) => [key, { checked, time }]));
    days[dayKey(form, date)] = { title: titleOf(form, date), doctor: form.dataset.doctorName, version: versionOf(form, date), ticks };
    if (!Object.keys(ticks).length) delete days[dayKey(form, date)];
  }
  storeUnsaved(form.dataset.person, days);
}

// Days with unsaved changes, in order: [{ doctorId, date, title, doctor, ticks, isShown }]
export function unsavedDays() {
  const form = scheduleForm();
  const shown = new Set(datesOf(form).map((date) => dayKey(form, date)));
  return Object.entries(loadUnsaved(form.dataset.person))
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([key, day]) => {
      const [doctorId, date] = key.split("/");
      return { ...day, doctorId, date, isShown: shown.has(key) };
    });
}

export const countUnsaved = () =>
  scheduleForm() ? unsavedDays().reduce((sum, { ticks }) => sum + Object.keys(ticks).length, 0) : 0;
