/**
 * Nothing is replaced under a finger: a button that is gone when it is let go never hears that it was pressed. News that
 * comes meanwhile is put aside, and asked for again.
 */

export function keepPressed() {
  let held = false;
  /** @type {Set<string>} */ const missed = new Set();
  const letGo = () => {
    held = false;
    for (const name of missed) document.body.dispatchEvent(new CustomEvent(`desk:${name}`));
    missed.clear();
  };
  document.addEventListener("pointerdown", () => (held = true));
  for (const end of ["pointerup", "pointercancel"]) document.addEventListener(end, () => setTimeout(letGo)); // after the click
  document.body.addEventListener("htmx:beforeSwap", (event) => {
    const asking = /** @type {HTMLElement} */ (event.target).id; // news alone: what became of an act is always shown
    if (!held || !asking.startsWith("ask-")) return;
    /** @type {CustomEvent} */ (event).detail.shouldSwap = false;
    missed.add(asking.slice("ask-".length));
  });
}
