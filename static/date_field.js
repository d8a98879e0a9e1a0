// The date field opens a date when it is complete: while the user types a year it is 0002, 0020 and 0202.

import { find } from "./dom.js";

let isTyping = false;

// A poll leaves a typed date alone.
export function resetDateField() {
  const field = find("#date");
  if (field && field !== document.activeElement) field.value = field.defaultValue;
}

function openDate(field) {
  isTyping = false;
  if (field.value !== field.defaultValue && field.checkValidity()) field.form.requestSubmit();
}

// The user may have chosen a date before this script ran.
const dateField = find("#date");
if (dateField) openDate(dateField);

const isDateField = ({ target }) => target.id === "date";

document.addEventListener("keydown", (event) => {
  if (isDateField(event)) isTyping = true;
});
// The browser's calendar changes the field without a key; Enter submits the form by itself.
document.addEventListener("change", (event) => isDateField(event) && !isTyping && openDate(event.target));
document.addEventListener("focusout", (event) => isDateField(event) && openDate(event.target));
// The date in words is that of the page. Another one has words once the server has it.
document.addEventListener("input", ({ target }) => {
  const words = target.type === "date" && find(`#${target.id}-words > span`);
  if (words) words.hidden = target.value !== target.defaultValue;
});
document.addEventListener("submit", ({ target }) => {
  if (target.id === "pick") isTyping = false;
});
