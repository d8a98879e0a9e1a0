import { fill, joinList, text } from "/static/texts.js";
import { assertEqual } from "./schedule.js";

export const tests = {
  "a text has the form of its count"() {
    assertEqual(text("changes", { count: 1 }), "1 change");
    assertEqual(text("changes", { count: 6 }), "6 changes");
    assertEqual(text("otherDays", { count: 1 }), "1 other day");
    assertEqual(text("otherDays", { count: 2 }), "2 other days");
  },
  "values replace the placeholders"() {
    assertEqual(text("changesOnDays", { changes: "6 changes", days: "3 days" }), "6 changes on 3 days");
  },
  "the parts of a text may be elements"() {
    const link = document.createElement("a");
    assertEqual(fill("unsavedElsewhere", { days: [link, "!"] })[1] === link, true);
  },
  "items are joined as the language does it"() {
    assertEqual(joinList(["A"]).join(""), "A");
    assertEqual(joinList(["A", "B", "C"]).join(""), "A, B and C");
  },
};
