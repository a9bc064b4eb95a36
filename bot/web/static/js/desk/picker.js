/**
 * Ready answers by the keyboard: `/` at a word's beginning opens the list below the box, what follows filters it. Arrows
 * choose, Enter or Tab takes, Escape closes. The box keeps the focus; the chosen one is told by `aria-activedescendant`.
 */

import { always } from "./page.js";

/** @typedef {{shortcut: string, title: string, text: string}} Answer */

const BEGUN = /(?:^|\s)\/([^\s/]*)$/;
let at = 0; // which of those shown is chosen
let closedAt = -1; // where the sign stands at which the list was closed by Escape

/** @returns {HTMLTextAreaElement|null} */
const box = () => /** @type {HTMLTextAreaElement|null} */ (document.getElementById("say"));
const list = () => document.getElementById("picker");
const options = () => /** @type {HTMLElement[]} */ ([...(list()?.children ?? [])]);

/** Where the sign stands, and what follows it up to the cursor. @param {HTMLTextAreaElement} into */
function begun(into) {
  const end = into.selectionStart;
  const found = end === into.selectionEnd ? BEGUN.exec(into.value.slice(0, end)) : null;
  return found && { from: end - found[1].length - 1, until: end, typed: found[1].toLowerCase() };
}

/** Those that begin so come first, then those whose title has it. @param {string} typed @returns {Answer[]} */
function fitting(typed) {
  const all = /** @type {HTMLElement[]} */ ([...document.querySelectorAll("[data-ready]")]).map((link) => ({
    shortcut: link.dataset.ready ?? "",
    title: link.dataset.title ?? "",
    text: link.dataset.text ?? "",
  }));
  const first = all.filter(({ shortcut }) => shortcut.toLowerCase().startsWith(typed));
  return [...first, ...all.filter((one) => !first.includes(one) && one.title.toLowerCase().includes(typed))];
}

/** @param {HTMLTextAreaElement} into @param {Answer[]} answers */
function show(into, answers) {
  const shown = list();
  if (!shown) return;
  shown.replaceChildren(...answers.map(row));
  shown.hidden = answers.length === 0;
  choose(into, 0);
}

/** @param {Answer} answer @param {number} index */
function row(answer, index) {
  const option = document.createElement("li");
  const words = document.createElement("span");
  option.id = `picker-${index}`;
  option.role = "option";
  option.dataset.text = answer.text;
  option.append(`/${answer.shortcut} `, words);
  words.textContent = answer.title;
  return option;
}

/** @param {HTMLTextAreaElement} into @param {number} index */
function choose(into, index) {
  const shown = options();
  at = shown.length ? (index + shown.length) % shown.length : 0;
  shown.forEach((option, number) => option.setAttribute("aria-selected", String(number === at)));
  shown[at]?.scrollIntoView({ block: "nearest" });
  if (shown[at] && !list()?.hidden) into.setAttribute("aria-activedescendant", shown[at].id);
  else into.removeAttribute("aria-activedescendant");
}

/** @param {HTMLTextAreaElement} into */
const close = (into) => show(into, []);

/** @param {HTMLTextAreaElement} into */
function follow(into) {
  const word = begun(into);
  if (!word) closedAt = -1;
  if (word && word.from !== closedAt) show(into, fitting(word.typed));
  else if (!list()?.hidden) close(into);
}

/** @param {(into: HTMLTextAreaElement, from: number, until: number, words: string) => void} put */
export function pickReady(put) {
  /** @param {HTMLTextAreaElement} into */
  const take = (into) => {
    const word = begun(into);
    const words = options()[at]?.dataset.text;
    close(into);
    if (word && words) put(into, word.from, word.until, words);
  };
  document.addEventListener("input", ({ target }) => {
    if (target instanceof HTMLTextAreaElement && target === box()) follow(target);
  });
  always(() => {
    const into = box(); // the sign may have been typed before the answers came
    if (into && into === document.activeElement && list()?.hidden) follow(into);
  });
  document.addEventListener("focusout", ({ target }) => {
    if (target instanceof HTMLTextAreaElement && target === box()) close(target);
  });
  document.addEventListener("mousedown", (event) => {
    const option = event.target instanceof Element ? event.target.closest("#picker > li") : null;
    const into = box();
    if (!(option instanceof HTMLElement) || !into) return;
    event.preventDefault(); // the box keeps the focus
    choose(into, options().indexOf(option));
    take(into);
  });
  // Before the keys of the page: Escape closes the list alone, Enter sends nothing.
  document.addEventListener(
    "keydown",
    (event) => {
      const into = box();
      if (!into || event.target !== into || list()?.hidden !== false) return;
      if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
      /** @type {Record<string, () => void>} */
      const keys = {
        ArrowDown: () => choose(into, at + 1),
        ArrowUp: () => choose(into, at - 1),
        Enter: () => take(into),
        Tab: () => take(into),
        Escape: () => {
          closedAt = begun(into)?.from ?? -1;
          close(into);
        },
      };
      if (!keys[event.key] || event.shiftKey) return;
      event.preventDefault();
      event.stopPropagation();
      keys[event.key]();
    },
    true,
  );
}
