/** The button for another code sleeps, and tells how long, until the desk doesn't refuse it any more. */
import { byId, h } from "../dom.js";
import { t } from "./words.js";

export class Resend {
  /** @type {Map<string, number>} payloads, each with when it wakes */ #wakes = new Map();
  #timer = 0;

  /** @param {import("./codes.js").Code[]} codes as the desk has just told them */
  stand(codes) {
    this.#wakes = new Map(codes.map((code) => [code.again, performance.now() + code.again_in * 1000]));
    clearInterval(this.#timer);
    if (codes.some((code) => code.again_in > 0)) this.#timer = setInterval(() => this.draw(), 1000);
  }

  /** Draws how long, on what stands in the tray now. */
  draw() {
    const buttons = [...byId("tray").querySelectorAll("[data-payload]")];
    const left = (/** @type {Element} */ button) => Math.ceil(((this.#wakes.get(button.getAttribute("data-payload") ?? "") ?? 0) - performance.now()) / 1000);
    for (const button of buttons) this.#count(button, left(button));
    if (Math.max(0, ...this.#wakes.values()) <= performance.now()) clearInterval(this.#timer);
  }

  /** @param {Element} button @param {number} seconds */
  #count(button, seconds) {
    if (seconds <= 0) {
      if (button.hasAttribute("data-wakes")) this.#wake(button);
      return;
    }
    const clock = button.querySelector("small") ?? button.appendChild(h("small", { "aria-hidden": "true" }));
    clock.textContent = ` ${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    button.setAttribute("data-wakes", "");
    button.setAttribute("aria-disabled", "true");
    button.setAttribute("aria-description", t("again_later"));
  }

  /** @param {Element} button */
  #wake(button) {
    button.querySelector("small")?.remove();
    for (const name of ["data-wakes", "aria-description"]) button.removeAttribute(name);
    if (!button.hasAttribute("data-asleep")) button.removeAttribute("aria-disabled");
  }
}
