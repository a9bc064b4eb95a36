/** The open question's answers over the input: buttons, or consents as boxes to tick. */
import { byId, h } from "../dom.js";
import { aside, tick, toggles } from "./transcript.js";
import { t } from "./words.js";

export class Tray {
  #box = byId("tray");
  #drawn = "";

  /** @param {(button: import("./transcript.js").Button, line: import("./transcript.js").Line) => void} pressed */
  constructor(pressed) {
    this.pressed = pressed;
    this.busy = false;
    /** @type {import("./transcript.js").Line|null} what is shown now */ this.line = null;
  }

  /** @param {import("./transcript.js").Line|null} line the open question @param {boolean} busy an answer is on its way */
  show(line, busy) {
    this.busy = busy;
    this.line = line;
    this.#box.setAttribute("aria-busy", String(busy));
    this.#box.setAttribute("aria-label", t("answers"));
    const sketch = line ? JSON.stringify([line.id, line.buttons, document.documentElement.lang]) : "";
    if (sketch === this.#drawn) return;
    this.#drawn = sketch;
    const held = this.#box.contains(document.activeElement) ? document.activeElement?.getAttribute("data-payload") : null;
    this.#box.replaceChildren(...(line ? this.#answers(line) : []));
    this.#box.hidden = !line;
    if (held !== null && held !== undefined) this.#giveFocusBack(held);
  }

  /** @param {import("./transcript.js").Line} line */
  #answers(line) {
    const boxes = line.buttons.filter(toggles);
    const main = line.buttons.filter((button) => !toggles(button) && !aside(button));
    const rest = line.buttons.filter(aside);
    const first = line.links.length ? undefined : main[0]; // beside a way to pay no answer stands out
    const likely = boxes.length ? main.find((button) => button.payload.endsWith(":done")) : first;
    return [
      boxes.length ? h("fieldset", {}, h("legend", { class: "sr" }, t("consents")), ...boxes.map((button) => this.#tickBox(button, line))) : null,
      ...main.map((button) => this.#button(button, line, button === likely && "likely")),
      rest.length ? h("div", { class: "rest" }, ...rest.map((button) => this.#button(button, line))) : null,
    ].filter((part) => part !== null);
  }

  #button(button, line, look) {
    return h("button", { type: "button", class: look, "data-payload": button.payload, onclick: () => this.#press(button, line) }, button.title);
  }

  #tickBox(button, line) {
    const { on, title } = tick(button);
    const box = /** @type {HTMLInputElement} */ (h("input", { type: "checkbox", "data-payload": button.payload }));
    box.checked = on;
    box.addEventListener("change", () => {
      if (this.busy) box.checked = !box.checked;
      else this.#press(button, line);
    });
    return h("label", {}, box, h("span", { dir: "auto" }, title));
  }

  #press(button, line) {
    if (!this.busy) this.pressed(button, line);
  }

  /** Whoever works by keyboard goes on where the hand was: the same control, else the first new one, else the input. */
  #giveFocusBack(payload) {
    const controls = /** @type {HTMLElement[]} */ ([...this.#box.querySelectorAll("[data-payload]")]);
    (controls.find((control) => control.dataset.payload === payload) ?? controls[0] ?? byId("log")).focus({ preventScroll: true });
  }
}
