// Preselects the browser's time zone until the visitor chooses one. The form works without it.
const select = document.querySelector("select[data-detect-zone]");
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (select && [...select.options].some((option) => option.value === zone)) select.value = zone;
