/**
 * The search, in place: the way back from a conversation that was found leads to a page that can be loaded again, and there
 * it is asked for once more. The words stay with this tab; they stand in no address.
 */
import { byId } from "../dom.js";
import { SEARCHES } from "./leaving.js";

/** By agent: what one has looked for isn't shown to the next. */
const name = () => `${SEARCHES}${document.body.dataset.me ?? ""}`;

/** Whoever comes back, or loads the page again, as the browser tells it. */
function comesBack() {
  const [way] = /** @type {PerformanceNavigationTiming[]} */ (performance.getEntriesByType("navigation"));
  return way?.type === "back_forward" || way?.type === "reload";
}

/** @param {HTMLInputElement} box */
function again(box) {
  try {
    box.value = sessionStorage.getItem(name()) ?? box.value;
  } catch {
    // the browser keeps nothing, or what it has put into the box by itself
  }
  if (box.value) box.form?.requestSubmit();
}

export function keepSearch() {
  const box = document.getElementById("search");
  if (!(box instanceof HTMLInputElement) || !box.form) return;
  box.form.addEventListener("submit", () => {
    try {
      sessionStorage.setItem(name(), box.value);
    } catch {
      // nothing is kept: the page comes back empty
    }
  });
  // Those who can't see are told how much was found.
  document.body.addEventListener("htmx:afterSettle", () => {
    byId("counted").textContent = [...document.querySelectorAll("#found h2")].map((one) => one.textContent).join(", ");
  });
  // Not before htmx knows the form: else the page itself would be the answer, and couldn't be loaded again.
  if (comesBack()) document.addEventListener("DOMContentLoaded", () => again(box));
}
