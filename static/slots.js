// What the page does beyond plain HTML and htmx: this file decides what a swap keeps. All listeners are on the
// document, so that elements which htmx swaps in need no listeners of their own.

import { boxAt, createElement, dayForm, editableBoxes, find, focusTarget } from "./dom.js";
import { clearNews, findChanges, reconcile, restoreLocalState, showNews } from "./news.js";
import { clearNotice, isPoll, isSave, keepUnreadMessage, noticeIs } from "./notice.js";
import { showOffline, showPollError, sourceOf } from "./notice.js";
import "./selection.js";
import { confirmSession, isSignedOut, mustBeSignedOut, showForbidden, showSignedOut } from "./signed_out.js";
import { endPendingSave, keepUnsaved, refreshUnsaved } from "./unsaved.js";
import { rememberUnsaved, restoreUnsaved, startPendingSave } from "./unsaved.js";

let lastSaveResponseAt = 0;

// Polls leave a typed date alone, because the user may be typing.
function resetDateField() {
  const date = find("#date");
  if (date && date !== document.activeElement) date.value = date.defaultValue;
}

// --- Requests

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

function startSave() {
  startPendingSave();
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

// --- Responses

function handlePollNotice(status, text) {
  if (status === 403) showForbidden(text);
  else if (mustBeSignedOut()) showSignedOut();
  else showPollError(text);
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

function handlePolledForm(ctx, form) {
  if (noticeIs("poll")) clearNotice();
  restoreLocalState(dayForm(), form);
  showNews(form, findChanges(dayForm(), form, reconcile(form)));
  ctx.focusedBox = boxAt(document.activeElement);
}

// After a successful save the response is the truth about every tick that was sent. Later ticks stay unsaved.
function handleSavedForm(ctx) {
  endPendingSave();
  if (ctx.response.status >= 400) return; // nothing was saved
  const sent = new Set(ctx.request.body.getAll("ticked"));
  rememberUnsaved(editableBoxes().filter((box) => box.checked !== sent.has(box.value)));
}

// The same day again needs no entry of its own in the browser's history.
function handleOpenedDay(ctx, form) {
  if (form.dataset.day === dayForm()?.dataset.day) ctx.push = null;
  reconcile(form);
}

document.addEventListener("htmx:before:swap", (event) => {
  const { ctx, tasks } = event.detail;
  if (isSignedOut()) return event.preventDefault(); // a late response
  const main = tasks.find((task) => task.type === "main");
  if (!main || main.swapSpec.style === "none") {
    confirmSession();
    if (noticeIs("poll")) clearNotice(); // nothing has changed, but the server responds again
    return;
  }
  if (main.target.id === "notice") return handleNotice(event, main);
  const form = main.fragment.querySelector("form.day");
  // Without a form this is not our page: a gateway's error, for example, would replace the form.
  if (!(main.target === document.body ? main.fragment.querySelector("main") : form)) {
    event.preventDefault();
    return handleFailure(ctx);
  }
  confirmSession();
  ctx.swapsForm = true;
  if (isPoll(ctx)) return handlePolledForm(ctx, form);
  clearNews();
  if (isSave(ctx)) handleSavedForm(ctx);
  else if (form) handleOpenedDay(ctx, form);
});

function restoreFocus(box) {
  const target = focusTarget(box);
  if (target !== document.activeElement) target?.focus({ preventScroll: true });
}

// The title of the day is read out if there is no other message.
function showOpenedDay(ctx) {
  restoreUnsaved();
  const status = find("#status");
  if (ctx.target.id === "manage" && !status.firstElementChild) {
    status.append(createElement("span", find("#day-title").textContent));
  }
}

document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
  if (!ctx.swapsForm) {
    if (!isPoll(ctx)) refreshUnsaved();
    return;
  }
  if (isPoll(ctx)) {
    keepUnsaved();
    return restoreFocus(ctx.focusedBox);
  }
  if (isSave(ctx)) keepUnsaved();
  else showOpenedDay(ctx);
  resetDateField();
  if (ctx.response.status >= 400 && document.activeElement?.matches("body, [type=submit]")) {
    focusTarget(find("#errors, .day [aria-invalid]"))?.focus();
  }
});

function handleFailure(ctx) {
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

restoreUnsaved();
resetDateField();
