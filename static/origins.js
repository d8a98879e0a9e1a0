// Why a slot is open: a line about the box that has the focus. The reasons of a date are read once for each version of it.

import { boxAt, dayOf, find, keyOf, kindOf, labelOf, scheduleForm, STORED_KINDS, versionOf } from "./dom.js";

const LINK = 'aside a[href*="/slots/origins"]';
const reasonsByUrl = new Map();

function urlOf(day) {
  const url = new URL(find(LINK).href);
  url.searchParams.set("date", day.split("/").pop());
  url.searchParams.set("part", "origins");
  return url.href;
}

async function readReasons(url) {
  const response = await fetch(url, { headers: { Accept: "text/html", "HX-Request": "true" } });
  if (!response.ok) throw new Error(response.status);
  const list = new DOMParser().parseFromString(await response.text(), "text/html");
  const entriesOf = (term) => term.dataset.boxes.split(" ").map((key) => [key, term.nextElementSibling.textContent.trim()]);
  return new Map([...list.querySelectorAll("dt")].flatMap(entriesOf));
}

// Without a reason the line stays empty: the link leads to the page.
function findReasons(day) {
  const url = urlOf(day);
  const key = `${url} ${versionOf(scheduleForm(), day)}`;
  if (!reasonsByUrl.has(key)) reasonsByUrl.set(key, readReasons(url).catch(() => reasonsByUrl.delete(key) && new Map()));
  return reasonsByUrl.get(key);
}

async function describe(element, box) {
  const reason = (await findReasons(dayOf(box))).get(keyOf(box));
  const line = find("#origin");
  if (!reason || !line || document.activeElement !== element) return;
  line.textContent = `${labelOf(box)}: ${reason}`;
  const ids = new Set(`${element.getAttribute("aria-describedby") ?? ""} ${line.id}`.trim().split(" "));
  element.setAttribute("aria-describedby", [...ids].join(" "));
}

// The line stays when the focus leaves the boxes: without it, the button would move away from below the mouse.
function show(element) {
  const box = boxAt(element);
  if (!box) return;
  if (find("#origin")) find("#origin").textContent = "";
  if (find(LINK) && STORED_KINDS.includes(kindOf(box))) describe(element, box);
}

document.addEventListener("focusin", ({ target }) => show(target));
show(document.activeElement);
