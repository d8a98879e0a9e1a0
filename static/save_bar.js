// The bar with Save: how much is unsaved, here and on other days. Marks each unsaved box in words.

import { createElement, dateUrl, dayOf, editableBoxes, find, isPractice, scheduleForm } from "./dom.js";
import { fill, joinList, text } from "./texts.js";
import { isUnsaved, rememberUnsaved, unsavedDays } from "./unsaved.js";

const MAX_LISTED_DAYS = 2; // the bar must stay low

// The state is text of the box's label, so that it is heard as it is seen.
export function markBox(box, isMarked) {
  const state = box.closest(".box").querySelector(".state");
  const before = state.dataset.state ?? state.textContent;
  const words = isMarked ? text(box.checked ? "willOpen" : "willClose") : before;
  if (isMarked) state.dataset.state = before;
  else delete state.dataset.state;
  if (state.textContent !== words) state.textContent = words;
  box.closest(".box").toggleAttribute("data-unsaved", isMarked);
}

export function describeChanges(boxes) {
  const days = new Set(boxes.map(dayOf)).size;
  const changes = text("changes", { count: boxes.length });
  if (isPractice(scheduleForm())) return text("changesForDoctors", { changes, count: days });
  return days > 1 ? text("changesOnDays", { changes, days: text("days", { count: days }) }) : changes;
}

export function describeEffect(opened, closed) {
  if (!closed) return text("toOpen", { count: opened });
  if (!opened) return text("toClose", { count: closed });
  return text("toOpenAndClose", { open: text("toOpen", { count: opened }), close: text("toClose", { count: closed }) });
}

function describeHere(boxes) {
  if (!boxes.length) return [];
  const opened = boxes.filter((box) => box.checked).length;
  return [createElement("strong", describeChanges(boxes)), ` · ${describeEffect(opened, boxes.length - opened)}`];
}

function dayLink({ doctorId, doctor, date, title, ticks }) {
  const form = scheduleForm();
  const name = doctorId === form.dataset.doctor ? title : text("doctorAndDay", { doctor, day: title });
  const link = createElement("a", `${name} (${Object.keys(ticks).length})`);
  link.href = dateUrl(form.dataset.dayPath, doctorId, date);
  return link;
}

function describeOthers() {
  const others = unsavedDays().filter(({ isShown }) => !isShown);
  if (!others.length) return [];
  const listed = others.slice(0, MAX_LISTED_DAYS).map(dayLink);
  const more = others.length - listed.length;
  if (more) listed.push(text("otherDays", { count: more }));
  return fill("unsavedElsewhere", { days: joinList(listed) });
}

const showIf = (selector, isShown) => find(selector)?.toggleAttribute("hidden", !isShown);

function showButtons(boxes) {
  const save = find("#save");
  if (!save) return;
  // WebKit drops a click if the text node under the pointer is replaced before the button is up.
  save.firstChild.data = text(boxes.length ? "saveChanges" : "save", { count: boxes.length });
  showIf("#save", boxes.length);
  showIf("#discard", boxes.length);
}

// The summary is no live region, which would speak at every tick: it describes Save.
export function refreshUnsaved() {
  if (!scheduleForm()) return;
  const boxes = editableBoxes();
  const unsaved = boxes.filter((box) => isUnsaved(box));
  rememberUnsaved(unsaved);
  for (const box of boxes) markBox(box, unsaved.includes(box));
  showButtons(unsaved);
  const [here, others] = [describeHere(unsaved), describeOthers()];
  const content = createElement("p");
  content.append(...here, ...(here.length && others.length ? [". "] : []), ...others);
  const summary = find("#summary");
  if (summary.textContent !== content.textContent) summary.replaceChildren(...content.childNodes); // else a link keeps the focus
}
