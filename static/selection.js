// Change several boxes at once: ranges, All and None, arrow keys.

import { boxAt, boxesOf, dayForm, editableBoxes } from "./dom.js";
import { refreshUnsaved } from "./unsaved.js";

let lastClickedValue;

function setChecked(boxes, checked) {
  for (const box of boxes) box.checked = checked;
  refreshUnsaved();
}

function selectRange(box) {
  const all = editableBoxes();
  const from = all.findIndex(({ value }) => value === lastClickedValue);
  const to = all.indexOf(box);
  if (from >= 0) setChecked(all.slice(Math.min(from, to), Math.max(from, to) + 1), box.checked);
}

document.addEventListener("change", refreshUnsaved);

document.addEventListener("click", (event) => {
  const { target } = event;
  if (target.name === "ticked") {
    if (event.shiftKey) selectRange(target);
    lastClickedValue = target.value;
  } else if (target.dataset?.tick) {
    setChecked(editableBoxes(target.closest("fieldset")), target.dataset.tick === "all");
  } else if (target.type === "submit" && event.detail > 1) {
    event.preventDefault(); // the second click of a double click would report "No changes to save"
  }
});

function nextEnabled(box, step) {
  const all = boxesOf(dayForm());
  let index = all.indexOf(box) + step;
  while (all[index]?.disabled) index += step;
  return all[index];
}

// Arrow keys move between boxes in time order, as in a group of radio buttons. With Shift they copy the tick.
document.addEventListener("keydown", (event) => {
  const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
  const box = step && boxAt(event.target);
  if (!box || event.altKey || event.ctrlKey || event.metaKey) return;
  event.preventDefault(); // the page would scroll
  const next = nextEnabled(box, step);
  if (!next) return;
  if (event.shiftKey && !box.disabled) setChecked([next], box.checked);
  lastClickedValue = next.value;
  next.focus();
});
