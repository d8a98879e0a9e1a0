// The end of the login session on an open page. Its content is removed, because others may see the screen.

import { createElement, find, plural } from "./dom.js";
import { countUnsaved, storeForNextSignIn } from "./unsaved.js";

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

function createMessage() {
  const message = createElement("div", "");
  message.setAttribute("role", "alert");
  message.append(createElement("h1", "You've been signed out"));
  const count = countUnsaved();
  if (count) message.append(createElement("p", `Your ${plural(count, "unsaved change")} will be here when you sign in.`));
  // To this page, which leads to the sign-in and back. An empty URL is that of the page, also after htmx changes it.
  const link = Object.assign(createElement("a", "Sign in"), { href: "" });
  const paragraph = createElement("p", "");
  paragraph.append(link);
  message.append(paragraph);
  return message;
}

export function showSignedOut() {
  if (isContentRemoved) return;
  isContentRemoved = true;
  storeForNextSignIn();
  find(".account")?.remove();
  document.title = "Signed out – MediLink Slots";
  find("main").replaceChildren(createMessage());
}

// A page without polls asks for itself again. The condition says that this is no activity of the user (If-None-Match).
async function checkSession() {
  if (document.hidden || !find(".account") || find("[hx-trigger^=every]")) return;
  const headers = { Accept: "text/html", "HX-Request": "true", "If-None-Match": '"none"' };
  const status = await fetch(location.href, { headers }).then((response) => response.status, () => 0);
  if (status === 401) showSignedOut();
  else if (status && status < 500) confirmSession();
  else if (mustBeSignedOut()) showSignedOut();
}

document.addEventListener("visibilitychange", checkSession);
setInterval(() => mustBeSignedOut() && checkSession(), CHECK_INTERVAL_MS);
