/** What was typed and not sent yet stays in this tab, whatever is loaded again: per conversation and field. */
import { always, talkId } from "./page.js";

const PREFIX = "okienko.desk.";

/** @typedef {HTMLInputElement|HTMLTextAreaElement} Field */

/** @param {Field} field */
const nameOf = (field) => `${PREFIX}${talkId()}.${field.dataset.draft}`;

/** @returns {Field[]} */
const fields = () => [...document.querySelectorAll("[data-draft]")].filter((one) => one instanceof HTMLInputElement || one instanceof HTMLTextAreaElement);

/** The browser may forbid keeping anything: then nothing is kept. @param {() => string|null|void} act */
function quietly(act) {
  try {
    return act() ?? null;
  } catch {
    return null;
  }
}

/** @param {Field} field */
function keep(field) {
  const changed = field.value !== field.defaultValue && field.value.trim() !== "";
  quietly(() => (changed ? sessionStorage.setItem(nameOf(field), field.value) : sessionStorage.removeItem(nameOf(field))));
}

function restore() {
  for (const field of fields()) {
    const kept = quietly(() => sessionStorage.getItem(nameOf(field)));
    if (kept !== null && field.value === field.defaultValue) field.value = kept;
  }
}

export function keepDrafts() {
  always(restore);
  document.addEventListener("input", (event) => {
    const field = event.target;
    if ((field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement) && field.dataset.draft) keep(field);
  });
  // What the desk took is no draft any more; what it refused stays, as it comes back in the form.
  document.body.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr, requestConfig } = /** @type {CustomEvent} */ (event).detail;
    if (requestConfig.verb !== "post" || xhr.status >= 300) return;
    for (const field of requestConfig.elt.querySelectorAll("[data-draft]")) {
      quietly(() => sessionStorage.removeItem(nameOf(field)));
      field.value = field.defaultValue;
    }
  });
}
