// The texts of the scripts, which every page brings in its language (script_texts.py).

// English dates on the pages are British, and so are English lists.
const locale = document.documentElement.lang.replace(/^(en)?$/, "en-GB");
const pluralRules = new Intl.PluralRules(locale);
const listFormat = new Intl.ListFormat(locale);
let catalogue;

function findTemplate(key, count) {
  catalogue ??= JSON.parse(document.querySelector("#texts").textContent);
  const forms = catalogue[key];
  return typeof forms === "string" ? forms : (forms[pluralRules.select(count)] ?? forms.other);
}

// The parts of a text, with values in its placeholders: texts, elements, or lists of them.
export const fill = (key, values = {}) =>
  findTemplate(key, values.count)
    .split(/%\((\w+)\)s/)
    .flatMap((part, index) => (index % 2 ? values[part] : part));

export const text = (key, values) => fill(key, values).join("");

// ["A", "B", "C"] -> "A", ", ", "B", " and ", "C"; the items may be elements.
export function joinList(items) {
  const rest = [...items];
  return listFormat.formatToParts(items.map(String)).map(({ type, value }) => (type === "element" ? rest.shift() : value));
}
