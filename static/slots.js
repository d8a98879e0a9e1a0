// What the page does beyond plain HTML and htmx: it selects ranges of boxes, and it keeps unsaved changes and
// unread messages through every swap. All listeners are on the document, so that elements which htmx swaps in
// need no listeners of their own.

const SAVE_FAILED = "We couldn't save because you're offline. Your changes are still here. Try again in a moment.";
const LOAD_FAILED = "We couldn't load this because you're offline. Your changes are still here. Try again in a moment.";
const OFFLINE =
  "You're offline. This page may be out of date. Your changes are safe; we'll keep trying to reconnect.";
const MAX_LISTED_DAYS = 2; // the bar must stay low
const RANGE = /(\d\d:\d\d–\d\d:\d\d)/; // as in messages.py

// Unsaved changes by day, for the lifetime of this document:
// "dr-lee/2026-11-23" -> { title, ticks: Map of a box's value -> whether it is checked }.
const unsavedTicks = new Map();
// The last save, until its response arrives: { day, ticks: Map of a box's value -> whether it is checked }.
// Without a response it is unknown whether the server committed it.
let pendingSave;
let lastSaveResponseAt = 0;
// Changes that polls found since the user's last own request, newest first: a box's value -> { kind, time }.
let changesWhileEditing = new Map();
let lastClickedValue;

const find = (selector) => document.querySelector(selector);
const dayForm = () => find("form.day");
const editableBoxes = (within = dayForm()) => [...(within?.querySelectorAll("[name=ticked]:enabled") ?? [])];
const isStored = (box) => "stored" in box.dataset;
const isSave = (ctx) => ctx.sourceElement.matches("form.day");
const isPoll = (ctx) => ctx.sourceEvent?.type === "every";
const createElement = (tag, text) => Object.assign(document.createElement(tag), { textContent: text });
const createSpan = (text, className) => Object.assign(createElement("span", text), { className });
const plural = (count, noun) => `${count} ${noun}${count === 1 ? "" : "s"}`;

// --- Unsaved changes

// A box is unsaved if it differs from the stored slot, or from a save that has no response yet.
function isUnsaved(box) {
  const sent = pendingSave?.day === dayForm().dataset.day ? pendingSave.ticks.get(box.value) : undefined;
  return box.checked !== isStored(box) || box.checked !== (sent ?? box.checked);
}

function rememberUnsaved(boxes) {
  const { day: key } = dayForm().dataset;
  const ticks = new Map(boxes.map((box) => [box.value, box.checked]));
  // A held slot cannot be changed, but its hold may expire: the change waits for that.
  for (const { value } of dayForm().querySelectorAll("[data-kind=held] [name=ticked]")) {
    const waiting = unsavedTicks.get(key)?.ticks.get(value);
    if (waiting !== undefined) ticks.set(value, waiting);
  }
  if (ticks.size) unsavedTicks.set(key, { title: find("#day-title").textContent, ticks });
  else unsavedTicks.delete(key);
}

// "Thursday 3 December 2026" -> "Thu 3 Dec"
function shortTitle(title) {
  const [weekday, dayOfMonth, month] = title.split(" ");
  return `${weekday.slice(0, 3)} ${dayOfMonth} ${month.slice(0, 3)}`;
}

// A link that htmx follows, so that the document and its unsaved changes stay.
function dayLink(key, { title, ticks }) {
  const [doctorId, date] = key.split("/");
  const link = createElement("a", `${shortTitle(title)} (${ticks.size})`);
  link.href = `${dayForm().getAttribute("action")}?${new URLSearchParams({ doctor_id: doctorId, date })}`;
  const attributes = { get: link.getAttribute("href"), target: "#manage", swap: "outerMorph", "push-url": "true" };
  for (const [name, value] of Object.entries(attributes)) link.setAttribute(`hx-${name}`, value);
  link.setAttribute("hx-sync", "#manage:queue all");
  return link;
}

// ["A", "B", "C"] -> "A", ", ", "B", " and ", "C"
function joinWithAnd(parts) {
  return parts.flatMap((part, index) => {
    if (index === 0) return [part];
    return [index === parts.length - 1 ? " and " : ", ", part];
  });
}

function describeOtherDays() {
  const others = [...unsavedTicks].filter(([key]) => key !== dayForm().dataset.day).sort();
  if (!others.length) return [];
  const parts = others.slice(0, MAX_LISTED_DAYS).map(([key, day]) => dayLink(key, day));
  const more = others.length - MAX_LISTED_DAYS;
  if (more > 0) parts.push(plural(more, "other day"));
  return ["Unsaved on other days: ", ...joinWithAnd(parts)];
}

// Shows how much is unsaved. This is no live region, which would speak at every tick: it describes Save.
function refreshUnsaved() {
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

// A morph never changes a box that the user ever touched (its `checked` is "dirty"), so every box is set again:
// as the server rendered it, except for unsaved changes.
function applyUnsaved() {
  const form = dayForm();
  if (!form) return;
  const ticks = unsavedTicks.get(form.dataset.day)?.ticks;
  for (const box of form.querySelectorAll("[name=ticked]")) {
    box.checked = (box.disabled ? undefined : ticks?.get(box.value)) ?? box.defaultChecked;
  }
  refreshUnsaved();
}

// The same for a typed date. Polls leave it alone, because the user may be typing.
function resetDateField() {
  const date = find("#date");
  if (date && date !== document.activeElement) date.value = date.defaultValue;
}

// --- The notice above the form: an error of a poll, of a save, or of another request

const noticeIs = (source) => find("#notice")?.dataset.of === source;
const sourceOf = (ctx) => (isPoll(ctx) ? "poll" : isSave(ctx) ? "save" : "else");

// Screen readers read an alert whenever it is written, so the same text is written once.
function showNotice(text, source = "") {
  const notice = find("#notice"); // an error page has none
  if (!notice) return;
  notice.dataset.of = source;
  if (notice.textContent === text) return;
  const top = () => dayForm()?.getBoundingClientRect().top ?? 0;
  const before = top();
  notice.textContent = text;
  scrollBy(0, top() - before); // what the user is about to click stays in place
}

const clearNotice = () => showNotice("");

// An error of a poll never replaces an unread error of the user's own request.
function showPollError(text) {
  if (noticeIs("poll") || !find("#notice")?.textContent.trim()) showNotice(text, "poll");
}

function showOffline(ctx) {
  if (isPoll(ctx)) return showPollError(OFFLINE);
  showNotice(isSave(ctx) ? SAVE_FAILED : LOAD_FAILED, sourceOf(ctx));
  refreshUnsaved();
}

// --- Boxes: ranges, All and None, arrow keys

function setChecked(boxes, checked) {
  for (const box of boxes) box.checked = checked;
  refreshUnsaved();
}

function selectRange(box) {
  const all = editableBoxes();
  const from = all.findIndex(({ value }) => value === lastClickedValue);
  const to = all.indexOf(box);
  if (from >= 0) setChecked(all.slice(Math.min(from, to), Math.max(from, to) + 1), box.checked);
}

document.addEventListener("change", refreshUnsaved);

document.addEventListener("click", (event) => {
  const { target } = event;
  if (target.name === "ticked") {
    if (event.shiftKey) selectRange(target);
    lastClickedValue = target.value;
  } else if (target.dataset?.tick) {
    setChecked(editableBoxes(target.closest("fieldset")), target.dataset.tick === "all");
  } else if (target.type === "submit" && event.detail > 1) {
    event.preventDefault(); // the second click of a double click would report "No changes to save"
  }
});

// A disabled box cannot have the focus, so its list item takes it.
const boxAt = (element) => element?.closest?.(".day li[data-kind]")?.querySelector("[name=ticked]");
const focusTarget = (box) => (box?.disabled ? box.closest("li") : box);

function nextEnabled(box, step) {
  const all = [...dayForm().querySelectorAll("[name=ticked]")];
  let index = all.indexOf(box) + step;
  while (all[index]?.disabled) index += step;
  return all[index];
}

// Arrow keys move between boxes in time order, as in a group of radio buttons. With Shift they copy the tick.
document.addEventListener("keydown", (event) => {
  const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
  const box = step && boxAt(event.target);
  if (!box || event.altKey || event.ctrlKey || event.metaKey) return;
  event.preventDefault(); // the page would scroll
  const next = nextEnabled(box, step);
  if (!next) return;
  if (event.shiftKey && !box.disabled) setChecked([next], box.checked);
  lastClickedValue = next.value;
  next.focus();
});

// --- Changes that a poll finds

const STORED_KINDS = ["free", "booked", "held"];
const BECAME = {
  free: ["is now open", "are now open"],
  booked: ["is now booked", "are now booked"],
  held: ["is now held", "are now held"],
  off: ["is now closed", "are now closed"],
  blocked: ["now overlaps another slot", "now overlap another slot"],
  past: ["is now in the past", "are now in the past"],
};

// The boxes of a form: a box's value -> { kind, time }.
function readForm(form) {
  const items = [...form.querySelectorAll("li[data-kind]")].map((item) => {
    const time = item.querySelector(".time").textContent.trim().replace(/\s+/g, " ");
    return [item.querySelector("[name=ticked]").value, { kind: item.dataset.kind, time }];
  });
  return new Map(items);
}

// The new kind of a box, if the user should hear of it. They hear that time passes only if it costs them a tick.
function changedKind(before, now, isTouched) {
  const kind = now?.kind ?? "off";
  if (kind === before?.kind) return undefined;
  if (STORED_KINDS.includes(kind) || isTouched) return kind;
  return STORED_KINDS.includes(before?.kind) && kind !== "past" ? "off" : undefined;
}

// The differences between two forms, except for `own`: the user's own changes.
function findChanges(oldForm, newForm, own) {
  const [before, now] = [readForm(oldForm), readForm(newForm)];
  const touched = unsavedTicks.get(newForm.dataset.day)?.ticks;
  const changes = new Map();
  for (const value of [...new Set([...before.keys(), ...now.keys()])].sort()) {
    const [oldBox, newBox] = [before.get(value), now.get(value)];
    const kind = changedKind(oldBox, newBox, touched?.has(value));
    if (kind && !own.has(value)) changes.set(value, { kind, time: (newBox ?? oldBox).time });
    if (!kind && oldBox?.time !== newBox?.time) changes.set("", { kind: "grid" });
  }
  return changes;
}

function describeChange(kind, times) {
  if (kind === "grid") return "Your hours for this day have changed";
  const named = times.length > 3 ? [...times.slice(0, 2), `${times.length - 2} more`] : times;
  return `${joinWithAnd(named).join("")} ${BECAME[kind][times.length > 1 ? 1 : 0]}`;
}

// No range of times breaks at its dash.
function createSentence(tag, text) {
  const element = createElement(tag, "");
  const parts = text.split(RANGE);
  element.append(...parts.map((part, index) => (index % 2 ? createSpan(part, "range") : part)));
  return element;
}

function showNews(form, changes) {
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
function restoreLocalState(oldForm, form) {
  for (const box of oldForm.querySelectorAll("[aria-invalid]")) restoreError(box, form);
  const errors = oldForm.querySelector("#errors");
  if (errors) form.querySelector("header").after(errors.cloneNode(true));
  form.querySelector("#status").replaceWith(oldForm.querySelector("#status").cloneNode(true));
}

// Compares a save without a response with the server's current form. If the server committed it, says so and
// returns what it changed.
function reconcile(form) {
  const { ticks } = pendingSave?.day === form.dataset.day ? pendingSave : { ticks: new Map() };
  const now = readForm(form);
  const isCommitted = ([value, checked]) => STORED_KINDS.includes(now.get(value)?.kind) === checked;
  if (!ticks.size || ![...ticks].every(isCommitted)) return new Map();
  pendingSave = undefined;
  if (noticeIs("save")) clearNotice();
  const status = form.querySelector("#status");
  status.dataset.kind = "success";
  status.replaceChildren(createElement("p", "Good news: your last save did go through"));
  return ticks;
}

// --- htmx events

document.addEventListener("htmx:config:request", (event) => {
  const { ctx } = event.detail;
  const { request, sourceElement } = ctx;
  // When the user goes back, htmx 4.0.1 leaves out its own headers: without them the server would return JSON.
  if (request.headers["HX-History-Restore-Request"]) request.headers.Accept = "text/html";
  // While a year is typed it is 0002, 0020 and 0202: only valid dates are requested.
  if (sourceElement.id === "pick" && !sourceElement.checkValidity()) event.preventDefault();
  if (isPoll(ctx) && document.hidden) event.preventDefault();
});

document.addEventListener("visibilitychange", () => {
  if (!document.hidden) find("[hx-trigger^=every]")?.dispatchEvent(new Event("every"));
});

// A request that waited for a save: its unread notice stays, and its unread error message becomes a notice.
function keepUnreadMessage() {
  if (!find("#status[data-kind=error] > p")) return;
  showNotice(`${find("#day-title").textContent}: ${find("#status > p").textContent}`, "save");
}

function startSave() {
  const ticks = new Map(
    editableBoxes()
      .filter(isUnsaved)
      .map((box) => [box.value, box.checked]),
  );
  pendingSave = { day: dayForm().dataset.day, ticks };
  find("#status").replaceChildren();
  find("#unsaved").textContent = "Saving…";
}

// Messages are cleared first: a screen reader reads the same text again only if it was gone in between.
document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => {
  if (isPoll(ctx)) return; // not a request of the user's own
  const { sourceElement, sourceEvent, request } = ctx;
  // A click that waited for the click before it follows the current URL of its link.
  if (sourceElement.matches("nav a")) request.action = sourceElement.getAttribute("hx-get") ?? request.action;
  if (sourceEvent?.timeStamp < lastSaveResponseAt) keepUnreadMessage();
  else clearNotice();
  if (isSave(ctx)) startSave();
});

function handleNotice(event, main) {
  const { ctx } = event.detail;
  ctx.push = null; // htmx would change the URL, although the date stays
  if (isSave(ctx) && ctx.response.status < 500) pendingSave = undefined;
  if (!isPoll(ctx)) return void (main.target.dataset.of = sourceOf(ctx));
  event.preventDefault();
  showPollError(main.fragment.textContent.trim());
}

function handlePolledForm(ctx, form) {
  if (noticeIs("poll")) clearNotice();
  restoreLocalState(dayForm(), form);
  showNews(form, findChanges(dayForm(), form, reconcile(form)));
  ctx.focusedBox = boxAt(document.activeElement);
}

// After a successful save the response is the truth about every tick that was sent. Later ticks stay unsaved.
function handleSavedForm(ctx) {
  pendingSave = undefined;
  if (ctx.response.status >= 400) return; // nothing was saved
  const sent = new Set(ctx.request.body.getAll("ticked"));
  rememberUnsaved(editableBoxes().filter((box) => box.checked !== sent.has(box.value)));
}

document.addEventListener("htmx:before:swap", (event) => {
  const { ctx, tasks } = event.detail;
  const main = tasks.find((task) => task.type === "main");
  if (!main || main.swapSpec.style === "none") {
    if (noticeIs("poll")) clearNotice(); // nothing has changed, but the server responds again
    return;
  }
  if (main.target.id === "notice") return handleNotice(event, main);
  const form = main.fragment.querySelector("form.day");
  // Without a form this is not our page: a gateway's error, for example, would replace the form.
  if (!(main.target === document.body ? main.fragment.querySelector("main") : form)) {
    event.preventDefault();
    return showOffline(ctx);
  }
  ctx.swapsForm = true;
  if (isPoll(ctx)) return handlePolledForm(ctx, form);
  changesWhileEditing.clear();
  if (isSave(ctx)) handleSavedForm(ctx);
  else if (form) reconcile(form);
});

function restoreFocus(box) {
  const target = focusTarget(box);
  if (target !== document.activeElement) target?.focus({ preventScroll: true });
}

document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
  if (!ctx.swapsForm) {
    if (!isPoll(ctx)) refreshUnsaved();
    return;
  }
  applyUnsaved();
  if (isPoll(ctx)) return restoreFocus(ctx.focusedBox);
  resetDateField();
  const status = find("#status");
  if (ctx.target.id === "manage" && !status.firstElementChild) {
    status.append(createElement("span", find("#day-title").textContent));
  }
  if (ctx.response.status >= 400 && document.activeElement?.matches("body, [type=submit]")) {
    focusTarget(find("#errors, .day [aria-invalid]"))?.focus();
  }
});

document.addEventListener("htmx:error", ({ detail: { ctx } }) => {
  if (ctx && ctx.text === undefined) showOffline(ctx);
});

document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => {
  if (isSave(ctx)) lastSaveResponseAt = performance.now();
});

applyUnsaved();
resetDateField();
