// Change several boxes at once: All and None, and ranges from an anchor, with the mouse or the keyboard.

import { editableBoxes, find, keyOf, scheduleForm } from "./dom.js";
import { refreshUnsaved } from "./save_bar.js";

// The boxes where a range starts and ends, and the ticks before it: it can become smaller again.
let anchorKey;
let endKey;
let ticksBefore = new Map();

export function setAnchor(box) {
  anchorKey = endKey = box && keyOf(box);
  ticksBefore = new Map();
}

// Columns are dates; in a column the boxes are in the order of time, several to a row if slots are short.
function placeOf(box) {
  const cell = box.closest("td");
  const position = [...cell.querySelectorAll("[name=ticked]")].indexOf(box);
  return { column: cell.cellIndex, order: cell.parentElement.rowIndex * 100 + position };
}

const isBetween = (value, one, other) => value >= Math.min(one, other) && value <= Math.max(one, other);

export function boxesBetween(from, to) {
  const [start, end] = [placeOf(from), placeOf(to)];
  return editableBoxes().filter((box) => {
    const { column, order } = placeOf(box);
    return isBetween(column, start.column, end.column) && isBetween(order, start.order, end.order);
  });
}

// The focus can have moved since the last range.
export const startRange = (box) => keyOf(box) !== endKey && setAnchor(box);

// Ticks or unticks all boxes from the anchor to this one, like the anchor.
export function extendRange(box) {
  endKey = keyOf(box);
  const boxes = editableBoxes();
  const anchor = boxes.find((other) => keyOf(other) === anchorKey) ?? box;
  const checked = anchor.checked;
  for (const other of boxes) other.checked = ticksBefore.get(keyOf(other)) ?? other.checked;
  for (const other of boxesBetween(anchor, box)) {
    if (!ticksBefore.has(keyOf(other))) ticksBefore.set(keyOf(other), other.checked);
    other.checked = checked;
  }
  boxesChanged();
}

// The message of the last save goes when the user goes on; what other users changed stays.
export function boxesChanged() {
  const status = find("#status");
  if (status.dataset.kind !== "error") {
    for (const message of status.querySelectorAll(":scope > p")) message.remove();
    delete status.dataset.kind;
  }
  refreshUnsaved();
}

// The buttons of a date's column are in its head, those of a session in its rows.
function boxesOfButton(button) {
  const { date } = button.closest("th").dataset;
  const boxes = editableBoxes(date ? scheduleForm() : button.closest("tbody"));
  return date ? boxes.filter((box) => box.closest("td").dataset.date === date) : boxes;
}

document.addEventListener("change", ({ target }) => target.name === "ticked" && boxesChanged());

document.addEventListener("click", (event) => {
  const { target } = event;
  if (target.name === "ticked") {
    if (event.shiftKey && anchorKey) {
      if (!ticksBefore.has(keyOf(target))) ticksBefore.set(keyOf(target), !target.checked);
      extendRange(target);
    } else setAnchor(target);
  } else if (target.dataset?.tick) {
    for (const box of boxesOfButton(target)) box.checked = target.dataset.tick === "all";
    setAnchor();
    boxesChanged();
  } else if (target.type === "submit" && event.detail > 1) {
    event.preventDefault(); // the second click of a double click would report "No changes to save"
  }
});
