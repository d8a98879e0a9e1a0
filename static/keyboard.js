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

const startOfRow = (box) => boxesToVisit(box.closest("tr"), box)[0];
const endOfRow = (box) => boxesToVisit(box.closest("tr"), box).at(-1);

// The boxes of the same column in a session.
function columnIn(session, box) {
  const index = box.closest("td").cellIndex;
  return [...session.rows].flatMap((row) => (row.cells[index] ? boxesToVisit(row.cells[index], box) : []));
}

// The first box of the next session (step 1), or of this or the former one (step -1); to extend, an end of this session.
function boxInSession(box, step, isExtended) {
  const sessions = [...box.closest("table").tBodies];
  const here = sessions.indexOf(box.closest("tbody"));
  const own = columnIn(sessions[here], box);
  if (isExtended) return own.at(step > 0 ? -1 : 0);
  if (step < 0 && own[0] !== box) return own[0];
  for (let index = here + step; sessions[index]; index += step) {
    const [first] = columnIn(sessions[index], box);
    if (first) return first;
  }
  return undefined;
}

const JUMPS = {
  Home: startOfRow,
  End: endOfRow,
  PageDown: (box, isExtended) => boxInSession(box, 1, isExtended),
  PageUp: (box, isExtended) => boxInSession(box, -1, isExtended),
};

export function nextBox(box, key, isExtended = false) {
  if (JUMPS[key]) return JUMPS[key](box, isExtended);
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
