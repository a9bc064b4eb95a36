/** One dialog for all questions: an alert, a yes or no, a few fields. */
import { byId, h } from "../dom.js";

const dialog = /** @type {HTMLDialogElement} */ (byId("asking"));
const form = /** @type {HTMLFormElement} */ (byId("answers"));

/**
 * What was filled in, or null if it was called off.
 * @param {string} question
 * @param {{name: string, label: string, value?: string, type?: string, choices?: [string, string][]}[]} [fields]
 * @returns {Promise<Record<string, string>|null>}
 */
export function asking(question, fields = []) {
  byId("asked").textContent = question;
  byId("fields").replaceChildren(...fields.map(field));
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes" ? /** @type {Record<string, string>} */ (Object.fromEntries(new FormData(form))) : null), { once: true });
  });
}

function field({ name, label, value = "", type = "text", choices }) {
  const input = choices
    ? h("select", { name }, ...choices.map(([choice, words]) => h("option", { value: choice, selected: choice === value }, words)))
    : h("input", { name, type, value, required: true, autocomplete: "off" });
  return h("label", {}, h("span", {}, label), input);
}
