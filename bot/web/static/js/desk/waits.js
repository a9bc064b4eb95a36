/** Waiting times that count: by the desk's clock, which isn't this computer's. */
import { always } from "./page.js";

const EVERY_MS = 5000;
const ahead = Date.now() - Date.parse(document.body.dataset.now ?? new Date().toISOString());
const UNITS = /** @type {[Intl.RelativeTimeFormatUnit, number][]} */ ([["day", 86_400], ["hour", 3600], ["minute", 60], ["second", 1]]);

/** @param {number} seconds */
function told(seconds) {
  const [unit, size] = UNITS.find(([, size]) => seconds >= size) ?? ["second", 1];
  const format = new Intl.NumberFormat(document.documentElement.lang, { style: "unit", unit, unitDisplay: "short" });
  return format.format(Math.floor(seconds / size));
}

function count() {
  for (const time of document.querySelectorAll("time[data-since]")) {
    const since = Date.parse(time.getAttribute("datetime") ?? "");
    const words = told(Math.max(0, (Date.now() - ahead - since) / 1000));
    if (time.textContent !== words) time.textContent = words;
  }
}

export function countWaits() {
  always(count);
  setInterval(count, EVERY_MS);
}
