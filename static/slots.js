// What the page does beyond plain HTML and htmx: ranges of boxes, and care for what the doctor has not saved or
// not read yet, whatever is swapped meanwhile. Every listener is on the document, so that what htmx swaps in
// needs no binding.

const OUT_OF_REACH =
  "The server could not be reached. Nothing is lost: your ticks are still here. Please try again.";
const OUT_OF_DATE =
  "The server cannot be reached, so this page may be out of date. Your ticks are still here, and it keeps trying.";

// Unsaved ticks by day, as long as this document lives:
// "dr-lee/2026-11-23" -> { title, ticks: Map of a box's value -> ticked }.
const kept = new Map();
// The last save, as long as no answer has come: { day, asked: Map of a box's value -> ticked }. It may be stored.
let unanswered;
let answeredAt = 0;
// What polls have told since she last asked for the form herself, the newest first: a box's value -> { kind, time }.
let meanwhile = new Map();
let lastClicked;

const find = (selector) => document.querySelector(selector);
const day = () => find("form.day");
const boxes = (within = day()) => [...(within?.querySelectorAll("[name=ticked]:enabled") ?? [])];
const isStored = (box) => "stored" in box.dataset;
const isSave = (ctx) => ctx.sourceElement.matches("form.day");
const isPoll = (ctx) => ctx.sourceEvent?.type === "every";
const make = (tag, words) => Object.assign(document.createElement(tag), { textContent: words });

// Otherwise than what is stored, as far as the page knows, or than what was sent without an answer.
function isUnsaved(box) {
  const sent = unanswered?.day === day().dataset.day ? unanswered.asked.get(box.value) : undefined;
  return box.checked !== isStored(box) || box.checked !== (sent ?? box.checked);
}

function keep(differing) {
  const { day: key } = day().dataset;
  const ticks = new Map(differing.map((box) => [box.value, box.checked]));
  // A slot that is held cannot be changed, but a hold may run out: what she wanted of it waits for that.
  for (const { value } of day().querySelectorAll("[data-kind=held] [name=ticked]")) {
    const waiting = kept.get(key)?.ticks.get(value);
    if (waiting !== undefined) ticks.set(value, waiting);
  }
  if (ticks.size) kept.set(key, { title: find("#day-title").textContent, ticks });
  else kept.delete(key);
}

// Says how much is unsaved. Not a live region: it would talk at every tick; Save is described by it.
function refresh() {
  const form = day();
  if (!form) return;
  const unsaved = boxes().filter(isUnsaved);
  keep(unsaved);
  const here = unsaved.length && `${unsaved.length} ${unsaved.length > 1 ? "changes" : "change"} not saved yet`;
  const elsewhere = [...kept].filter(([key]) => key !== form.dataset.day);
  const named = elsewhere.slice(0, 2).map(([, { title, ticks }]) => `${title} (${ticks.size})`);
  if (elsewhere.length > 2) named.push(`${elsewhere.length - 2} more days`); // the bar must stay low
  const there = named.join(", ");
  const line = find("#unsaved");
  if (line) line.textContent = [here, there && `Also not saved: ${there}`].filter(Boolean).join(". ");
}

// A morph never changes a box that was touched before (its `checked` is "dirty"), however long ago.
// So what is drawn is set again here: the server's word, but for the ticks that are kept.
function redraw() {
  const form = day();
  if (!form) return;
  const ticks = kept.get(form.dataset.day)?.ticks;
  for (const box of form.querySelectorAll("[name=ticked]")) {
    box.checked = (box.disabled ? undefined : ticks?.get(box.value)) ?? box.defaultChecked;
  }
  refresh();
}

// For a typed date, the same; polls leave it alone, since it may be on its way.
function redrawDate() {
  const date = find("#date");
  if (date && date !== document.activeElement) date.value = date.defaultValue;
}

// The notice above the form is `of` a poll, a save, or something else that failed.
const isOf = (what) => find("#notice")?.dataset.of === what;
const what = (ctx) => (isPoll(ctx) ? "poll" : isSave(ctx) ? "save" : "else");

// An alert is read aloud whenever it is written, so polls that fail one after the other write it once.
function say(words, of = "") {
  const notice = find("#notice"); // an error page has none
  if (!notice) return;
  notice.dataset.of = of;
  if (notice.textContent === words) return;
  const top = () => day()?.getBoundingClientRect().top ?? 0;
  const before = top();
  notice.textContent = words;
  scrollBy(0, top() - before); // what she is about to click does not move away
}

// A poll's complaint never takes the place of what she has not read about a request of her own.
function complain(words) {
  if (isOf("poll") || !find("#notice")?.textContent.trim()) say(words, "poll");
}

function unreachable(ctx) {
  if (isPoll(ctx)) return complain(OUT_OF_DATE);
  say(OUT_OF_REACH, what(ctx));
  refresh();
}

function tick(some, checked) {
  for (const box of some) box.checked = checked;
  refresh();
}

document.addEventListener("change", refresh);

document.addEventListener("click", (event) => {
  const { target, shiftKey } = event;
  if (target.name === "ticked") {
    const all = boxes();
    const from = all.findIndex((box) => box.value === lastClicked);
    const to = all.indexOf(target);
    if (shiftKey && from >= 0) tick(all.slice(Math.min(from, to), Math.max(from, to) + 1), target.checked);
    lastClicked = target.value;
  } else if (target.dataset?.tick) {
    tick(boxes(target.closest("fieldset")), target.dataset.tick === "all");
  } else if (target.type === "submit" && event.detail > 1) {
    event.preventDefault(); // the second click of a double click: it would say "nothing to save"
  }
});

// A disabled box cannot have the focus; its list item takes it.
const boxAt = (element) => element?.closest?.(".day li[data-kind]")?.querySelector("[name=ticked]");
const placeOf = (box) => (box?.disabled ? box.closest("li") : box);

// Arrows go from box to box in time order, as in a group of radio buttons; with Shift they take the tick along.
document.addEventListener("keydown", (event) => {
  const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
  const box = step && boxAt(event.target);
  if (!box || event.altKey || event.ctrlKey || event.metaKey) return;
  event.preventDefault(); // the page would scroll
  const all = [...day().querySelectorAll("[name=ticked]")];
  let place = all.indexOf(box) + step;
  while (all[place]?.disabled) place += step;
  const next = all[place];
  if (!next) return;
  if (event.shiftKey && !box.disabled) tick([next], box.checked);
  lastClicked = next.value;
  next.focus();
});

// --- What a poll brings

const STORED = ["free", "booked", "held"];
const BECAME = {
  free: "free now",
  booked: "booked now",
  held: "held now",
  off: "no longer offered",
  blocked: "overlapped by another slot now",
  past: "past now",
};

// The boxes of a form, by value.
function drawn(form) {
  const items = [...form.querySelectorAll("li[data-kind]")].map((item) => {
    const time = item.querySelector(".time").textContent.trim().replace(/\s+/g, " ");
    return [item.querySelector("[name=ticked]").value, { kind: item.dataset.kind, time }];
  });
  return new Map(items);
}

// The new kind of a box, where that is worth a word: that time passes is, if a tick is lost by it.
function change(before, now, isTouched) {
  const kind = now?.kind ?? "off";
  if (kind === before?.kind) return undefined;
  if (STORED.includes(kind) || isTouched) return kind;
  return STORED.includes(before?.kind) && kind !== "past" ? "off" : undefined;
}

// What is otherwise in the new form than in the old, but for what she asked for herself.
function news(old, form, own) {
  const [before, now] = [drawn(old), drawn(form)];
  const touched = kept.get(form.dataset.day)?.ticks;
  const found = new Map();
  for (const value of [...new Set([...before.keys(), ...now.keys()])].sort()) {
    const [was, is] = [before.get(value), now.get(value)];
    const kind = change(was, is, touched?.has(value));
    if (kind && !own.has(value)) found.set(value, { kind, time: (is ?? was).time });
    if (!kind && was?.time !== is?.time) found.set("", { kind: "grid" });
  }
  return found;
}

function sentence(kind, times) {
  if (kind === "grid") return "The sessions of this day were changed";
  const named = times.length > 3 ? [...times.slice(0, 2), `${times.length - 2} more`] : times;
  const subject = named.length > 1 ? `${named.slice(0, -1).join(", ")} and ${named.at(-1)} are` : `${named[0]} is`;
  return `${subject} ${BECAME[kind]}`;
}

function tell(form, found) {
  meanwhile = new Map([...found, ...[...meanwhile].filter(([value]) => !found.has(value))]);
  if (!meanwhile.size) return;
  const byKind = new Map();
  for (const { kind, time } of meanwhile.values()) byKind.set(kind, [...(byKind.get(kind) ?? []), time]);
  const list = make("ul", "");
  list.dataset.news = "";
  list.append(...[...byKind].map(([kind, times]) => make("li", sentence(kind, times))));
  const status = form.querySelector("#status");
  status.querySelector("[data-news]")?.remove();
  status.append(list);
}

// A poll knows nothing of the last save: what that said stays until the next one, or another date.
function carryOver(old, form) {
  for (const box of old.querySelectorAll("[aria-invalid]")) {
    const same = form.querySelector(`#${box.id}`);
    if (!same) continue; // no box, no reason beside it; the message has it too
    for (const name of ["aria-invalid", "aria-describedby"]) same.setAttribute(name, box.getAttribute(name));
    same.closest("li").append(old.querySelector(`#${box.id}-error`).cloneNode(true));
  }
  const errors = old.querySelector("#errors");
  if (errors) form.querySelector("header").after(errors.cloneNode(true));
  form.querySelector("#status").replaceWith(old.querySelector("#status").cloneNode(true));
}

// A save without an answer may have been carried out all the same. If so, says it and gives back what it asked.
function settle(form) {
  const { asked } = unanswered?.day === form.dataset.day ? unanswered : { asked: new Map() };
  const now = drawn(form);
  const isDone = ([value, ticked]) => STORED.includes(now.get(value)?.kind) === ticked;
  if (!asked.size || ![...asked].every(isDone)) return new Map();
  unanswered = undefined;
  if (isOf("save")) say("");
  const status = form.querySelector("#status");
  status.dataset.kind = "success";
  status.replaceChildren(make("p", "Your last save got through after all"));
  return asked;
}

// --- What htmx tells

document.addEventListener("htmx:config:request", (event) => {
  const { ctx } = event.detail;
  const { request, sourceElement } = ctx;
  // Going back, htmx 4.0.1 leaves out its own headers, and would be given JSON.
  if (request.headers["HX-History-Restore-Request"]) request.headers.Accept = "text/html";
  // A typed year passes through 0002, 0020 and 0202: only a date of the calendar is asked for.
  if (sourceElement.id === "pick" && !sourceElement.checkValidity()) event.preventDefault();
  if (isPoll(ctx) && document.hidden) event.preventDefault();
});

document.addEventListener("visibilitychange", () => {
  if (!document.hidden) find("[hx-trigger^=every]")?.dispatchEvent(new Event("every"));
});

// Words that come again are read aloud again only if they went away first.
document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => {
  if (isPoll(ctx)) return; // she did not ask for it
  const { sourceElement, sourceEvent, request } = ctx;
  // A click that waited for the click before it leads where its link leads by now.
  if (sourceElement.matches("nav a")) request.action = sourceElement.getAttribute("hx-get") ?? request.action;
  // One that waited for a save takes away what she has not read of it: a notice stays, a refusal becomes one.
  if (!(sourceEvent?.timeStamp < answeredAt)) say("");
  else if (find("#status[data-kind=error] > p")) {
    say(`${find("#day-title").textContent}: ${find("#status > p").textContent}`, "save");
  }
  if (!isSave(ctx)) return;
  const asked = new Map(boxes().filter(isUnsaved).map((box) => [box.value, box.checked]));
  unanswered = { day: day().dataset.day, asked };
  find("#status").replaceChildren();
  find("#unsaved").textContent = "Saving…";
});

document.addEventListener("htmx:before:swap", (event) => {
  const { ctx, tasks } = event.detail;
  const main = tasks.find((task) => task.type === "main");
  if (!main || main.swapSpec.style === "none") {
    if (isOf("poll")) say(""); // nothing new, but the server is there
    return;
  }
  if (main.target.id === "notice") {
    ctx.push = null; // htmx would change the address, although the date stays
    if (isSave(ctx) && ctx.response.status < 500) unanswered = undefined;
    if (!isPoll(ctx)) return void (main.target.dataset.of = what(ctx));
    event.preventDefault();
    return complain(main.fragment.textContent.trim());
  }
  const form = main.fragment.querySelector("form.day");
  // A gateway's error, say, that would wipe out the form.
  if (!(main.target === document.body ? main.fragment.querySelector("main") : form)) {
    event.preventDefault();
    return unreachable(ctx);
  }
  ctx.redraws = true;
  if (isPoll(ctx)) {
    if (isOf("poll")) say("");
    carryOver(day(), form);
    tell(form, news(day(), form, settle(form)));
    ctx.box = boxAt(document.activeElement);
    return;
  }
  meanwhile.clear();
  if (!isSave(ctx)) return void (form && settle(form));
  unanswered = undefined;
  if (ctx.response.status >= 400) return; // not saved: all that was unsaved still is
  // The answer is the truth about every tick that was sent; those made since are kept.
  const sent = new Set(ctx.request.body.getAll("ticked"));
  keep(boxes().filter((box) => box.checked !== sent.has(box.value)));
});

document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
  if (isPoll(ctx) && !ctx.redraws) return; // nothing new
  if (!ctx.redraws) return refresh();
  redraw();
  if (isPoll(ctx)) {
    const place = placeOf(ctx.box);
    if (place !== document.activeElement) place?.focus({ preventScroll: true });
    return;
  }
  redrawDate();
  const status = find("#status");
  if (ctx.target.id === "manage" && !status.firstElementChild) {
    status.append(make("span", find("#day-title").textContent));
  }
  if (ctx.response.status >= 400 && document.activeElement?.matches("body, [type=submit]")) {
    placeOf(find("#errors, .day [aria-invalid]"))?.focus();
  }
});

document.addEventListener("htmx:error", ({ detail: { ctx } }) => {
  if (ctx && ctx.text === undefined) unreachable(ctx);
});

document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => {
  if (isSave(ctx)) answeredAt = performance.now();
});

redraw();
redrawDate();
