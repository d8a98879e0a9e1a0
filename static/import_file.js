// The page of imports: puts the lines of a file into the field that is sent. The field alone works without this.

const fileField = document.querySelector("#file");

fileField.parentElement.hidden = false;
fileField.addEventListener("change", async () => {
  const [file] = fileField.files;
  if (file) document.querySelector("#slots").value = await file.text();
});
