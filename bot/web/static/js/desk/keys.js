/** Keys: j and k through the queue, t takes, r writes, e changes an answer, f unfolds what the bot did, g gives back, / searches; Ctrl+Enter sends. Can be switched off. */

const KEPT = "okienko.desk.keys";
/** @type {Record<string, () => void>} */
const KEYS = {
  j: () => move(1),
  k: () => move(-1),
  t: () => press('[data-act="take"]'),
  g: () => press('[data-act="give-back"]'),
  r: () => focus("#say"),
  f: unfold,
  e: () => press("details[name=answer]:focus-within > summary", ".answer.open summary", "details[name=answer] > summary"),
  n: () => focus("#note"),
  "/": () => location.assign("/desk/search"),
  "?": () => location.assign("/desk/help"),
};

/** Presses the first of these that there is. @param {...string} where */
const press = (...where) => /** @type {HTMLElement|null|undefined} */ (where.map((one) => document.querySelector(one)).find(Boolean))?.click();
/** @param {string} where */
const focus = (where) => /** @type {HTMLElement|null} */ (document.querySelector(where))?.focus();

/** What the bot did, or its names alone again. */
function unfold() {
  const folds = /** @type {HTMLDetailsElement[]} */ ([...document.querySelectorAll(".folded details")]);
  const open = folds.every((fold) => !fold.open);
  for (const fold of folds) fold.open = open;
}

/** @param {number} by */
function move(by) {
  const rows = /** @type {HTMLElement[]} */ ([...document.querySelectorAll("[data-row]")]);
  const here = rows.findIndex((row) => row === document.activeElement);
  const from = here >= 0 ? here : rows.findIndex((row) => row.getAttribute("aria-current") === "page");
  rows[Math.max(0, Math.min(rows.length - 1, from < 0 ? 0 : from + by))]?.focus();
}

function on() {
  try {
    return localStorage.getItem(KEPT) !== "off";
  } catch {
    return true;
  }
}

/** @param {EventTarget|null} target */
const typing = (target) => target instanceof HTMLElement && (target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName));

export function listenToKeys() {
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target instanceof HTMLTextAreaElement) {
      event.preventDefault();
      // Held or pressed twice it finds what was sent gone from the box: nothing is sent then.
      if (!event.repeat && event.target.value.trim()) event.target.form?.requestSubmit();
      return;
    }
    if (event.key === "Escape" && typing(event.target)) /** @type {HTMLElement} */ (event.target).blur();
    const act = KEYS[event.key];
    if (!act || !on() || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    event.preventDefault();
    act();
  });
  const box = /** @type {HTMLInputElement|null} */ (document.getElementById("keys-on"));
  if (!box) return;
  box.checked = on();
  box.addEventListener("change", () => {
    try {
      localStorage.setItem(KEPT, box.checked ? "on" : "off");
    } catch {
      // stays as it is
    }
  });
}
