/**
 * Ready answers: `/` opens the list of them (`picker.js`), `/shortcut` and a blank in the box becomes the words, a press on
 * one puts it where the cursor is. What stands there to be filled in is named beside the box, and marked.
 */
import { pickReady } from "./picker.js";
import { always, t } from "./page.js";

/** @returns {HTMLTextAreaElement|null} */
const box = () => /** @type {HTMLTextAreaElement|null} */ (document.getElementById("say"));

/** @param {string} shortcut */
const textOf = (shortcut) => /** @type {HTMLElement|null} */ (document.querySelector(`[data-ready="${CSS.escape(shortcut)}"]`))?.dataset.text;

/** The places in what was written that the desk would refuse to send. @param {HTMLTextAreaElement} into */
function unfilled(into) {
  const known = (into.dataset.places ?? "").split(" ");
  return [...into.value.matchAll(/\{\s*(\w+)\s*\}/g)].filter((found) => known.includes(found[1].toLowerCase()));
}

/** Names them beside the box. @param {HTMLTextAreaElement} into */
function name(into) {
  const line = document.getElementById("unfilled");
  const places = [...new Set(unfilled(into).map(([place]) => place))].join(" ");
  const words = places ? t("fill_in", { places }) : "";
  if (line && line.textContent !== words) line.textContent = words;
}

/** Marks the first of them, for the next stroke to take its place. @param {HTMLTextAreaElement} into @param {number} [from] */
function mark(into, from = 0) {
  const first = unfilled(into).find(({ index }) => index >= from);
  if (!first) return;
  into.focus();
  into.setSelectionRange(first.index, first.index + first[0].length);
}

/** @param {HTMLTextAreaElement} into @param {number} from @param {number} until @param {string} words */
function put(into, from, until, words) {
  into.setRangeText(words, from, until, "end");
  into.focus();
  into.dispatchEvent(new Event("input", { bubbles: true }));
  mark(into, from);
}

/** What the desk refused for a place in it comes back with its form. */
function refused() {
  const into = box();
  if (!into) return;
  name(into);
  if (into.getAttribute("aria-invalid") !== "true" || into.dataset.marked) return;
  into.dataset.marked = "yes";
  mark(into);
}

export function offerReady() {
  always(refused);
  pickReady(put);
  document.addEventListener("input", (event) => {
    const into = event.target;
    if (!(into instanceof HTMLTextAreaElement) || into !== box()) return;
    const end = into.selectionStart;
    const typed = /(?:^|\s)\/([a-z0-9_-]+)\s$/.exec(into.value.slice(0, end));
    const words = typed && textOf(typed[1]);
    if (typed && words) put(into, end - typed[1].length - 2, end, words);
    name(into);
  });
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest("[data-ready]") : null;
    const into = box();
    if (!(link instanceof HTMLElement) || !into) return;
    event.preventDefault();
    put(into, into.selectionStart, into.selectionEnd, link.dataset.text ?? "");
  });
}
