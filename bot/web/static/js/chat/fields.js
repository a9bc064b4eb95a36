/** The input sheet: what the next questions ask for, filled in at once and sent as one text, a line for each value. */
import { h } from "../dom.js";
import { attributesOf } from "./composer.js";
import { plausible } from "./digits.js";
import { recall, remember } from "./memory.js";
import { t } from "./words.js";

/** @typedef {{name: string, label: string, kind: string, value: string}} Field `value`: what is known already */
/** @typedef {{fields: Field[], instead: string}} Sheet `instead`: the answer in whose place it stands */

const DRAFT = "okienko.fields"; // what is filled in and not sent: a reload loses nothing

export class Fields {
  /** @type {{field: Field, input: HTMLInputElement, wrong: HTMLElement}[]} */ #rows = [];

  /** @param {(text: string) => void} send */
  constructor(send) {
    this.send = send;
    /** @type {Element|null} */ this.form = null;
  }

  /** Draws the fields, which stand on their slip, and returns the button that sends them. @param {Sheet} sheet */
  draw(sheet) {
    const kept = JSON.parse(recall(DRAFT) ?? "{}");
    this.#rows = sheet.fields.map((field, place) => this.#row(field, kept[field.name] ?? field.value, place === sheet.fields.length - 1));
    const rows = this.#rows.map(({ field, input, wrong }) => h("div", { class: "field" }, h("label", { for: input.id }, field.label), input, wrong));
    const submit = (/** @type {Event} */ event) => {
      event.preventDefault();
      this.#submit();
    };
    this.form = h("form", { class: "fields", id: "fields", novalidate: true, onsubmit: submit }, ...rows);
    return h("button", { class: "likely", form: "fields" }, t("go_on"));
  }

  /** The first field that is still empty has the focus. */
  focus() {
    toField((this.#rows.find(({ input }) => !input.value) ?? this.#rows[0])?.input);
  }

  /** @param {Field} field @param {string} value @param {boolean} last */
  #row(field, value, last) {
    const { picker, ...attributes } = attributesOf(field.kind);
    const id = `field-${field.name}`;
    const wrong = h("p", { class: "wrong", id: `${id}-wrong`, hidden: true });
    const input = /** @type {HTMLInputElement} */ (h("input", { ...attributes, id, name: field.name, enterkeyhint: last ? "send" : "next", "aria-describedby": wrong.id }));
    input.value = value;
    const row = { field, input, wrong };
    input.classList.toggle("good", this.#good(row));
    input.addEventListener("input", () => this.#typed(row));
    input.addEventListener("change", () => this.#judge(row));
    input.addEventListener("keydown", (event) => this.#goOn(event, row));
    return row;
  }

  /** What was marked is judged anew with each key, what wasn't when the field is left. @param {typeof this.#rows[0]} row */
  #typed(row) {
    if (!row.wrong.hidden) this.#judge(row);
    row.input.classList.toggle("good", this.#good(row));
    remember(DRAFT, JSON.stringify(Object.fromEntries(this.#rows.map(({ field, input }) => [field.name, input.value]))));
  }

  /** @param {typeof this.#rows[0]} row */
  #good = ({ field, input }) => input.value.trim() !== "" && (input.value === field.value || plausible(field.kind, input.value));

  /** @param {typeof this.#rows[0]} row */
  #judge(row) {
    const wrong = row.input.value.trim() !== "" && !this.#good(row);
    row.input.setAttribute("aria-invalid", String(wrong));
    row.wrong.hidden = !wrong;
    row.wrong.textContent = wrong ? t(`wrong_${row.field.kind}`) : "";
    return wrong;
  }

  /** The keyboard's key leads to the next field. @param {KeyboardEvent} event @param {typeof this.#rows[0]} row */
  #goOn(event, row) {
    const next = this.#rows[this.#rows.indexOf(row) + 1];
    if (event.key !== "Enter" || !next || event.isComposing) return;
    event.preventDefault();
    toField(next.input);
  }

  #submit() {
    const wrong = this.#rows.filter((row) => this.#judge(row));
    const filled = this.#rows.filter(({ input }) => input.value.trim());
    if (wrong.length || !filled.length) return toField((wrong[0] ?? this.#rows[0]).input);
    remember(DRAFT, null);
    this.send(filled.map(({ field, input }) => `${field.label}: ${input.value.trim()}`).join("\n"));
  }
}

/** The field has the keyboard, and is in view. @param {HTMLInputElement|undefined} input */
function toField(input) {
  input?.focus({ preventScroll: true });
  input?.scrollIntoView({ block: "nearest" });
}
