/** What has just come sleeps for a moment: a tap, a key or words meant for what stood there before don't answer it. */

/** How long what is new, or has moved, sleeps. */
export const ASLEEP_MS = 600;

/** @type {WeakMap<Element, number>} */ const alarms = new WeakMap();
/** @type {DOMRect|null} where something binding was pressed last */ let spot = null;

/** @param {Element} control */
export const asleep = (control) => control.matches("[data-asleep], [data-wakes]");

/** Whether pressing it may conclude a contract or give a consent. @param {Element} control */
export const bindsHere = (control) => control.hasAttribute("data-binds");

/** Where something binding was pressed; null: somewhere else since. @param {Element|null} control */
export function boundAt(control) {
  spot = control?.getBoundingClientRect() ?? null;
}

/** Whether one that binds stands where another was pressed. @param {Element[]} controls */
export const onTheSpot = (controls) => spot !== null && controls.some((control) => bindsHere(control) && overlap(control.getBoundingClientRect(), spot));

/** @param {DOMRect} one @param {DOMRect|null} other */
const overlap = (one, other) => other !== null && one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom;

/** Visible, but not to be pressed yet. @param {Iterable<Element>} controls */
export function sleep(controls) {
  for (const control of controls) {
    clearTimeout(alarms.get(control));
    control.setAttribute("data-asleep", "");
    control.setAttribute("aria-disabled", "true");
    alarms.set(control, setTimeout(() => wake(control), ASLEEP_MS));
  }
}

/** @param {Element} control */
function wake(control) {
  control.removeAttribute("data-asleep");
  if (!control.matches("[data-wakes]")) control.removeAttribute("aria-disabled");
}

/** Presses in this part of the page count once, and not on what sleeps. @param {Element} part */
export function guard(part) {
  part.addEventListener("keydown", (event) => {
    const key = /** @type {KeyboardEvent} */ (event);
    if (key.key !== "Enter" && key.key !== " ") return;
    if (key.repeat && onControl(key)) key.preventDefault(); // a held key presses once
    impatient(key);
  });
  part.addEventListener("pointerdown", impatient);
}

/** @param {Event} event */
const onControl = (event) => (event.target instanceof Element ? event.target.closest("label, [data-payload], [data-way]") : null);

/** Whoever goes on tapping hasn't read what came: it sleeps on. @param {Event} event */
function impatient(event) {
  const control = onControl(event);
  if (control && (asleep(control) || control.querySelector("[data-asleep]"))) sleep(document.querySelectorAll("[data-asleep]"));
}
