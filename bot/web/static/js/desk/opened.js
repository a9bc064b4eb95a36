/**
 * What was unfolded stays so when its part of the page is drawn anew. An answer's field has the focus as it opens; Escape
 * leaves it as it was, and saved it is text again.
 */
import { always } from "./page.js";

/** @type {Set<string>} */ const open = new Set();
/** @type {Element|null} */ let pressed = null; // what opens without a press leaves the focus where it is
let saved = ""; // whose form was taken: the focus goes back to its words

/** @param {Element} details */
const summary = (details) => /** @type {HTMLElement|null} */ (details.querySelector("summary"));

/** @param {HTMLDetailsElement} details */
function field(details) {
  return /** @type {HTMLInputElement|null} */ (details.querySelector("input[data-draft]"));
}

function reopen() {
  for (const id of open) document.getElementById(id)?.setAttribute("open", "");
  open.clear();
  const of = document.getElementById(saved);
  if (!of || of.contains(document.activeElement) || document.activeElement !== document.body) return;
  summary(of)?.focus({ preventScroll: true });
  saved = "";
}

/** @param {HTMLDetailsElement} details */
function leave(details) {
  const input = field(details);
  if (input) {
    input.value = input.defaultValue;
    input.dispatchEvent(new Event("input", { bubbles: true })); // no draft is left
  }
  details.open = false;
  summary(details)?.focus();
}

export function keepOpened() {
  document.body.addEventListener("htmx:oobBeforeSwap", (event) => {
    const { target } = /** @type {CustomEvent} */ (event).detail;
    for (const details of target.querySelectorAll("details[id][open]")) open.add(details.id);
  });
  always(reopen);
  document.body.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr, requestConfig } = /** @type {CustomEvent} */ (event).detail;
    const details = requestConfig.verb === "post" && xhr.status < 300 ? requestConfig.elt.closest("details[name=answer]") : null;
    if (!details) return;
    details.open = false;
    saved = details.id;
  });
  document.addEventListener("click", ({ target }) => (pressed = target instanceof Element ? target.closest("summary")?.parentElement ?? null : null));
  document.addEventListener("toggle", ({ target }) => target === pressed && field(/** @type {HTMLDetailsElement} */ (target))?.focus(), true);
  document.addEventListener("keydown", (event) => {
    const details = event.key === "Escape" && event.target instanceof Element ? event.target.closest("details[name=answer][open]") : null;
    if (details) leave(/** @type {HTMLDetailsElement} */ (details));
  });
}
