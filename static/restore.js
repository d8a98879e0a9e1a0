// After the schedule is rendered: sets the boxes to the unsaved changes, and names those that no box shows.

import { boxesOf, createSentence, daysOf, doctorOf, editableBoxes, find, idOf, isPractice } from "./dom.js";
import { isStored, kindOf, scheduleForm, STORED_KINDS, titleOf, versionOf } from "./dom.js";
import { refreshUnsaved } from "./save_bar.js";
import { joinList, text } from "./texts.js";
import { unsavedDay, ticksOf } from "./unsaved.js";

const isThere = (box) => isStored(box) || STORED_KINDS.includes(kindOf(box));

// The changes that can no longer be saved. A held slot may become free again.
function findLost(ticks, form) {
  const boxes = new Map(boxesOf(form).map((box) => [idOf(box), box]));
  return [...ticks].filter(([id, { checked }]) => {
    const box = boxes.get(id);
    if (!box) return checked;
    return box.disabled && kindOf(box) !== "held" && checked !== isThere(box);
  });
}

function showSentence(sentence) {
  const list = document.createElement("ul");
  list.append(createSentence("li", sentence));
  find("#status").append(list);
}

function showLost(lost) {
  if (!lost.length) return;
  const form = scheduleForm();
  const { view } = form.dataset;
  const name = ([, { time, day }]) => (view === "day" ? time : `${(view === "week" ? titleOf : doctorOf)(form, day)} ${time}`);
  showSentence(text("lostChanges", { count: lost.length, times: joinList(lost.map(name)) }));
}

// A morph never changes a box that the user ever touched (its `checked` is "dirty"), so every box is set again:
// as the server rendered it, except for unsaved changes. Returns the unsaved changes that no box shows.
export function applyUnsaved() {
  const form = scheduleForm();
  if (!form) return [];
  const ticks = ticksOf(form);
  for (const box of boxesOf(form)) {
    box.checked = (box.disabled ? undefined : ticks.get(idOf(box))?.checked) ?? box.defaultChecked;
  }
  const lost = findLost(ticks, form);
  refreshUnsaved();
  return lost;
}

// After a poll or a save, which say themselves what happened to the boxes that are still there.
export function keepUnsaved() {
  const ids = new Set(boxesOf(scheduleForm()).map(idOf));
  showLost(applyUnsaved().filter(([id]) => !ids.has(id)));
}

// When days are opened, now or again.
export function restoreUnsaved() {
  const form = scheduleForm();
  if (!form) return;
  const stale = daysOf(form).filter((day) => {
    const seen = unsavedDay(form, day);
    return seen && seen.version !== versionOf(form, day);
  });
  showLost(applyUnsaved());
  const name = (day) => {
    const title = titleOf(form, day);
    return isPractice(form) ? text("doctorAndDay", { doctor: doctorOf(form, day), day: title }) : title;
  };
  const changed = stale.filter((day) => unsavedDay(form, day)).map(name);
  if (changed.length) showSentence(text("changedMeanwhile", { count: changed.length, days: joinList(changed) }));
}

// When the page is loaded. The user may have changed boxes before this script ran.
export function restoreAtLoad() {
  const changed = editableBoxes().filter((box) => box.checked !== box.defaultChecked);
  restoreUnsaved();
  for (const box of changed) box.checked = !box.defaultChecked;
  if (changed.length) refreshUnsaved();
}
