/** The open question's answers over the input: buttons, or consents as boxes to tick. */
import { byId, h } from "../dom.js";
import { aside, binds, resends, tick, toggles } from "./transcript.js";
import { t } from "./words.js";

/** How long new answers sleep, so that a tap or a key meant for the question before doesn't answer this one. */
export const ASLEEP_MS = 600;
const BINDING_ASLEEP_MS = 1000;

const quiet = (button) => aside(button) || resends(button);

export class Tray {
  #box = byId("tray");
  #drawn = "";
  #ticked = false;
  /** @type {number[]} */ #alarms = [];

  /** @param {(button: import("./transcript.js").Button, line: import("./transcript.js").Line) => void} pressed */
  constructor(pressed) {
    this.pressed = pressed;
    this.busy = false;
    /** @type {import("./transcript.js").Line|null} what is shown now */ this.line = null;
    this.#box.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      if (event.repeat) event.preventDefault(); // a held key presses once
      this.#tapped(event);
    });
    this.#box.addEventListener("pointerdown", (event) => this.#tapped(event));
  }

  /** @param {import("./transcript.js").Line|null} line the open question @param {boolean} busy an answer is on its way */
  show(line, busy) {
    const another = line?.id !== this.line?.id;
    this.busy = busy;
    this.line = line;
    this.#box.setAttribute("aria-busy", String(busy));
    this.#box.setAttribute("aria-label", t("answers"));
    const sketch = line ? JSON.stringify([line.id, line.buttons, document.documentElement.lang]) : "";
    if (sketch === this.#drawn) return;
    this.#drawn = sketch;
    const held = this.#box.contains(document.activeElement) ? (document.activeElement?.getAttribute("data-payload") ?? "") : null;
    this.#box.replaceChildren(...(line ? this.#answers(line) : []));
    this.#box.hidden = !line;
    if (another && !this.#ticked) this.#sleep(this.#controls());
    this.#ticked = false;
    if (held !== null) this.#giveFocusBack(held);
  }

  /** @param {import("./transcript.js").Line} line */
  #answers(line) {
    const boxes = line.buttons.filter(toggles);
    const main = line.buttons.filter((button) => !toggles(button) && !quiet(button));
    const rest = [...line.buttons.filter(resends), ...line.buttons.filter(aside)];
    // Beside a way to pay no answer stands out, nor does a change where one types.
    const first = line.links.length || main[0]?.payload.startsWith("edit:") ? undefined : main[0];
    const likely = boxes.length ? main.find((button) => button.payload.endsWith(":done")) : first;
    return [
      boxes.length ? h("fieldset", {}, h("legend", { class: "sr" }, t("consents")), ...boxes.map((button) => this.#tickBox(button, line))) : null,
      ...main.map((button) => this.#button(button, line, button === likely && "likely")),
      rest.length ? h("div", { class: "rest" }, ...rest.map((button) => this.#button(button, line))) : null,
    ].filter((part) => part !== null);
  }

  #button(button, line, look) {
    const attributes = { type: "button", class: look, "data-payload": button.payload, "data-binds": binds(button), onclick: (event) => this.#press(event, button, line) };
    return h("button", attributes, button.title);
  }

  #tickBox(button, line) {
    const { on, title } = tick(button);
    const box = /** @type {HTMLInputElement} */ (h("input", { type: "checkbox", "data-payload": button.payload }));
    box.checked = on;
    box.addEventListener("change", (event) => {
      if (this.busy || asleep(box)) box.checked = !box.checked;
      else this.#press(event, button, line);
    });
    return h("label", {}, box, h("span", { dir: "auto" }, title));
  }

  #press(event, button, line) {
    if (this.busy || asleep(event.currentTarget)) return;
    this.#ticked = toggles(button);
    this.pressed(button, line);
  }

  #controls() {
    return /** @type {HTMLElement[]} */ ([...this.#box.querySelectorAll("[data-payload]")]);
  }

  /** Whoever goes on tapping hasn't read what came: it sleeps on. @param {Event} event */
  #tapped(event) {
    const control = event.target instanceof Element && event.target.closest("label, [data-payload]");
    if (control && (asleep(control) || control.querySelector("[aria-disabled]"))) this.#sleep(this.#controls().filter(asleep));
  }

  /** Visible, but not to be pressed yet; what binds sleeps longest. @param {HTMLElement[]} controls */
  #sleep(controls) {
    this.#alarms.forEach(clearTimeout);
    for (const control of controls) control.setAttribute("aria-disabled", "true");
    const wake = (some) => some.forEach((control) => control.removeAttribute("aria-disabled"));
    this.#alarms = [
      setTimeout(() => wake(controls.filter((control) => !bindsHere(control))), ASLEEP_MS),
      setTimeout(() => wake(controls), BINDING_ASLEEP_MS),
    ];
  }

  /**
   * Whoever works by keyboard goes on where the hand was: the same control, else the first new answer, else the input.
   * What binds is never reached without a step of the hand's own.
   */
  #giveFocusBack(payload) {
    const controls = this.#controls();
    const answers = controls.filter((control) => !control.closest(".rest"));
    const wanted = controls.find((control) => control.dataset.payload === payload) ?? answers[0] ?? byId("input");
    (bindsHere(wanted) ? this.#box : wanted).focus({ preventScroll: true });
  }
}

/** @param {Element} control */
const asleep = (control) => control.hasAttribute("aria-disabled");

/** @param {Element} control */
const bindsHere = (control) => control.hasAttribute("data-binds");
