// The notice above the form: an error of a poll, of a save, or of another request.

import { dayForm, find } from "./dom.js";

const SAVE_FAILED = "We couldn't save because you're offline. Your changes are still here. Try again in a moment.";
const LOAD_FAILED = "We couldn't load this because you're offline. Your changes are still here. Try again in a moment.";
const OFFLINE =
  "You're offline. This page may be out of date. Your changes are safe; we'll keep trying to reconnect.";

export const isSave = (ctx) => ctx.sourceElement.matches("form.day");
export const isPoll = (ctx) => ctx.sourceEvent?.type === "every";
export const noticeIs = (source) => find("#notice")?.dataset.of === source;
export const sourceOf = (ctx) => (isPoll(ctx) ? "poll" : isSave(ctx) ? "save" : "else");

// Screen readers read an alert whenever it is written, so the same text is written once.
export function showNotice(text, source = "") {
  const notice = find("#notice"); // an error page has none
  if (!notice) return;
  notice.dataset.of = source;
  if (notice.textContent === text) return;
  const top = () => dayForm()?.getBoundingClientRect().top ?? 0;
  const before = top();
  notice.textContent = text;
  scrollBy(0, top() - before); // what the user is about to click stays in place
}

export const clearNotice = () => showNotice("");

// An error of a poll never replaces an unread error of the user's own request.
export function showPollError(text) {
  if (noticeIs("poll") || !find("#notice")?.textContent.trim()) showNotice(text, "poll");
}

export function showOffline(ctx) {
  if (isPoll(ctx)) showPollError(OFFLINE);
  else showNotice(isSave(ctx) ? SAVE_FAILED : LOAD_FAILED, sourceOf(ctx));
}

// A request that waited for a save: its unread notice stays, and its unread error message becomes a notice.
export function keepUnreadMessage() {
  if (!find("#status[data-kind=error] > p")) return;
  showNotice(`${find("#day-title").textContent}: ${find("#status > p").textContent}`, "save");
}
