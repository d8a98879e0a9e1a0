// The history beside the day: loaded when the user opens it, and again when the boxes have changed.

import { find } from "./dom.js";

export const refreshHistory = () => find(".history[open]")?.dispatchEvent(new Event("refresh"));

document.addEventListener("toggle", ({ target }) => target.matches(".history[open]") && refreshHistory(), true);
