/** The clock: shows the desk's time and moves it. */
import { byId } from "../dom.js";
import { ask, locale, t } from "./common.js";

const face = byId("clock-now");
const FORM = { weekday: "short", day: "numeric", month: "long", hour: "2-digit", minute: "2-digit", hourCycle: "h23" };

/** @param {{now: string}} answer */
export function drawClock({ now }) {
  face.textContent = new Intl.DateTimeFormat(locale, /** @type {Intl.DateTimeFormatOptions} */ (FORM)).format(new Date(now));
}

/** @param {(works: boolean) => void} told */
export function wind(told) {
  for (const button of document.querySelectorAll("[data-advance]")) {
    button.addEventListener("click", async () => {
      face.textContent = t("clock_moving");
      try {
        drawClock(await ask("clock", { advance_s: Number(button.getAttribute("data-advance")) }));
        told(true);
      } catch {
        told(false);
      }
    });
  }
}

/** Reads the clock every now and then. */
export async function tell() {
  for (;;) {
    if (!document.hidden && face.textContent !== t("clock_moving")) await ask("clock", { advance_s: 0 }).then(drawClock, () => {});
    await new Promise((resolve) => setTimeout(resolve, 15_000));
  }
}
