/** Waiting times that count, and the time left to answer: by the desk's clock, which isn't this computer's. */
import { always } from "./page.js";

const EVERY_MS = 5000;
const EVERY_SECOND_MS = 1000;
/** From here on the time left to answer is counted. */
export const SOON_S = 180;
const ahead = Date.now() - Date.parse(document.body.dataset.now ?? new Date().toISOString());
const UNITS = /** @type {[Intl.RelativeTimeFormatUnit, number][]} */ ([["day", 86_400], ["hour", 3600], ["minute", 60], ["second", 1]]);

/** Seconds by the desk's clock from now until then. @param {string} moment */
export const secondsUntil = (moment) => (Date.parse(moment) - (Date.now() - ahead)) / 1000;

/** @param {number} seconds */
function told(seconds) {
  const [unit, size] = UNITS.find(([, size]) => seconds >= size) ?? ["second", 1];
  const format = new Intl.NumberFormat(document.documentElement.lang, { style: "unit", unit, unitDisplay: "short" });
  return format.format(Math.floor(seconds / size));
}

function count() {
  for (const time of document.querySelectorAll("time[data-since]")) {
    const words = told(Math.max(0, -secondsUntil(time.getAttribute("datetime") ?? "")));
    if (time.textContent !== words) time.textContent = words;
  }
}

function countDown() {
  for (const due of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-due]"))) {
    const seconds = Math.max(0, Math.floor(secondsUntil(due.dataset.due ?? "")));
    const left = /** @type {HTMLElement|null} */ (due.querySelector(".left"));
    due.classList.toggle("soon", seconds <= SOON_S);
    if (!left) continue;
    left.hidden = seconds > SOON_S;
    left.textContent = `(${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")})`;
  }
}

export function countWaits() {
  always(count);
  always(countDown);
  setInterval(count, EVERY_MS);
  setInterval(countDown, EVERY_SECOND_MS);
}
