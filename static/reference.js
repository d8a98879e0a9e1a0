// The search of the API reference: shows the operations and schemas that have all words, and their links.

const field = document.querySelector("#search");
const entries = [...document.querySelectorAll("details:is(.operation, .schema)")];

function search() {
  const words = field.value.toLowerCase().split(/\s+/);
  for (const entry of entries) {
    const text = entry.textContent.toLowerCase();
    entry.hidden = !words.every((word) => text.includes(word));
    const { id } = entry.lastElementChild;
    document.querySelector(`.contents a[href="#${id}"]`).closest("li").hidden = entry.hidden;
  }
  const count = entries.filter((entry) => !entry.hidden).length;
  document.querySelector("#found").textContent = field.value.trim() && `${count} of ${entries.length} entries`;
}

field.addEventListener("input", search);
search(); // the browser may have kept the words of a page that it reloads
