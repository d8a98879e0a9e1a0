import { nextBox } from "/static/keyboard.js";
import { assertEqual, boxOf, checkedTimes, renderSchedule } from "./schedule.js";

const press = (key, options) =>
  document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...options }));
const shift = { shiftKey: true };

export const tests = {
  "arrows go to the next row and the next date, and skip what cannot change"() {
    renderSchedule();
    assertEqual(nextBox(boxOf("09:00"), "ArrowDown") === boxOf("10:00"), true);
    assertEqual(nextBox(boxOf("09:00", 1), "ArrowDown") === boxOf("11:00", 1), true);
    assertEqual(nextBox(boxOf("09:00"), "ArrowRight") === boxOf("09:00", 1), true);
    assertEqual(nextBox(boxOf("09:00"), "ArrowUp"), undefined);
    assertEqual(nextBox(boxOf("09:00"), "ArrowLeft"), undefined);
  },
  "from right to left the left arrow goes on"() {
    renderSchedule().dir = "rtl";
    assertEqual(nextBox(boxOf("09:00"), "ArrowLeft") === boxOf("09:00", 1), true);
  },
  "from a booked box the arrows go on from its place"() {
    renderSchedule();
    assertEqual(nextBox(boxOf("10:00", 1), "ArrowUp") === boxOf("09:00", 1), true);
  },
  "Shift extends a rectangle like the anchor, and shrinks it again"() {
    renderSchedule();
    boxOf("09:00").focus();
    boxOf("09:00").click();
    press("ArrowDown", shift);
    press("ArrowRight", shift);
    assertEqual(checkedTimes(), ["Mon 09:00", "Mon 10:00"]); // 10:00 of Tuesday is booked
    boxOf("09:00").focus();
    press("ArrowRight", shift);
    press("ArrowDown", shift);
    assertEqual(checkedTimes(), ["Mon 09:00", "Tue 09:00", "Mon 10:00", "Mon 11:00", "Tue 11:00"]);
    press("ArrowUp", shift);
    assertEqual(checkedTimes(), ["Mon 09:00", "Tue 09:00", "Mon 10:00"]);
  },
  "Shift and click tick a range of one date"() {
    renderSchedule();
    boxOf("09:00").click();
    boxOf("11:00").dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true, shiftKey: true }));
    assertEqual(checkedTimes(), ["Mon 09:00", "Mon 10:00", "Mon 11:00"]);
  },
  "All in the head of a date ticks this date"() {
    renderSchedule();
    document.querySelectorAll("[data-tick=all]")[1].click();
    assertEqual(checkedTimes(), ["Tue 09:00", "Tue 11:00"]);
  },
  "a new tick removes the message of the last save"() {
    renderSchedule();
    const status = document.querySelector("#status");
    status.dataset.kind = "success";
    status.innerHTML = "<p>Slots saved successfully</p><ul><li>news</li></ul>";
    boxOf("09:00").click();
    assertEqual(status.textContent, "news");
  },
  "Ctrl+S saves"() {
    let saves = 0;
    const form = renderSchedule();
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      saves += 1;
    });
    boxOf("09:00").focus();
    press("s", { ctrlKey: true });
    assertEqual(saves, 1);
  },
};
