/** The input sheet: what the next questions ask for, filled in at once and sent as one text, a line for each value. */
import { h } from "../dom.js";
import { announce } from "./announcer.js";
import { attributesOf } from "./composer.js";
import { recall, remember } from "./memory.js";
import { current, t } from "./words.js";

/** @typedef {{name: string, label: string, kind: string, value: string}} Field `value`: what is known already */
/** @typedef {{fields: Field[], instead: string}} Sheet `instead`: the answer in whose place it stands */
/** @typedef {{wrong?: string, better?: string, offered?: string}} Judged what is wrong, and the value likely meant with the words that offer it */

const DRAFT = "okienko.fields"; // what is filled in and not sent: a reload loses nothing
const PATIENCE_MS = 2000; // without an answer by then nothing is wrong: the question itself has the last word

export class Fields {
  /** @type {{field: Field, input: HTMLInputElement, note: HTMLElement, busy: boolean}[]} */ #rows = [];
  /** @type {Map<string, Promise<Judged|null>>} what the desk said of values */ #judged = new Map();
  #locale = "";

  /** @param {(text: string) => void} send @param {(name: string, value: string) => Promise<Judged>} ask */
  constructor(send, ask) {
    this.send = send;
    this.ask = ask;
    /** @type {Element|null} */ this.form = null;
  }

  /** Draws the fields, which stand on their slip, and returns the button that sends them. @param {Sheet} sheet */
  draw(sheet) {
    const kept = JSON.parse(recall(DRAFT) ?? "{}");
    const left = new Set(this.#judged.keys());
    if (this.#locale !== current()) this.#judged.clear();
    this.#locale = current();
    this.#rows = sheet.fields.map((field, place) => this.#row(field, kept[field.name] ?? field.value, place === sheet.fields.length - 1));
    const rows = this.#rows.map(({ field, input, note }) => h("div", { class: "field" }, h("label", { for: input.id }, field.label), input, note));
    const submit = (/** @type {Event} */ event) => {
      event.preventDefault();
      void this.#submit(this.#rows);
    };
    this.form = h("form", { class: "fields", id: "fields", novalidate: true, onsubmit: submit }, ...rows);
    for (const row of this.#rows) if (left.has(key(row)) || row.input.value === row.field.value) void this.#judge(row);
    return h("button", { class: "likely", form: "fields" }, t("go_on"));
  }

  /** The first field that is still empty has the focus, else this one. */
  focus(input = this.#rows[0]?.input) {
    toField(this.#rows.find((row) => !row.input.value)?.input ?? input);
  }

  /** @param {Field} field @param {string} value @param {boolean} last */
  #row(field, value, last) {
    const { picker, ...attributes } = attributesOf(field.kind);
    const id = `field-${field.name}`;
    const note = h("p", { class: "note", id: `${id}-note`, hidden: true });
    const input = /** @type {HTMLInputElement} */ (h("input", { ...attributes, id, name: field.name, enterkeyhint: last ? "send" : "next", "aria-describedby": note.id }));
    input.value = value;
    const row = { field, input, note, busy: false };
    input.addEventListener("input", () => this.#typed(row));
    input.addEventListener("change", () => this.#judge(row).then(() => announce([note.textContent && `${field.label}: ${note.textContent}`])));
    input.addEventListener("keydown", (event) => this.#goOn(event, row));
    return row;
  }

  /** What was marked is judged anew as it is typed, what wasn't when the field is left. @param {typeof this.#rows[0]} row */
  #typed(row) {
    row.input.classList.remove("good");
    if (!row.note.hidden && !row.busy) void this.#judge(row);
    remember(DRAFT, JSON.stringify(Object.fromEntries(this.#rows.map(({ field, input }) => [field.name, input.value]))));
  }

  /** Shows what the desk says of the value; one that was marked and has changed meanwhile is judged anew. @param {typeof this.#rows[0]} row */
  async #judge(row) {
    const asked = key(row);
    row.busy = true;
    const judged = await this.#said(row);
    row.busy = false;
    if (asked === key(row)) this.#show(row, judged);
    else if (!row.note.hidden) await this.#judge(row);
  }

  /** What an empty field lacks is asked for later; what is known needs no judge. @param {typeof this.#rows[0]} row @returns {Promise<Judged|null>} */
  #said({ field, input }) {
    const value = input.value.trim();
    if (!value || input.value === field.value) return Promise.resolve(value ? {} : null);
    const of = key({ field, input });
    const late = () => new Promise((resolve) => setTimeout(resolve, PATIENCE_MS, null));
    const said = this.#judged.get(of) ?? Promise.race([this.ask(field.name, value).catch(() => null), late()]).then((judged) => judged ?? (this.#judged.delete(of), null));
    this.#judged.set(of, said);
    return said;
  }

  /** @param {typeof this.#rows[0]} row @param {Judged|null} judged */
  #show({ field, input, note }, judged) {
    const { wrong, better, offered } = judged ?? {};
    const mend = () => {
      input.value = better ?? "";
      input.dispatchEvent(new Event("input"));
      this.focus(input);
    };
    input.classList.toggle("good", judged !== null && !wrong && !better);
    input.setAttribute("aria-invalid", String(Boolean(wrong)));
    note.replaceChildren(wrong ? `${wrong} ` : "", better ? h("button", { type: "button", class: "mend", onclick: mend }, offered) : "");
    note.hidden = !note.textContent;
  }

  /** The keyboard's key leads to the next field. @param {KeyboardEvent} event @param {typeof this.#rows[0]} row */
  #goOn(event, row) {
    const next = this.#rows[this.#rows.indexOf(row) + 1];
    if (event.key !== "Enter" || !next || event.isComposing) return;
    event.preventDefault();
    toField(next.input);
  }

  /** @param {typeof this.#rows} rows */
  async #submit(rows) {
    await Promise.all(rows.map((row) => this.#judge(row)));
    if (rows !== this.#rows) return; // drawn anew meanwhile
    const wrong = rows.find(({ input }) => input.matches("[aria-invalid=true]"));
    const filled = rows.filter(({ input }) => input.value.trim());
    if (wrong || !filled.length) return toField((wrong ?? rows[0]).input);
    remember(DRAFT, null);
    this.send(filled.map(({ field, input }) => `${field.label}: ${input.value.trim()}`).join("\n"));
  }
}

/** A field's value, to be told from others. @param {{field: Field, input: HTMLInputElement}} row */
const key = ({ field, input }) => `${field.name}:${input.value.trim()}`;

/** The field has the keyboard, and is in view. @param {HTMLInputElement|undefined} input */
function toField(input) {
  input?.focus({ preventScroll: true });
  input?.scrollIntoView({ block: "nearest" });
}
