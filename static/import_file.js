// The page of imports: puts the lines of a file into the field that is sent. The field alone works without this.

const fileField = document.querySelector("#file");
const { form } = fileField;
let reading;

async function read(file) {
  try {
    form.elements.slots.value = await file.text();
  } finally {
    reading = undefined;
  }
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
  await reading;
  form.requestSubmit();
});
