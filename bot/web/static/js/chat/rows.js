/** A card's rows: how one is drawn follows from what it offers. */
import { h, kept, safeUrl } from "../dom.js";
import { announce } from "./announcer.js";
import { readHere } from "./sheet.js";
import { t } from "./words.js";

/** @typedef {import("./transcript.js").Row} Row */
/** @typedef {{live: boolean, step: string, line: import("./transcript.js").Line, press: (control: Element, wish: import("./wishes.js").Wish) => boolean, chosen: (row: string, choice: {title: string, chosen: boolean}) => boolean, say: (text: string) => void}} At */
/** @typedef {{node: HTMLElement, sync?: () => void}} Drawn `sync` shows the row's answer as it was left, or as the desk knows it */

const COPIED_MS = 2000;
const CURRENCY = /^(?:€|PLN|EUR) ?(?=\d)|(?<=\d) (?:zł|€|PLN|EUR)$/; // a bank's form has a field for the sum alone
const SHORT = 14; // a sum, a number: never broken
const LONG = 20; // a number that hardly fits on a line

/** @param {Row} row */
const yes = (row) => row.choices.find((choice) => choice.payload.endsWith(":yes"));

/** Whether the row is on or off: where the open step demands a yes or a no, both stand there; a yes alone is a consent to tick. @param {Row} row @param {string} step */
const switches = (row, step) => yes(row) && row.choices.length === 2 && (row.name !== step || row.choices.some((choice) => choice.chosen));

/** @param {Row} row @param {At} at @returns {Drawn} */
export function drawRow(row, at) {
  if (!at.live) return { node: told(row, reading(row, at)) };
  if (row.name === "discount" && !row.value && !row.choices.length) return discount(row, at);
  if (row.choices.length && switches(row, at.step)) return switched(row, at);
  if (row.choices.length === 1) return ticked(row, at);
  if (row.choices.length) return segmented(row, at);
  return { node: row.edit ? h("li", {}, editing(row, row.edit, at)) : h("li", { class: "row" }, ...plain(row), reading(row, at)) };
}

/** Whether there is anything to be seen of it. @param {Row} row @param {boolean} live */
export const shows = (row, live) => Boolean(row.value || row.choices.some((choice) => choice.chosen) || (live && (row.choices.length || row.edit || row.name === "discount")));

/** The row as it is read out. @param {Row} row */
export const spoken = (row) => [row.label, answer(row)].filter(Boolean).join(": ");

/** @param {Row} row */
const answer = (row) => row.value || (row.choices.find((choice) => choice.chosen)?.title ?? "");

/** @param {Row} row */
function plain(row) {
  const given = answer(row);
  const value = h("span", { class: given.length > SHORT ? "value" : "value short", dir: "auto" }, ...(row.copy ? [h("span", { class: given.length > LONG ? null : "kept" }, given), " ", copying(given)] : kept(given)));
  return row.label ? [h("span", { class: "label" }, ...kept(row.label), h("span", { class: "sr" }, ":")), " ", value] : [value];
}

/** What is only to be read: of a consent the words that were agreed to, with an empty box where it wasn't given. @param {Row} row @param {Element|null} read */
function told(row, read) {
  const alone = row.choices.length === 1;
  const given = alone && row.choices[0].chosen;
  return h("li", { class: given ? "row given" : "row" }, ...(alone ? [agreement(row, read, given ? "" : "☐ ")] : plain(row)), read);
}

/** What one agrees to; of a document the first line, all of it is one press away. @param {Row} row @param {Element|null} read @param {string} box */
function agreement(row, read, box = "") {
  const words = (read ? row.value.split("\n")[0].replace(/:$/, "") : row.value) || row.choices[0].title;
  return h("span", { class: "words", dir: "auto" }, box, ...kept(words));
}

/** The whole row is the button that changes it. @param {Row} row @param {string} payload @param {At} at */
function editing(row, payload, at) {
  const name = t("change", { label: row.label });
  const press = (event) => at.press(event.currentTarget, { row: row.name, title: name, on: true, payload });
  return h("button", { class: "row edit", type: "button", "data-payload": payload, "aria-label": `${name}. ${row.value}`, onclick: press }, ...plain(row), h("span", { class: "pencil", "aria-hidden": "true" }));
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
  return { node: h("li", { class: "row choosing" }, h("span", { class: "label", "aria-hidden": "true" }, row.label), row.choices.some((choice) => choice.title === row.value) ? null : note(row), group, reading(row, at)), sync };
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
  const read = reading(row, at);
  const box = /** @type {HTMLInputElement} */ (h("input", { type: "checkbox", "data-payload": choice.payload, "data-choice": choice.title }));
  const sync = () => (box.checked = at.chosen(row.name, choice));
  box.addEventListener("change", () => {
    if (!choice.payload || !at.press(box, { row: row.name, title: choice.title, on: box.checked, words: row.value })) sync();
  });
  return { node: h("li", { class: "row tick" }, h("label", {}, box, agreement(row, read)), read), sync };
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
  return { node: h("li", { class: "row discount" }, open, form) };
}

/** @param {Row} row */
const note = (row) => (row.value ? h("small", { dir: "auto" }, ...kept(row.value)) : null);

/** The way to the whole words. @param {Row} row @param {At} at */
function reading(row, at) {
  const link = at.line.links.find((known) => known.rel === "document" && known.id === row.document);
  const url = link && safeUrl(link.href);
  if (!link || !url) return null;
  return h("a", { class: "read", href: url.href, target: "_blank", rel: "noopener noreferrer", "aria-label": `${t("read")}: ${link.title}`, onclick: (event) => readHere(event, link) }, t("read"));
}

/** @param {string} value */
function copying(value) {
  const word = h("span", {}, t("copy"));
  const copy = async () => {
    await put(value.replaceAll("\u00a0", " ").replace(CURRENCY, ""));
    word.textContent = t("copied");
    announce([t("copied")]);
    setTimeout(() => (word.textContent = t("copy")), COPIED_MS);
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
