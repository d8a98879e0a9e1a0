// The page of a plan: its part #plan changes by its buttons, and by itself with each step until the plan is done.

const select = (selector) => document.querySelector(selector);
const isPlan = ({ tasks }) => tasks.some(({ type, target }) => type === "main" && target.id === "plan");

document.addEventListener("htmx:before:swap", (event) => {
  const { ctx, tasks } = event.detail;
  if (!isPlan(event.detail)) return;
  // Without the part this is not our page, but a gateway's error: the next attempt may succeed.
  if (!tasks.some(({ fragment }) => fragment?.querySelector("#plan"))) return event.preventDefault();
  select("#notice").replaceChildren();
  ctx.planFocus = document.activeElement;
});

// A button that is gone leaves its focus to the heading, which says what happens now.
document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
  if (ctx.planFocus && ctx.planFocus !== document.body && !ctx.planFocus.getClientRects().length) select("#plan-heading").focus();
});
