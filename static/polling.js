// When to poll: often for a minute after something changed or the user touched the page, then seldom, never while
// the page is hidden. One request polls all dates that are shown.

import { find } from "./dom.js";

const OFTEN_MS = 2_000;
const SELDOM_MS = 10_000;
const OFTEN_FOR_MS = 60_000;

let activeAt = performance.now();
let polledAt = activeAt;

export function expectChanges() {
  activeAt = performance.now();
}

export function poll() {
  polledAt = performance.now();
  find("#poll")?.dispatchEvent(new Event("poll"));
}

export function isPollDue(now) {
  const interval = now - activeAt < OFTEN_FOR_MS ? OFTEN_MS : SELDOM_MS;
  return now - polledAt > interval - OFTEN_MS / 2; // timers are late at times
}

setInterval(() => !document.hidden && isPollDue(performance.now()) && poll(), OFTEN_MS);

document.addEventListener("visibilitychange", () => !document.hidden && poll());
for (const type of ["pointerdown", "keydown"]) document.addEventListener(type, expectChanges);
