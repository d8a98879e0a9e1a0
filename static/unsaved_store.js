// Keeps unsaved changes in the tab's session storage: they outlive links, reloads, a sign-out and a crash of the tab.
// It holds doctors, dates and times, never patient data. Each person sees only their own.

const storageKey = (person) => `unsaved:${person}`;
let memory = {};
export let isStorageUsable = true;

// The unsaved changes of a person by day:
// "dr-lee/2026-11-23" -> { title, doctor, version, ticks: a slot's key -> { checked, time } }
export function loadUnsaved(person) {
  try {
    if (isStorageUsable) return JSON.parse(sessionStorage.getItem(storageKey(person))) ?? {};
  } catch {
    isStorageUsable = false;
  }
  return memory[person] ?? {};
}

export function storeUnsaved(person, days) {
  memory[person] = days; // without storage the changes stay until the page is left
  try {
    if (Object.keys(days).length) sessionStorage.setItem(storageKey(person), JSON.stringify(days));
    else sessionStorage.removeItem(storageKey(person));
  } catch {
    isStorageUsable = false;
  }
}
