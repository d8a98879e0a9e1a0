// The page of imports: puts the lines of a file into the field that is sent. The field alone works without this.

const fileField = document.querySelector("#file");
const error = document.querySelector("#file-error");
const { form } = fileField;
let pendingRead;

/** Puts the lines of the file into the field, unless the user has chosen another file by then. */
async function read(file) {
  showError(false);
  // A file that was chosen may be gone, or may have changed since.
  const lines = await file.text().catch(() => undefined);
  if (file !== fileField.files[0]) return;
  pendingRead = undefined;
  if (lines === undefined) {
    fileField.value = ""; // so that the same file can be chosen again
    showError(true);
  } else {
    form.elements.slots.value = lines;
  }
}

function showError(isWrong) {
  error.hidden = !isWrong;
  fileField.ariaInvalid = isWrong ? "true" : null;
}

fileField.parentElement.hidden = false;
fileField.addEventListener("change", () => {
  const [file] = fileField.files;
  pendingRead = file && read(file);
});
// A form that is sent while a file is read would go without its lines.
form.addEventListener("submit", async (event) => {
  if (!pendingRead) return;
  event.preventDefault();
  while (pendingRead) await pendingRead;
  if (error.hidden) form.requestSubmit();
});
