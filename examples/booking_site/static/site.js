// Comforts that the pages do without: a chosen date in words, the visitor's own time zone, and a countdown of the hold.

document.querySelector("#from")?.addEventListener("input", ({ target }) => {
  const parts = target.valueAsDate && new Intl.DateTimeFormat(document.documentElement.lang, {
    weekday: "long", day: "numeric", month: "long", year: "numeric", timeZone: "UTC",
  }).formatToParts(target.valueAsDate);
  const { weekday, day, month, year } = Object.fromEntries(parts?.map(({ type, value }) => [type, value]) ?? []);
  document.querySelector("#from-words").textContent = parts ? `${weekday} ${day} ${month} ${year}` : "";
});

for (const note of document.querySelectorAll("[data-own-time]")) {
  const format = (timeZone) =>
    new Date(note.dataset.ownTime).toLocaleString(document.documentElement.lang, {
      weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", timeZone,
    });
  note.querySelector("time").textContent = format();
  note.hidden = format() === format(note.dataset.zone);
}

const countdown = document.querySelector("[data-seconds-left]");
if (countdown) {
  const end = Date.now() + 1000 * countdown.dataset.secondsLeft; // the device's clock may be wrong
  const tick = () => {
    const seconds = Math.max(0, Math.round((end - Date.now()) / 1000));
    countdown.querySelector("[role=timer]").textContent =
      `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    countdown.hidden = false;
    if (seconds > 0) return;
    clearInterval(timer);
    for (const id of ["hold", "confirm"]) document.getElementById(id).hidden = true;
    document.getElementById("expired").hidden = false;
  };
  const timer = setInterval(tick, 1000);
  tick();
}
