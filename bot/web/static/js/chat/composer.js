/** The input: never switched off; its keyboard and its suggestions follow what the step expects. */
import { byId, h } from "../dom.js";
import { Codes } from "./codes.js";
import { recall, remember } from "./memory.js";
import { PAGES } from "./transcript.js";
import { has, t } from "./words.js";

export const LONGEST = 4096;
/** @type {Record<string, Record<string, string>>} Attributes of the input by the kind of answer; `picker` is a native field's type. */
const KINDS = JSON.parse(byId("inputs").textContent ?? "{}");
/** Whether the step is answered by typing, whatever buttons it has beside. @param {string} expects */
export const isTyped = (expects) => expects in KINDS;

const PLAIN = { inputmode: "text", autocomplete: "off", autocapitalize: "sentences", picker: "" };
/** The attributes of an input for this kind of answer. @param {string} expects */
export const attributesOf = (expects) => ({ ...PLAIN, ...KINDS[expects] });
const TYPING_EVERY_MS = 4000;
const NEVER_KEPT = new Set([...PAGES, "contact_code", "login_code", "email_link"]);
const DRAFT = "okienko.draft"; // what is typed and not sent, with its step: a reload loses nothing

export class Composer {
  #told = 0;
  #mode = "bot";
  #seen = 0;
  #step = "";
  #expects = "";
  #input = /** @type {HTMLInputElement} */ (byId("input"));
  #codes;
  #beside = false; // codes have boxes of their own

  /**
   * @param {(text: string, seen: number) => void} send @param {() => void} tooLong
   * @param {() => void} typing told to a person only @param {() => number} seen how far the customer has read
   * @param {(code: string) => Promise<unknown>} pay
   */
  constructor(send, tooLong, typing, seen, pay) {
    this.#input.addEventListener("input", () => {
      this.#keep();
      this.#seen = seen(); // what comes between the last key and the sending wasn't read by whoever wrote this
      if (this.#mode !== "agent" || performance.now() - this.#told < TYPING_EVERY_MS) return;
      this.#told = performance.now();
      typing();
    });
    byId("composer").addEventListener("submit", (event) => {
      event.preventDefault();
      const text = this.#input.value.trim();
      if (!text) return;
      if (text.length > LONGEST) return tooLong();
      this.forget();
      send(text, this.#seen);
    });
    this.#codes = new Codes(this.#input, (text) => send(text, seen()), pay); // behind what keeps the draft: a code that is complete is sent at once
    document.addEventListener("keydown", (event) => this.#takeUp(event));
  }

  /** Whoever begins to type after a press types into the input. @param {KeyboardEvent} event */
  #takeUp(event) {
    const writes = [...event.key].length === 1 && event.key !== " " && !event.ctrlKey && !event.metaKey && !event.altKey;
    if (!writes || document.activeElement?.matches("input:not([type=checkbox])")) return;
    (/\d/.test(event.key) ? this.field : this.#input).focus({ preventScroll: true });
  }

  /** Where the answer is typed: a code's boxes, else the line. */
  get field() {
    return this.#codes.field;
  }

  /** @param {import("./codes.js").Code[]} codes those awaited @param {import("./codes.js").Code[]} docked those that may be typed at any step @param {number} seq the desk's last line @param {string} expects @param {string} mode @param {import("./transcript.js").Link[]} links */
  awaits(codes, docked, seq, expects, mode, links) {
    if (expects !== "wait") this.#codes.expect(mode === "agent" ? [] : [...codes, ...docked], seq, docked.length > 0, links.find((link) => link.rel === "payment")); // while one is on its way what is typed stays
    this.#beside = mode !== "agent" && codes.length > 0;
  }

  /** Nothing typed is left, here or in the tab's memory. */
  forget() {
    this.#input.value = "";
    remember(DRAFT, null);
  }

  #keep() {
    const kept = this.#input.value !== "" && !NEVER_KEPT.has(this.#expects);
    remember(DRAFT, kept ? JSON.stringify([this.#step, this.#input.value]) : null);
  }

  /** A draft belongs to its question: at another one it isn't brought back. @param {string} step @param {string} expects */
  #at(step, expects) {
    const first = !this.#step;
    this.#step = step;
    this.#expects = expects;
    const [of, text] = first && !NEVER_KEPT.has(expects) ? JSON.parse(recall(DRAFT) ?? "[]") : [];
    if (of === step && !this.#input.value) this.#input.value = text;
    this.#keep();
  }

  /** The device's calendar stands beside the input, not in its place: a day may be typed as "tomorrow", and a question asked. @param {boolean} asked */
  #offerDay(asked) {
    const shown = document.getElementById("day");
    if (asked === Boolean(shown)) return;
    shown?.remove();
    if (asked) byId("composer").prepend(h("input", { type: "date", id: "day", "aria-label": t("day"), onchange: (/** @type {Event} */ event) => this.#takeDay(event) }));
  }

  /** @param {Event} event */
  #takeDay({ target }) {
    const { value } = /** @type {HTMLInputElement} */ (target);
    this.#input.value = value && new Date(`${value}T00:00`).toLocaleDateString(document.documentElement.lang, { dateStyle: "long" });
    this.#input.dispatchEvent(new Event("input"));
  }

  /** @param {string} expects @param {string} mode @param {string} step */
  expect(expects, mode, step) {
    this.#mode = mode;
    if (step && step !== this.#step) this.#at(step, expects);
    const { picker, ...attributes } = attributesOf(this.#beside ? "" : expects);
    for (const [name, value] of Object.entries(attributes)) {
      if (this.#input.getAttribute(name) !== value) this.#input.setAttribute(name, value);
    }
    const kinds = mode === "agent" ? ["placeholder_agent"] : this.#beside ? ["placeholder_beside"] : [`placeholder_${this.#step.split(".")[1]}`, `placeholder_${expects}`];
    this.#input.placeholder = t(kinds.find(has) ?? "placeholder");
    this.#offerDay(picker === "date" && mode !== "agent");
    const hint = byId("hint");
    hint.hidden = !PAGES.has(expects);
    hint.textContent = t("secret_hint");
    byId("input-label").textContent = t("input");
    byId("send-word").textContent = t("send");
    const speaks = document.getElementById("speak-word");
    if (speaks) speaks.textContent = t(speaks.dataset.word ?? "speak");
  }
}
