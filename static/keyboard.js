// Keys: arrows move between boxes, in two dimensions; Home and End to the ends of a row, Page Up and Page Down between
// the sessions of a column. Shift with them extends a range. Ctrl+S saves.

import { boxAt, scheduleForm } from "./dom.js";
import { extendRange, setAnchor, startRange } from "./selection.js";

const DOWN = { ArrowDown: 1, ArrowUp: -1 };
const FORWARD = { ArrowRight: 1, ArrowLeft: -1 };

// The boxes of a row or a cell that can take the focus, and this one, which may be disabled.
const boxesToVisit = (within, current) =>
  [...within.querySelectorAll("[name=ticked]")].filter((box) => !box.disabled || box === current);

function boxBelow(box, step) {
  const cell = box.closest("td");
  const position = boxesToVisit(cell, box).indexOf(box);
  const { rows } = cell.closest("table");
  for (let index = cell.parentElement.rowIndex + step; rows[index]; index += step) {
    const boxes = boxesToVisit(rows[index].cells[cell.cellIndex] ?? document.createElement("td"), box);
    if (boxes.length) return boxes[Math.min(position, boxes.length - 1)];
  }
  return undefined;
}

function boxBeside(box, step) {
  const boxes = boxesToVisit(box.closest("tr"), box);
  return boxes[boxes.indexOf(box) + step];
}

// Which box of the row or of the session, and the next session.
const JUMPS = { Home: 0, End: -1, PageUp: 0, PageDown: -1 };
const SESSIONS = { PageUp: "previousElementSibling", PageDown: "nextElementSibling" };

// The boxes of the same column in a session.
const columnIn = (session, box) =>
  [...session.rows].flatMap(({ cells }) => boxesToVisit(cells[box.closest("td").cellIndex] ?? cells[0], box));

// To extend a range, the end of the session; else the first box of this session or of another.
function jump(box, key, isExtended) {
  if (!SESSIONS[key]) return boxesToVisit(box.closest("tr"), box).at(JUMPS[key]);
  let session = box.closest("tbody");
  const own = columnIn(session, box);
  if (isExtended || (key === "PageUp" && own[0] !== box)) return own.at(JUMPS[key]);
  while ((session = session[SESSIONS[key]])) {
    const [first] = columnIn(session, box);
    if (first) return first;
  }
  return undefined;
}

export function nextBox(box, key, isExtended = false) {
  if (key in JUMPS) return jump(box, key, isExtended);
  if (DOWN[key]) return boxBelow(box, DOWN[key]);
  const isRightToLeft = getComputedStyle(scheduleForm()).direction === "rtl";
  return boxBeside(box, isRightToLeft ? -FORWARD[key] : FORWARD[key]);
}

function moveFocus(event) {
  const box = boxAt(event.target);
  if (!box || event.altKey || event.ctrlKey || event.metaKey) return;
  event.preventDefault(); // the page would scroll
  const next = nextBox(box, event.key, event.shiftKey);
  if (!next) return;
  if (event.shiftKey) {
    startRange(box);
    extendRange(next);
  } else setAnchor(next);
  next.focus();
}

function save(event) {
  if (!scheduleForm() || event.shiftKey || event.altKey) return;
  event.preventDefault(); // the browser would save the page as a file
  scheduleForm().requestSubmit();
}

document.addEventListener("keydown", (event) => {
  if (event.key in DOWN || event.key in FORWARD || event.key in JUMPS) moveFocus(event);
  else if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s") save(event);
});
