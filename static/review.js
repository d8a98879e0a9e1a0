// Review: a list of the unsaved changes, by day. Discard: drops those that are shown, and can be undone.

import { createElement, createSentence, dateUrl, editableBoxes, find, isStored, scheduleForm } from "./dom.js";
import { applyUnsaved } from "./restore.js";
import { describeChanges, refreshUnsaved } from "./save_bar.js";
import { text } from "./texts.js";
import { isUnsaved, rememberUnsaved, unsavedDays } from "./unsaved.js";
import { loadUnsaved, storeUnsaved } from "./unsaved_store.js";

let discarded; // the unsaved days of before, until the user goes on

function describeDay({ doctorId, doctor, date, title, ticks }) {
  const form = scheduleForm();
  const heading = createElement("h3");
  const name = doctorId === form.dataset.doctor ? title : text("doctorAndDay", { doctor, day: title });
  const dayPath = form.dataset.dayPath.replace(/\/week$/, "");
  heading.append(Object.assign(createElement("a", name), { href: dateUrl(dayPath, doctorId, date) }));
  const list = createElement("ul");
  for (const [checked, key] of [[true, "willOpen"], [false, "willClose"]]) {
    const times = Object.values(ticks).filter((tick) => tick.checked === checked).map(({ time }) => time);
    if (times.length) list.append(createSentence("li", `${text(key)}: ${times.sort().join(", ")}`));
  }
  return [heading, list];
}

function showReview() {
  find("#changes")?.remove();
  const dialog = Object.assign(createElement("dialog"), { id: "changes" });
  dialog.setAttribute("aria-labelledby", "changes-title");
  const article = createElement("article");
  const title = Object.assign(createElement("h2", text("reviewTitle")), { id: "changes-title" });
  const close = Object.assign(createElement("form"), { method: "dialog" });
  close.append(createElement("button", text("close")));
  article.append(title, ...unsavedDays().flatMap(describeDay), close);
  dialog.append(article);
  document.body.append(dialog);
  dialog.showModal();
}

function showMessage(sentence, button) {
  const message = createElement("p", `${sentence} `);
  message.append(button);
  const status = find("#status");
  status.dataset.kind = "info";
  status.replaceChildren(message);
}

function discard() {
  const { person } = scheduleForm().dataset;
  const unsaved = editableBoxes().filter((box) => isUnsaved(box));
  discarded = loadUnsaved(person);
  const undo = Object.assign(createElement("button", text("undo")), { type: "button", id: "undo-discard" });
  showMessage(text("discarded", { changes: describeChanges(unsaved) }), undo);
  // After a rejected save the server rendered the boxes as the user had left them.
  for (const box of unsaved) box.checked = box.defaultChecked = isStored(box);
  rememberUnsaved([]);
  refreshUnsaved();
  undo.focus();
}

function undoDiscard() {
  const { person } = scheduleForm().dataset;
  storeUnsaved(person, { ...loadUnsaved(person), ...discarded });
  find("#status").replaceChildren();
  applyUnsaved();
  find("#discard").focus();
}

const actions = { review: showReview, discard, "undo-discard": undoDiscard };
document.addEventListener("click", ({ target }) => target.matches("button") && actions[target.id]?.());
