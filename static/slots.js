// What the page does beyond plain HTML and htmx: this file decides what a swap keeps. All listeners are on the
// document, so that elements which htmx swaps in need no listeners of their own.

import { resetDateField } from "./date_field.js";
import { boxAt, editableBoxes, find, focusTarget, scheduleForm } from "./dom.js";
import { refreshHistory } from "./history.js";
import "./keyboard.js";
import "./leaving.js";
import { clearNews, findChanges, reconcile, restoreLocalState, showNews } from "./news.js";
import { clearNotice, clearOffline, isPoll, isSave, isUndo, keepUnreadMessage } from "./notice.js";
import { showOffline, showPollError, sourceOf } from "./notice.js";
import { expectChanges, poll } from "./polling.js";
import { applyUnsaved, keepUnsaved, restoreAtLoad, restoreUnsaved } from "./restore.js";
import "./review.js";
import { refreshUnsaved } from "./save_bar.js";
import { confirmSession, isSignedOut, mustBeSignedOut, showForbidden, showSignedOut } from "./signed_out.js";
import { restoreColumn } from "./strip.js";
import { text } from "./texts.js";
import { endPendingSave, rememberUnsaved, startPendingSave } from "./unsaved.js";

let lastSaveResponseAt = 0;

// The month beside the week loads by itself.
const isRail = (ctx) => ctx.sourceElement.id === "rail";
// Parts of a page that hold no boxes: the month, a plan, the history of a day, changes, and the week of settings.
const isPart = (target) => target.matches("#rail, #plan, #feed, #preview, .history > div");

// --- Requests

document.addEventListener("htmx:config:request", ({ detail: { ctx } }) => {
  const { headers } = ctx.request;
  // When the user goes back, htmx 4.0.1 leaves out its own headers: without them the server would return JSON.
  if (headers["HX-History-Restore-Request"]) headers.Accept = "text/html";
});

function startSave() {
  startPendingSave();
  find("#status").replaceChildren();
  find("#summary").textContent = text("saving");
}

// Messages are cleared first: a screen reader reads the same text again only if it was gone in between.
document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => {
  if (ctx.sourceElement.matches("#poll, #rail, .history, .step")) return; // its result has its own place
  const { sourceElement, sourceEvent, request } = ctx;
  // A click that waited for the click before it follows the current URL of its link.
  if (sourceElement.matches("nav a")) request.action = sourceElement.getAttribute("hx-get") ?? request.action;
  if (sourceEvent?.timeStamp < lastSaveResponseAt) keepUnreadMessage();
  else clearNotice();
  if (isSave(ctx)) startSave();
});

// --- Responses

function handlePollNotice(status, sentence) {
  if (status === 403) showForbidden(sentence);
  else if (mustBeSignedOut()) showSignedOut();
  else showPollError(sentence);
}

function handleNotice(event, main) {
  const { ctx } = event.detail;
  const { status } = ctx.response;
  ctx.push = null; // htmx would change the URL, although the date stays
  if (status === 401 || isPoll(ctx)) event.preventDefault();
  if (status === 401) return showSignedOut();
  if (isPoll(ctx)) return handlePollNotice(status, main.fragment.textContent.trim());
  if (isSave(ctx) && status < 500) endPendingSave();
  main.target.dataset.of = sourceOf(ctx);
}

function handlePolledForm(form) {
  clearOffline();
  expectChanges();
  restoreLocalState(scheduleForm(), form);
  showNews(form, findChanges(scheduleForm(), form, reconcile(form)));
}

// After a successful save the response is the truth about every tick that was sent. Later ticks stay unsaved.
function handleSavedForm(ctx) {
  endPendingSave();
  expectChanges();
  if (ctx.response.status >= 400) return; // what was not saved stays unsaved
  const sent = new Set(ctx.request.body.getAll("ticked"));
  rememberUnsaved(editableBoxes().filter((box) => box.checked !== sent.has(box.value)));
}

// The same dates again need no entry of their own in the browser's history.
function handleOpenedForm(ctx, form) {
  const now = scheduleForm()?.dataset;
  if (form.dataset.days === now?.days) ctx.push = null;
  reconcile(form);
}

document.addEventListener("htmx:before:swap", (event) => {
  const { ctx, tasks } = event.detail;
  if (isSignedOut()) return event.preventDefault(); // a late response
  const main = tasks.find((task) => task.type === "main");
  if (!main || main.swapSpec.style === "none") {
    confirmSession();
    clearOffline(); // nothing has changed, but the server responds again
    return;
  }
  if (isPart(main.target)) return confirmSession();
  if (isRail(ctx)) return event.preventDefault();
  if (main.target.id === "notice") return handleNotice(event, main);
  const form = main.fragment.querySelector("#schedule");
  // Without a form this is not our page: a gateway's error, for example, would replace the form.
  if (!(main.target === document.body ? main.fragment.querySelector("main") : form)) {
    event.preventDefault();
    return handleFailure(ctx);
  }
  confirmSession();
  ctx.swapsForm = true;
  ctx.focused = document.activeElement;
  if (isPoll(ctx)) return handlePolledForm(form);
  clearNews();
  if (isSave(ctx)) handleSavedForm(ctx);
  else if (form) handleOpenedForm(ctx, form);
});

// A box that was booked is disabled and loses the focus to its parent; what is gone or hidden, to the message.
function restoreFocus({ focused }) {
  const target = focusTarget(boxAt(focused)) ?? focused;
  if (!target.getClientRects().length) find("#status").focus();
  else if (target !== document.activeElement) target.focus({ preventScroll: true });
}

document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
  if (!ctx.swapsForm) {
    if (!isPoll(ctx)) refreshUnsaved();
    return;
  }
  restoreColumn();
  if (isPoll(ctx) || isSave(ctx)) {
    keepUnsaved();
    restoreFocus(ctx);
    refreshHistory();
  } else restoreUnsaved();
  if (!isPoll(ctx)) resetDateField();
  if (isSave(ctx)) find("#status[data-kind=error]")?.focus();
  if (!isUndo(ctx)) return;
  find("#status").focus(); // the button that had the focus is gone
  refreshHistory();
});

function handleFailure(ctx) {
  if (isRail(ctx)) return; // without its month, the page is still whole
  if (isPoll(ctx) && mustBeSignedOut()) return showSignedOut();
  showOffline(ctx);
  if (!isPoll(ctx)) refreshUnsaved();
}

document.addEventListener("htmx:error", ({ detail: { ctx } }) => {
  if (ctx && ctx.text === undefined) handleFailure(ctx);
});

document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => {
  if (isSave(ctx)) lastSaveResponseAt = performance.now();
});

// A page that the browser kept as it was left: another page of this tab may have saved since.
// WebKit clears the form in a later task, because it is without autocompletion.
addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  restoreUnsaved();
  setTimeout(applyUnsaved);
  poll();
});

// Why a slot is open is a script of its own, which the focus of a box loads; offline, the line stays empty.
document.addEventListener("focusin", ({ target }) => {
  if (boxAt(target) && find("#origin")) import(find("#origin").dataset.script).catch(() => {});
});

restoreAtLoad();
resetDateField();
