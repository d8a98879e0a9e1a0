// The page of a plan: its part #plan changes by its buttons, and by itself with each step until the plan is done.

import { find } from "./dom.js";
import { clearNotice } from "./notice.js";

export const isStep = (ctx) => ctx.sourceElement.id.startsWith("step-");
export const isPlan = (target) => target.id === "plan";

export function handlePlanPart(ctx) {
  ctx.swapsPlan = true;
  ctx.focused = document.activeElement;
  clearNotice();
}

// A button that is gone leaves its focus to the heading, which says what happens now.
export function restorePlanFocus({ focused }) {
  if (focused !== document.body && !focused.isConnected) find("#plan-heading").focus();
}
