// Unsaved changes: which boxes differ from what is stored, on the days shown and on others.

import { boxesOf, dayOf, daysOf, doctorOf, editableBoxes, idOf, isStored, keyOf, kindOf } from "./dom.js";
import { scheduleForm, timeOf, titleOf, versionOf } from "./dom.js";
import { loadUnsaved, storeUnsaved } from "./unsaved_store.js";

// The save that waits for its response: { of: the days of its form, ticks: Map of a slot's id -> whether its box is
// checked }. If the response never arrives, the server may have committed the save or not.
let pendingSave;

export const pendingTicks = (form) => (pendingSave?.of === form.dataset.days ? pendingSave.ticks : new Map());

export function startPendingSave() {
  const form = scheduleForm();
  const ticks = editableBoxes().filter((box) => isUnsaved(box, form));
  pendingSave = { of: form.dataset.days, ticks: new Map(ticks.map((box) => [idOf(box), box.checked])) };
}

export function endPendingSave() {
  pendingSave = undefined;
}

// A box is unsaved if it differs from the stored slot, or from a save that has no response yet.
export function isUnsaved(box, form = scheduleForm()) {
  const sent = pendingTicks(form).get(idOf(box));
  return box.checked !== isStored(box) || box.checked !== (sent ?? box.checked);
}

// The unsaved changes of a day, as this browser stores them.
export const unsavedDay = (form, day) => loadUnsaved(form.dataset.person)[day];

// The unsaved changes to the form: Map of a slot's id -> { checked, time, day }
export function ticksOf(form) {
  const kept = loadUnsaved(form.dataset.person);
  const ofDay = (day) => Object.entries(kept[day]?.ticks ?? {}).map(([key, tick]) => [`${day}/${key}`, { ...tick, day }]);
  return new Map(daysOf(form).flatMap(ofDay));
}

// A held slot can't be changed now. Its unsaved change is kept, because the hold may expire.
function waitingTicks(form) {
  const kept = ticksOf(form);
  const held = boxesOf(form).filter((box) => kindOf(box) === "held" && kept.has(idOf(box)));
  return held.map((box) => [dayOf(box), keyOf(box), kept.get(idOf(box))]);
}

export function rememberUnsaved(boxes) {
  const form = scheduleForm();
  const changes = boxes.map((box) => [dayOf(box), keyOf(box), { checked: box.checked, time: timeOf(box) }]);
  changes.push(...waitingTicks(form));
  const days = loadUnsaved(form.dataset.person);
  for (const day of daysOf(form)) {
    const ticks = Object.fromEntries(changes.filter(([of]) => of === day).map(([, key, { checked, time }]) => [key, { checked, time }]));
    days[day] = { title: titleOf(form, day), doctor: doctorOf(form, day), version: versionOf(form, day), ticks };
    if (!Object.keys(ticks).length) delete days[day];
  }
  storeUnsaved(form.dataset.person, days);
}

// Days with unsaved changes, in order: [{ doctorId, date, title, doctor, ticks, isShown }]
export function unsavedDays() {
  const form = scheduleForm();
  const shown = new Set(daysOf(form));
  return Object.entries(loadUnsaved(form.dataset.person))
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([key, day]) => {
      const [doctorId, date] = key.split("/");
      return { ...day, doctorId, date, isShown: shown.has(key) };
    });
}

export const countUnsaved = () =>
  scheduleForm() ? unsavedDays().reduce((sum, { ticks }) => sum + Object.keys(ticks).length, 0) : 0;
