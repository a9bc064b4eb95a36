/**
 * What was typed and not sent yet outlives the tab and the browser: per agent, conversation and field. It goes when it is
 * sent, when its agent logs out, when somebody else logs in, and when a session would be over, too.
 */
import { DRAFTS } from "./leaving.js";
import { always, talkId } from "./page.js";

const KEPT_MS = 12 * 3600 * 1000;

/** @typedef {HTMLInputElement|HTMLTextAreaElement} Field */

const mine = () => `${DRAFTS}${document.body.dataset.me ?? ""}.`;

/** @param {Field} field */
const nameOf = (field) => `${mine()}${talkId()}.${field.dataset.draft}`;

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

/** @param {string} name @returns {{at: number, text: string}|null} */
function kept(name) {
  const found = quietly(() => localStorage.getItem(name));
  try {
    const { at, text } = JSON.parse(found ?? "null");
    return typeof at === "number" && typeof text === "string" && Date.now() - at < KEPT_MS ? { at, text } : null;
  } catch {
    return null;
  }
}

/** @param {Field} field */
function keep(field) {
  const changed = field.value !== field.defaultValue && field.value.trim() !== "";
  const draft = JSON.stringify({ at: Date.now(), text: field.value });
  quietly(() => (changed ? localStorage.setItem(nameOf(field), draft) : localStorage.removeItem(nameOf(field))));
}

function restore() {
  for (const field of fields()) {
    const draft = kept(nameOf(field));
    if (draft === null || field.value !== field.defaultValue) continue;
    field.value = draft.text;
    field.closest("details")?.setAttribute("open", "");
  }
}

/** Forgets what is too old or another agent's. */
function tidy() {
  quietly(() => {
    const names = Object.keys(localStorage).filter((name) => name.startsWith(DRAFTS));
    for (const name of names) if (!name.startsWith(mine()) || kept(name) === null) localStorage.removeItem(name);
  });
}

export function keepDrafts() {
  tidy();
  always(restore);
  document.addEventListener("input", (event) => {
    const field = event.target;
    if ((field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement) && field.dataset.draft) keep(field);
  });
  // What the desk took is no draft any more. What it refused stays, as it comes back in the form; so does what was typed
  // meanwhile, here or in another tab.
  document.body.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr, requestConfig } = /** @type {CustomEvent} */ (event).detail;
    if (requestConfig.verb !== "post" || xhr.status >= 300) return;
    for (const field of requestConfig.elt.querySelectorAll("[data-draft]")) {
      const sent = requestConfig.formData.get(field.name);
      if (kept(nameOf(field))?.text === sent) quietly(() => localStorage.removeItem(nameOf(field)));
      if (field.value === sent) field.value = field.defaultValue;
    }
  });
}
