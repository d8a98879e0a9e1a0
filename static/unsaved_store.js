// Keeps unsaved changes in the tab's session storage, so that a reload or another page does not lose them. It holds
// doctors, dates and times, never patient data, and only what the signed-in user changed.

import { find } from "./dom.js";

const KEY = "unsaved";
let isClosed = false;

const signedInUser = () => find(".account strong")?.textContent;

function read() {
  try {
    return JSON.parse(sessionStorage.getItem(KEY)) ?? { days: [] };
  } catch {
    return { days: [] }; // there is no storage
  }
}

function write(text) {
  try {
    if (text === undefined) sessionStorage.removeItem(KEY);
    else sessionStorage.setItem(KEY, text);
  } catch {
    // Without storage the changes stay until the page is left.
  }
}

// Unsaved changes by day: "dr-lee/2026-11-23" -> { title, version, ticks: Map of a box's value -> { checked, time } }.
// Those of another user are dropped; an error page does not say who is signed in.
export function loadUnsaved() {
  const { user, days } = read();
  if (signedInUser() !== undefined && user !== undefined && user !== signedInUser()) {
    write(undefined);
    return new Map();
  }
  return new Map(days.map(([key, day]) => [key, { ...day, ticks: new Map(day.ticks) }]));
}

export function storeUnsaved(unsaved) {
  if (isClosed) return;
  const days = [...unsaved].map(([key, day]) => [key, { ...day, ticks: [...day.ticks] }]);
  write(days.length ? JSON.stringify({ user: signedInUser(), days }) : undefined);
}

// Nothing is stored from now on, because the user signs out.
export function closeStore() {
  isClosed = true;
  write(undefined);
}
