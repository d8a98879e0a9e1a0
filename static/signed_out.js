// The end of the login session, or of the access, on an open page: its content is removed.

import { createElement, find, scheduleForm } from "./dom.js";
import { text } from "./texts.js";
import { countUnsaved } from "./unsaved.js";

// Without activity a session ends after so long (IDLE_TIMEOUT in sessions.py), and polls are no activity.
const IDLE_TIMEOUT_MS = 30 * 60_000;
const CHECK_INTERVAL_MS = 60_000;

let isContentRemoved = false;
let confirmedAt = Date.now();

export const isSignedOut = () => isContentRemoved;

// The server has responded as to a signed-in user.
export function confirmSession() {
  confirmedAt = Date.now();
}

// Whether the session must be over, although the server could not say so. Without sign-in there is no session.
export const mustBeSignedOut = () => find(".account") !== null && Date.now() - confirmedAt > IDLE_TIMEOUT_MS;

// The unsaved changes stay in the tab's storage.
function replaceContent(title, sentences, linkText, href) {
  isContentRemoved = true;
  find("#changes")?.remove();
  for (const element of document.querySelectorAll(".account, .switch, .sections")) element.remove();
  document.title = `${title} – MediLink Slots`;
  const message = createElement("div");
  message.setAttribute("role", "alert");
  const link = createElement("p");
  link.append(Object.assign(createElement("a", linkText), { href }));
  message.append(createElement("h1", title), ...sentences.map((sentence) => createElement("p", sentence)), link);
  find("main").replaceChildren(message);
}

// The link is to this page, which leads to the sign-in and back: an empty URL is that of the page.
export function showSignedOut() {
  if (isContentRemoved) return;
  const count = countUnsaved();
  replaceContent(text("signedOut"), count ? [text("unsavedStay", { count })] : [], text("signIn"), "");
}

// Another user has signed in in this browser, or this one may no longer see the schedule.
export function showForbidden(reason) {
  replaceContent(text("noAccess"), [reason], text("openOwnSchedule"), scheduleForm().getAttribute("action"));
}

// A page without polls asks for itself again. The condition says that this is no activity of the user (If-None-Match).
async function checkSession() {
  if (document.hidden || !find(".account") || find("#poll")) return;
  const headers = { Accept: "text/html", "HX-Request": "true", "If-None-Match": '"none"' };
  const status = await fetch(location.href, { headers }).then((response) => response.status, () => 0);
  if (status === 401) showSignedOut();
  else if (status && status < 500) confirmSession();
  else if (mustBeSignedOut()) showSignedOut();
}

document.addEventListener("visibilitychange", checkSession);
setInterval(() => mustBeSignedOut() && checkSession(), CHECK_INTERVAL_MS);
