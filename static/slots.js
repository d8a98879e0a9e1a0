// What the page does beyond plain HTML and htmx: ranges of boxes, and care for ticks that are not saved yet.
// Every listener is on the document, so that what htmx swaps in needs no binding.

const OUT_OF_REACH =
  "The server could not be reached. Nothing is lost: your ticks are still here. Please try again.";

// Unsaved ticks by day, as long as this document lives:
// "dr-lee/2026-11-23" -> { title, ticks: Map of a box's value -> ticked }.
const kept = new Map();
let lastClicked;

const find = (selector) => document.querySelector(selector);
const day = () => find("form.day");
const boxes = (within = day()) => [...(within?.querySelectorAll("[name=ticked]:enabled") ?? [])];
const isStored = (box) => "stored" in box.dataset;
const isSave = (ctx) => ctx.sourceElement.matches("form.day");

function keep(differing) {
  const { day: key } = day().dataset;
  if (!differing.length) return kept.delete(key);
  const ticks = new Map(differing.map((box) => [box.value, box.checked]));
  kept.set(key, { title: find("#day-title").textContent, ticks });
}

// Says how much is unsaved. Not a live region: it would talk at every tick; Save is described by it.
function refresh() {
  const form = day();
  if (!form) return;
  const unsaved = boxes().filter((box) => box.checked !== isStored(box));
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
  const date = find("#date");
  if (date !== document.activeElement) date.value = date.defaultValue;
  refresh();
}

// An alert is read aloud whenever it is written, so polls that fail one after the other write it once.
function say(words) {
  const notice = find("#notice"); // an error page has none
  if (notice && notice.textContent !== words) notice.textContent = words;
}

function unreachable() {
  say(OUT_OF_REACH);
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

// Arrows go from box to box in time order, as in a group of radio buttons; with Shift they take the tick along.
document.addEventListener("keydown", (event) => {
  const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
  if (!step || event.target.name !== "ticked" || event.altKey || event.ctrlKey || event.metaKey) return;
  event.preventDefault(); // the page would scroll
  const all = boxes();
  const next = all[all.indexOf(event.target) + step];
  if (!next) return;
  if (event.shiftKey) tick([next], event.target.checked);
  lastClicked = next.value;
  next.focus();
});

document.addEventListener("htmx:config:request", (event) => {
  const { request, sourceElement } = event.detail.ctx;
  // Going back, htmx 4.0.1 leaves out its own headers, and would be given JSON.
  if (request.headers["HX-History-Restore-Request"]) request.headers.Accept = "text/html";
  // A typed year passes through 0002, 0020 and 0202: only a date of the calendar is asked for.
  if (sourceElement.id === "pick" && !sourceElement.checkValidity()) event.preventDefault();
});

// Words that come again are read aloud again only if they went away first.
document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => {
  if (ctx.sourceEvent?.type === "every") return; // a poll, which she did not ask for
  say("");
  if (!isSave(ctx)) return;
  find("#status").replaceChildren();
  find("#unsaved").textContent = "Saving…";
});

document.addEventListener("htmx:before:swap", (event) => {
  const { ctx, tasks } = event.detail;
  const main = tasks.find((task) => task.type === "main");
  if (find("#notice")?.textContent === OUT_OF_REACH) say("");
  if (!main || main.swapSpec.style === "none") return;
  if (main.target.id === "notice") {
    ctx.push = null; // htmx would change the address, although the date stays
    return;
  }
  // A gateway's error, say, that would wipe out the form.
  if (!main.fragment.querySelector(main.target === document.body ? "main" : "form.day")) {
    event.preventDefault();
    return unreachable();
  }
  // The answer to a save is the truth about every tick it was sent; those made since are kept.
  if (isSave(ctx)) {
    const sent = new Set(ctx.request.body.getAll("ticked"));
    keep(boxes().filter((box) => box.checked !== sent.has(box.value)));
  }
  ctx.redraws = true;
});

document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
  if (!ctx.redraws) return refresh();
  redraw();
  const status = find("#status");
  if (ctx.target.id === "manage" && !status.firstElementChild) {
    status.append(Object.assign(document.createElement("span"), { textContent: find("#day-title").textContent }));
  }
  if (ctx.response.status >= 400 && document.activeElement?.matches("body, [type=submit]")) {
    const first = find("#errors, .day [aria-invalid]");
    first?.focus();
    first?.scrollIntoView({ block: "nearest" }); // it may be disabled by now, and so not take the focus
  }
});

document.addEventListener("htmx:error", ({ detail: { ctx } }) => {
  if (ctx && ctx.text === undefined) unreachable();
});

redraw();
