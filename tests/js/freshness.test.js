import { selectDay } from "/static/strip.js";
import { describeChange, findChanges } from "/static/news.js";
import { expectChanges, isPollDue, poll } from "/static/polling.js";
import { assertEqual, DATES, renderSchedule } from "./schedule.js";

export const tests = {
  "polls are due every 2 seconds for a minute, then every 10"() {
    const start = performance.now();
    expectChanges();
    poll();
    assertEqual([500, 2_000, 59_000].map((after) => isPollDue(start + after)), [false, true, true]);
    const later = start + 61_000;
    assertEqual(isPollDue(later), true);
  },
  "news name the weekday of each time"() {
    const before = renderSchedule({ "09:00": ["free", "free"] });
    const now = renderSchedule({ "09:00": ["booked", "booked"] });
    const changes = [...findChanges(before, now, new Map()).values()];
    assertEqual(changes.map(({ kind }) => kind), ["booked", "booked"]);
    const times = changes.map(({ time }) => time);
    assertEqual(describeChange("booked", times, "week"), "Mon 09:00–09:59 and Tue 09:00–09:59 are now booked");
  },
  "many times of a kind are summarised"() {
    const times = ["A", "B", "C", "D"];
    assertEqual(describeChange("free", times, "day"), "A, B and 2 more are now open");
  },
  "other hours are news"() {
    const changes = findChanges(renderSchedule(), renderSchedule({}, { hours: "2" }), new Map());
    assertEqual([...changes.values()], [{ kind: "hours" }]);
    assertEqual(describeChange("hours", [], "week"), "Your hours for these days have changed");
  },
  "the strip selects the visible date"() {
    const form = renderSchedule();
    selectDay(`dr-lee/${DATES[1]}`);
    assertEqual(form.querySelector("table").dataset.column, "2");
    assertEqual(form.querySelector("[aria-current]").dataset.day, `dr-lee/${DATES[1]}`);
    selectDay("dr-lee/2030-01-01");
    assertEqual(form.querySelector("table").dataset.column, "2");
  },
};
