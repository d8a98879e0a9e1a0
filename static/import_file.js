// The page of imports: puts the lines of a file into the field that is sent. The field alone works without this.

const fileField = document.querySelector("#file");
const error = document.querySelector("#file-error");
const { form } = fileField;
let reading;

/** Returns whether the file can be read: it may be gone, or changed after the user chose it. */
async function read(file) {
  showError(false);
  try {
    form.elements.slots.value = await file.text();
    return true;
  } catch {
    fileField.value = ""; // so that the same file can be chosen again
    showError(true);
    return false;
  } finally {
    reading = undefined;
  }
}

function showError(isWrong) {
  error.hidden = !isWrong;
  fileField.ariaInvalid = isWrong ? "true" : null;
}

fileField.parentElement.hidden = false;
fileField.addEventListener("change", () => {
  const [file] = fileField.files;
  if (file) reading = read(file);
});
// A form that is sent while the file is read would go without its lines.
form.addEventListener("submit", async (event) => {
  if (!reading) return;
  event.preventDefault();
  if (await reading) form.requestSubmit();
});
