/** A card's rows: how one is drawn follows from what it offers. */
import { h, kept, safeUrl } from "../dom.js";
import { announce } from "./announcer.js";
import { readHere } from "./sheet.js";
import { agreedTo, agreesBelow } from "./transcript.js";
import { t } from "./words.js";

/** @typedef {import("./transcript.js").Row} Row */
/** @typedef {{live: boolean, step: string, line: import("./transcript.js").Line, press: (control: Element, wish: import("./wishes.js").Wish) => boolean, chosen: (row: string, choice: {title: string, chosen: boolean}) => boolean, say: (text: string) => void}} At */
/** @typedef {{node: HTMLElement, sync?: () => void}} Drawn `sync` shows the row's answer as it was left, or as the desk knows it */

const COPIED_MS = 2000;
const CURRENCY = /^(?:€|PLN|EUR) ?(?=\d)|(?<=\d) (?:zł|€|PLN|EUR)$/; // a bank's form has a field for the sum alone
const SHORT = 14; // a sum, a number: never broken
const WHOLE = 34; // longer ones have the row's whole width
const LONG = 20; // a number that hardly fits on a line

/** @param {Row} row */
const yes = (row) => row.choices.find((choice) => choice.payload.endsWith(":yes"));

/** Whether the row is on or off: where the open step demands a yes or a no, both stand there; a yes alone is a consent to tick. @param {Row} row @param {string} step */
const switches = (row, step) => yes(row) && row.choices.length === 2 && (row.name !== step || row.choices.some((choice) => choice.chosen));

/** Whether the open step asks for the row. @param {Row} row @param {string} step */
export const asks = (row, step) => row.name === step || row.covers.includes(step);

/** @param {Row} row @param {At} at @returns {Drawn} */
export function drawRow(row, at) {
  const drawn = byItsAnswers(row, at);
  if (row.was) drawn.node.classList.add("changed");
  if (at.live && asks(row, at.step)) drawn.node.setAttribute("aria-current", "step");
  return drawn;
}

/** @param {Row} row @param {At} at @returns {Drawn} */
function byItsAnswers(row, at) {
  if (!at.live || agreesBelow(row, at.line)) return { node: told(row, at) };
  if (row.name === "discount" && !row.value && !row.choices.length) return discount(row, at);
  if (row.choices.length && switches(row, at.step)) return switched(row, at);
  if (row.choices.length === 1) return ticked(row, at);
  if (row.choices.length) return segmented(row, at);
  return { node: row.edit ? h("li", {}, editing(row, row.edit, at)) : h("li", { class: "row" }, ...plain(row), reading(row, at)) };
}

/** Whether there is anything to be seen of it. @param {Row} row @param {boolean} live */
export const shows = (row, live) => Boolean(row.value || row.choices.some((choice) => choice.chosen) || (live && (row.choices.length || row.edit || row.name === "discount")));

/** The row as it is read out. @param {Row} row */
export const spoken = (row) => [row.covers.length ? "" : row.label, both(row)].filter(Boolean).join(": ");

/** What held before, and what is to hold. @param {Row} row */
const both = (row) => [row.was, answer(row)].filter(Boolean).join(" → ");

/** @param {Row} row */
const answer = (row) => row.value || (row.choices.find((choice) => choice.chosen)?.title ?? "");

/** @param {Row} row */
function plain(row) {
  const given = answer(row);
  const before = row.was ? [h("s", { dir: "auto" }, row.was), " "] : [];
  const value = h("span", { class: given.length > WHOLE ? "value long" : given.length > SHORT ? "value" : "value short", dir: "auto" }, ...(row.copy ? [h("span", { class: given.length > LONG ? null : "kept" }, given), " ", copying(given)] : kept(given)));
  return row.label ? [h("span", { class: "label" }, ...kept(row.label), h("span", { class: "sr" }, ":")), " ", ...before, value] : [...before, value];
}

/** What is only to be read: of a consent the words that were agreed to, with an empty box where it wasn't given. @param {Row} row @param {At} at */
function told(row, at) {
  const alone = row.choices.length === 1;
  const given = alone && row.choices[0].chosen;
  return h("li", { class: given ? "row given" : "row" }, ...(alone ? agreement(row, at, given || (at.live && agreesBelow(row, at.line)) ? "" : "☐ ") : [...plain(row), reading(row, at)]));
}

/** What one agrees to, and the way to all of it: of a document the first line. @param {Row} row @param {At} at @param {string} box */
function agreement(row, at, box = "") {
  if (row.covers.length) return [h("span", { class: "words", dir: "auto" }, box, ...linked(row, at))];
  const read = reading(row, at);
  const words = (read ? row.value.split("\n")[0].replace(/:$/, "") : row.value) || row.choices[0].title;
  return [h("span", { class: "words", dir: "auto" }, box, ...kept(words)), read];
}

/** The words on its button, where each document that they name leads to its text; one that they don't name follows. @param {Row} row @param {At} at */
function linked(row, at) {
  /** @type {(string|Element)[]} */ const parts = [row.choices[0].title];
  for (const { label, document } of (at.line.card?.rows ?? []).filter((known) => row.covers.includes(known.name))) {
    const lower = label.toLowerCase();
    const n = parts.findIndex((part) => typeof part === "string" && part.toLowerCase().includes(lower));
    const words = n < 0 ? label : /** @type {string} */ (parts[n]);
    const from = Math.max(0, words.toLowerCase().indexOf(lower));
    const name = way(document, at.line, words.slice(from, from + label.length)) ?? label;
    if (n < 0) parts.push(" ", name);
    else parts.splice(n, 1, words.slice(0, from), name, words.slice(from + label.length));
  }
  return parts;
}

/** The whole row is the button that changes it. @param {Row} row @param {string} payload @param {At} at */
function editing(row, payload, at) {
  const name = t("change", { label: row.label });
  const press = (event) => at.press(event.currentTarget, { row: row.name, title: name, on: true, payload });
  return h("button", { class: "row edit", type: "button", "data-payload": payload, "aria-label": `${name}. ${both(row)}`, onclick: press }, ...plain(row), h("span", { class: "pencil", "aria-hidden": "true" }));
}

/** Equal answers side by side. @param {Row} row @param {At} at @returns {Drawn} */
function segmented(row, at) {
  const buttons = row.choices.map((choice) => {
    const press = (event) => {
      if (choice.chosen && !choice.payload) return;
      at.press(event.currentTarget, { row: row.name, title: choice.title, on: !at.chosen(row.name, choice), words: row.value });
    };
    return h("button", { type: "button", "data-payload": choice.payload, "data-choice": choice.title, onclick: press }, choice.title);
  });
  const sync = () => buttons.forEach((button, n) => button.setAttribute("aria-pressed", String(at.chosen(row.name, row.choices[n]))));
  const group = h("div", { class: "segments", role: "group", "aria-label": row.label }, ...buttons);
  return { node: h("li", { class: "row choosing" }, h("span", { class: "label", "aria-hidden": "true" }, row.label), row.choices.some((choice) => choice.chosen && row.value.startsWith(choice.title)) ? null : note(row), group, reading(row, at)), sync };
}

/** Off until chosen; what it would mean stands beside it. @param {Row} row @param {At} at @returns {Drawn} */
function switched(row, at) {
  const on = /** @type {import("./transcript.js").Choice} */ (yes(row));
  const no = row.choices.find((choice) => choice !== on)?.payload ?? "";
  const press = (event) => at.press(event.currentTarget, { row: row.name, title: on.title, on: !at.chosen(row.name, on), words: row.value });
  const words = h("span", { class: "words" }, h("span", {}, ...kept(row.label || on.title)), note(row));
  const button = h("button", { class: "row switch", type: "button", role: "switch", "data-payload": on.payload || no, onclick: press }, words, h("span", { class: "knob", "aria-hidden": "true" }));
  return { node: h("li", {}, button, reading(row, at)), sync: () => button.setAttribute("aria-checked", String(at.chosen(row.name, on))) };
}

/** A consent of its own: what is agreed to stands beside the box. @param {Row} row @param {At} at @returns {Drawn} */
function ticked(row, at) {
  const [choice] = row.choices;
  const [words, read] = agreement(row, at);
  const box = /** @type {HTMLInputElement} */ (h("input", { type: "checkbox", "data-payload": choice.payload, "data-choice": choice.title }));
  const sync = () => (box.checked = at.chosen(row.name, choice));
  box.addEventListener("change", () => {
    const agreed = agreedTo(at.line.card?.rows ?? [], row);
    if (!choice.payload || !at.press(box, { row: row.name, title: choice.title, on: box.checked, words: agreed })) sync();
  });
  return { node: h("li", { class: "row tick" }, h("label", {}, box, words), read), sync };
}

/** A quiet link, which opens a small field. @param {Row} row @param {At} at @returns {Drawn} */
function discount(row, at) {
  const field = /** @type {HTMLInputElement} */ (h("input", { type: "text", "aria-label": row.label, placeholder: t("placeholder_discount_code"), autocomplete: "off", autocapitalize: "characters", enterkeyhint: "send" }));
  const form = h("form", { hidden: true, novalidate: true }, field, h("button", { type: "submit" }, t("discount_use")));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (field.value.trim()) at.say(field.value.trim());
  });
  const open = h("button", { class: "quiet", type: "button", "data-payload": row.edit ?? "discount", "aria-expanded": "false" }, row.label);
  open.addEventListener("click", () => {
    form.hidden = !form.hidden;
    open.setAttribute("aria-expanded", String(!form.hidden));
    if (!form.hidden) field.focus();
  });
  return { node: h("div", { class: "row discount" }, open, form) };
}

/** @param {Row} row */
const note = (row) => (row.value ? h("small", { dir: "auto" }, ...kept(row.value)) : null);

/** The documents that a row leads to. @param {Row} row @param {import("./transcript.js").Line} line */
export const documents = (row, line) => [row, ...(line.card?.rows ?? []).filter((known) => row.covers.includes(known.name))].map((known) => documented(known.document, line));

/** @param {string|null} id @param {import("./transcript.js").Line} line */
const documented = (id, line) => line.links.find((link) => link.rel === "document" && link.id === id);

/** The way to the whole words. @param {Row} row @param {At} at */
const reading = (row, at) => way(row.document, at.line);

/** @param {string|null} id @param {import("./transcript.js").Line} line @param {string} [words] */
function way(id, line, words) {
  const link = documented(id, line);
  const url = link && safeUrl(link.href);
  if (!link || !url) return null;
  const name = words ? null : `${t("read")}: ${link.title}`;
  return h("a", { class: "read", href: url.href, target: "_blank", rel: "noopener noreferrer", "aria-label": name, onclick: (event) => readHere(event, link) }, words ?? t("read"));
}

/** @param {string} value */
function copying(value) {
  const word = h("span", {}); // empty it is a sign
  const copy = async () => {
    await put(value.replaceAll("\u00a0", " ").replace(CURRENCY, ""));
    word.textContent = t("copied");
    announce([t("copied")]);
    setTimeout(() => (word.textContent = ""), COPIED_MS);
  };
  return h("button", { class: "copy", type: "button", "aria-label": `${t("copy")}: ${value}`, onclick: copy }, word);
}

/** A frame on another site may not write to the clipboard by the newer way. @param {string} text */
async function put(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const field = /** @type {HTMLTextAreaElement} */ (h("textarea", { class: "sr" }, text));
    document.body.append(field);
    field.select();
    document.execCommand("copy");
    field.remove();
  }
}
