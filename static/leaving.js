// Asks before unsaved changes are lost: closing the tab, or leaving the site, ends the storage that keeps them.
// Links and forms of the site keep them, and so does a reload.

import { countUnsaved } from "./unsaved.js";
import { isStorageUsable } from "./unsaved_store.js";

const NAVIGATION_STARTS_WITHIN_MS = 1_000;
let stayingSince = -Infinity;

const isReload = ({ key, ctrlKey, metaKey }) => key === "F5" || ((ctrlKey || metaKey) && key.toLowerCase() === "r");
const isOnSite = (url) => new URL(url, location.href).origin === location.origin;

function noteNavigation(event) {
  const { target, type } = event;
  const url = type === "submit" ? target.action : target.closest?.("a[href]")?.href;
  if (type === "keydown" ? isReload(event) : url && isOnSite(url)) stayingSince = performance.now();
}

export const mayLoseChanges = () =>
  countUnsaved() > 0 && !(isStorageUsable && performance.now() - stayingSince < NAVIGATION_STARTS_WITHIN_MS);

for (const type of ["click", "submit", "keydown"]) document.addEventListener(type, noteNavigation);
addEventListener("beforeunload", (event) => mayLoseChanges() && event.preventDefault());
