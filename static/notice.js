// The notice above the form: an error of a poll, of a save, or of another request.

import { find, scheduleForm } from "./dom.js";
import { text } from "./texts.js";

export const isSave = (ctx) => ctx.sourceElement.id === "schedule";
export const isUndo = (ctx) => ctx.sourceElement.id === "undo";
export const isPoll = (ctx) => ctx.sourceElement.id === "poll";
export const noticeIs = (source) => find("#notice")?.dataset.of === source;
export const sourceOf = (ctx) => (isPoll(ctx) ? "poll" : isSave(ctx) ? "save" : "else");

// Screen readers read an alert whenever it is written, so the same text is written once.
export function showNotice(sentence, source = "") {
  const notice = find("#notice"); // an error page has none
  if (!notice) return;
  notice.dataset.of = source;
  delete notice.dataset.offline;
  if (notice.textContent === sentence) return;
  const top = () => scheduleForm()?.getBoundingClientRect().top ?? 0;
  const before = top();
  notice.textContent = sentence;
  scrollBy(0, top() - before); // what the user is about to click stays in place
}

export const clearNotice = () => showNotice("");

// An error of a poll never replaces an unread error of the user's own request.
export function showPollError(sentence) {
  if (noticeIs("poll") || !find("#notice")?.textContent.trim()) showNotice(sentence, "poll");
}

export function showOffline(ctx) {
  if (isPoll(ctx)) return showPollError(text("offline"));
  showNotice(text(isSave(ctx) ? "saveFailed" : "loadFailed"), sourceOf(ctx));
  const notice = find("#notice");
  if (notice) notice.dataset.offline = "";
}

// The server responds again: what a poll said is over, and so is that a save could not reach it.
export function clearOffline() {
  if (noticeIs("poll") || find("#notice[data-offline]")) clearNotice();
}

// A request that waited for a save: its unread notice stays, and its unread error message becomes a notice.
export function keepUnreadMessage() {
  if (!find("#status[data-kind=error] > p")) return;
  showNotice(`${find("#title").textContent}: ${find("#status > p").textContent}`, "save");
}
