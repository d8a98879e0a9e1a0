// Chooses the browser's own zone where the visitor has not chosen one yet. A comfort, not a need.
const select = document.querySelector("select[data-propose]");
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (select && [...select.options].some((option) => option.value === zone)) select.value = zone;
