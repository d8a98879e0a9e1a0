// Find and create elements; read the boxes of the form of a day.

export const STORED_KINDS = ["free", "booked", "held"];
const RANGE = /(\d\d:\d\d–\d\d:\d\d)/; // as in messages.py

export const find = (selector) => document.querySelector(selector);
export const dayForm = () => find("form.day");
export const boxesOf = (form) => [...(form?.querySelectorAll("[name=ticked]") ?? [])];
export const editableBoxes = (within = dayForm()) => boxesOf(within).filter((box) => !box.disabled);
export const isStored = (box) => "stored" in box.dataset;
export const kindOf = (box) => box.closest("li").dataset.kind;
export const timeOf = (box) => box.closest("li").querySelector(".time").textContent.trim().replace(/\s+/g, " ");
export const createElement = (tag, text) => Object.assign(document.createElement(tag), { textContent: text });
export const plural = (count, noun) => `${count} ${noun}${count === 1 ? "" : "s"}`;

// ["A", "B", "C"] -> "A", ", ", "B", " and ", "C"
export function joinWithAnd(parts) {
  return parts.flatMap((part, index) => {
    if (index === 0) return [part];
    return [index === parts.length - 1 ? " and " : ", ", part];
  });
}

// No range of times breaks at its dash.
export function createSentence(tag, text) {
  const element = createElement(tag, "");
  const toSpan = (range) => Object.assign(createElement("span", range), { className: "range" });
  element.append(...text.split(RANGE).map((part, index) => (index % 2 ? toSpan(part) : part)));
  return element;
}

// A disabled box cannot have the focus, so its list item takes it.
export const boxAt = (element) => element?.closest?.(".day li[data-kind]")?.querySelector("[name=ticked]");
export const focusTarget = (box) => (box?.disabled ? box.closest("li") : box);
