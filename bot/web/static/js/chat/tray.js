/** The open question's answers over the input: buttons, or consents as boxes to tick. What stands in a card isn't here. */
import { byId, h, kept } from "../dom.js";
import { Fields } from "./fields.js";
import { aside, binds, inCard, likely, ORDER, paidAgain, resends, tick, toggles } from "./transcript.js";
import { asleep, bindsHere, boundAt, guard, onTheSpot, sleep } from "./waking.js";
import { t } from "./words.js";

const MOST = 5; // answers in view

/** Whether the button only says how one liked it. @param {import("./transcript.js").Button} button */
const judges = (button) => button.payload.startsWith("helpful:");

const CODES = new Set(["contact_code", "login_code", "email_link"]);

/** Whether it stands in the quiet line: beside the boxes of a code all ways off do. @param {import("./transcript.js").Button} button @param {string} expects */
const quiet = (button, expects) => aside(button) || resends(button) || (CODES.has(expects) && button.payload.startsWith("edit:"));

/** Whether a sheet stands in the answer's place: it leads to the fields, or gives what stands in one. @param {import("./transcript.js").Button} button @param {import("./fields.js").Sheet|null} sheet */
const onSheet = ({ payload }, sheet) => sheet !== null && (payload === sheet.instead || sheet.fields.some(({ name, value }) => value && payload === `${name}:same`));

export class Tray {
  #box = byId("tray");
  #drawn = "";
  /** @type {Map<HTMLInputElement, import("./transcript.js").Button>} */ #boxes = new Map();
  /** Boxes without which there is no account. */ #required = new Set((this.#box.dataset.required ?? "").split(" ").map((name) => `consents:toggle:${name}`));
  /** The seller's own questions: no answer stands out. */ #equal = new Set((this.#box.dataset.equal ?? "").split(" "));
  /** Whether the boxes were sent as they were: required ones left out are marked until they are ticked. */ #sent = false;
  /** The question whose answers are all shown. */ #unfolded = 0;
  /** Whether the voluntary consents are shown, however often one of them changes. */ #opened = false;

  #fields;

  /** @param {(button: import("./transcript.js").Button, line: import("./transcript.js").Line) => void} pressed @param {import("./card.js").Acts} acts @param {(text: string) => void} filled @param {ConstructorParameters<typeof Fields>[1]} judge @param {() => void} drawn */
  constructor(pressed, acts, filled, judge, drawn) {
    this.#fields = new Fields((text) => this.busy || filled(text), judge);
    this.pressed = pressed;
    this.drawn = drawn;
    this.acts = acts;
    /** Whether the last press was a tick: what it is answered with was there before. */ this.ticked = false;
    /** Whether the page has only just been loaded: nothing stood here before. */ this.awake = false;
    this.busy = false;
    /** @type {import("./transcript.js").Line|null} what is shown now */ this.line = null;
    guard(this.#box);
  }

  /**
   * @param {import("./transcript.js").Line|null} line the open question @param {boolean} busy an answer is on its way
   * @param {string} expects what the open step expects @param {import("./fields.js").Sheet|null} sheet the values that it asks for at once
   */
  show(line, busy, expects, sheet) {
    const another = line?.id !== this.line?.id;
    this.busy = busy;
    this.line = line;
    if (!line?.buttons.some(toggles)) this.#sent = this.#opened = false;
    this.#box.setAttribute("aria-busy", String(busy));
    this.#box.setAttribute("aria-label", t("answers"));
    const sketch = line ? JSON.stringify([line.id, line.buttons, expects, sheet, document.documentElement.lang, this.#unfolded === line.id]) : "";
    if (sketch === this.#drawn) return this.#sync();
    this.#drawn = sketch;
    this.#boxes.clear();
    const held = this.#box.contains(document.activeElement) ? (document.activeElement?.getAttribute("data-payload") ?? "") : null;
    const before = new Set(this.#controls().map(known));
    this.#box.replaceChildren(...(line ? this.#answers(line, expects, sheet) : []));
    this.#box.hidden = !this.#box.childElementCount;
    this.drawn();
    this.acts.hold(line, sheet && this.#fields.form);
    this.#sync();
    // In a card's step the same ways on stay where they are, message after message.
    const fresh = line?.card ? this.#controls().filter((control) => !before.has(known(control))) : this.#controls();
    if (another && !this.ticked) this.#place(fresh);
    this.ticked = false;
    if (held !== null) this.#giveFocusBack(held);
  }

  /** @param {import("./transcript.js").Line} line @param {string} expects @param {import("./fields.js").Sheet|null} sheet */
  #answers(line, expects, sheet) {
    const elsewhere = inCard(line);
    const buttons = line.buttons.filter((button) => !elsewhere.has(button.payload) && !onSheet(button, sheet) && button !== paidAgain(line));
    const boxes = buttons.filter(toggles);
    const answers = buttons.filter((button) => !toggles(button) && !quiet(button, expects));
    // Beside the button that orders nothing else looks like one.
    const main = answers.every(judges) && !elsewhere.has(ORDER) ? answers : answers.filter((button) => !judges(button));
    const off = buttons.filter((button) => quiet(button, expects) && !resends(button));
    const rest = [...buttons.filter(resends), ...answers.filter((button) => !main.includes(button)), ...off];
    const pays = expects === "payment" && line.links.some((link) => link.rel === "payment") && !paidAgain(line);
    const room = pays ? 2 : line.card?.kind === "receipt" ? 3 : MOST; // below the way to pay all else is one quiet line
    const unfolded = this.#unfolded === line.id;
    const folded = main.length > room && !unfolded;
    // What may be left out is one press away, and nothing agrees to it unread.
    const optional = boxes.filter((button) => !this.#isRequired(button));
    const voluntary = !this.#opened && optional.length < boxes.length && !optional.some((button) => tick(button).on) ? optional.length : 0;
    const most = sheet ? undefined : likely(line, expects, this.#equal);
    const ways = (voluntary ? main.filter((button) => button === most) : folded ? main.slice(0, room - 1) : main).map((button) => this.#button(button, line, button === most && "likely"));
    const more = voluntary ? t("voluntary", { n: voluntary }) : folded && t(pays ? "other_ways" : "menu");
    if (more) ways.push(this.#more(more, folded && !pays && !voluntary ? `${more}: ${t("answers")}` : null, () => this.#unfold(line, expects, sheet)));
    const lost = CODES.has(expects) && rest.length > 1 && !unfolded;
    const aside = lost ? [this.#more(t("no_code"), null, () => this.#unfold(line, expects, sheet))] : rest.map((button) => this.#button(button, line));
    const below = [...(pays ? ways : []), ...aside];
    return [
      sheet ? this.#fields.draw(sheet) : null,
      boxes.length ? h("fieldset", {}, h("legend", { class: "sr" }, t(boxes[0].payload.startsWith("consents:") ? "consents" : "answers")), ...(voluntary ? boxes.filter((button) => this.#isRequired(button)) : boxes).map((button) => this.#tickBox(button, voluntary > 0))) : null,
      ...(pays ? [] : ways),
      below.length ? h("div", { class: "rest" }, ...below) : null,
    ].filter((part) => part !== null);
  }

  /** Shows the other answers too, in place. @param {import("./transcript.js").Line} line @param {string} expects @param {import("./fields.js").Sheet|null} sheet */
  #unfold(line, expects, sheet) {
    const before = new Set(this.#controls().map(known));
    this.#unfolded = line.id;
    this.#opened = line.buttons.some(toggles);
    this.show(line, this.busy, expects, sheet);
    const fresh = this.#controls().filter((control) => !before.has(known(control)));
    sleep(fresh);
    (fresh.find((control) => !bindsHere(control)) ?? this.#box).focus({ preventScroll: true });
  }

  /** Whoever was asked for values begins with the first. */
  giveFields() {
    this.#fields.focus();
  }

  /** Leads to what is folded away. @param {string} words @param {string|null} label @param {() => void} onclick */
  #more(words, label, onclick) {
    return h("button", { type: "button", class: "more", "aria-expanded": "false", "aria-label": label, onclick }, words);
  }

  #button(button, line, look) {
    const attributes = { type: "button", class: look, "data-payload": button.payload, "data-binds": binds(button), onclick: (event) => this.#press(event, button, line) };
    return h("button", attributes, button.title);
  }

  /** @param {import("./transcript.js").Button} button */
  #isRequired(button) {
    return this.#required.has(button.payload);
  }

  /** @param {import("./transcript.js").Button} button @param {boolean} alike all in view are required */
  #tickBox(button, alike) {
    const { title } = tick(button);
    const required = this.#isRequired(button);
    const box = /** @type {HTMLInputElement} */ (h("input", { type: "checkbox", "data-payload": button.payload, "aria-required": required && "true" }));
    this.#boxes.set(box, button);
    box.addEventListener("change", () => {
      if (asleep(box)) this.#sync();
      else this.acts.wish({ row: button.payload, title, on: box.checked, words: button.words });
    });
    const mark = button.words && required && !alike ? h("small", {}, ` ${t("required")}`) : null;
    return h("label", {}, box, h("span", { dir: "auto" }, ...kept(button.words ?? title), mark));
  }

  /** Boxes as they were left, or as the desk knows them. */
  #sync() {
    for (const [box, button] of this.#boxes) {
      const { on, title } = tick(button);
      box.checked = this.acts.chosen(button.payload, { title, chosen: on });
      box.setAttribute("aria-invalid", String(this.#sent && !box.checked && this.#isRequired(button)));
    }
  }

  #press(event, button, line) {
    if (this.busy || asleep(event.currentTarget)) return;
    boundAt(bindsHere(event.currentTarget) ? event.currentTarget : null);
    this.#sent = button.payload === "consents:done";
    this.pressed(button, line);
  }

  #controls() {
    return /** @type {HTMLElement[]} */ ([...this.#box.querySelectorAll("[data-payload]")]);
  }

  /** The spot of the last binding press never holds the next one: the ways aside go before it then. @param {HTMLElement[]} fresh */
  #place(fresh) {
    this.#box.classList.remove("turned");
    this.#box.classList.toggle("turned", onTheSpot(fresh));
    boundAt(null);
    sleep(this.awake ? fresh.filter(bindsHere) : fresh);
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

/** @param {HTMLElement} control */
const known = (control) => control.dataset.payload ?? "";
