// Change several boxes at once: All and None, and ranges from an anchor, with the mouse or the keyboard.

import { editableBoxes, find, idOf, scheduleForm } from "./dom.js";
import { refreshUnsaved } from "./save_bar.js";

// The boxes where a range starts and ends, and the ticks before it: it can become smaller again.
let anchorId;
let endId;
let ticksBefore = new Map();

export function setAnchor(box) {
  anchorId = endId = box && idOf(box);
  ticksBefore = new Map();
}

// Columns are dates or doctors; in a column the boxes are in the order of time, several to a row if slots are short.
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
export const startRange = (box) => idOf(box) !== endId && setAnchor(box);

// Ticks or unticks all boxes from the anchor to this one, like the anchor.
export function extendRange(box) {
  endId = idOf(box);
  const boxes = editableBoxes();
  const anchor = boxes.find((other) => idOf(other) === anchorId) ?? box;
  const checked = anchor.checked;
  for (const other of boxes) other.checked = ticksBefore.get(idOf(other)) ?? other.checked;
  for (const other of boxesBetween(anchor, box)) {
    if (!ticksBefore.has(idOf(other))) ticksBefore.set(idOf(other), other.checked);
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

// The buttons of a column are in its head, those of a session in its rows. On a phone only one column is visible.
function boxesOfButton(button) {
  const { day } = button.closest("th").dataset;
  const boxes = editableBoxes(day ? scheduleForm() : button.closest("tbody"));
  return boxes.filter((box) => (day ? box.closest("td").dataset.day === day : box.checkVisibility()));
}

document.addEventListener("change", ({ target }) => target.name === "ticked" && boxesChanged());

document.addEventListener("click", (event) => {
  const { target } = event;
  if (target.name === "ticked") {
    if (event.shiftKey && anchorId) {
      if (!ticksBefore.has(idOf(target))) ticksBefore.set(idOf(target), !target.checked);
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
