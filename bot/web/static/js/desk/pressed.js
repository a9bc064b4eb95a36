/**
 * Nothing is replaced under a finger: a button that is gone when it is let go never hears that it was pressed. Nor is a
 * form whose act is under way: its words would come back in a new one, to be sent once more under another key. News that
 * comes meanwhile is put aside, and asked for again.
 */

export function keepPressed() {
  let held = false;
  /** @type {Set<string>} */ const missed = new Set();
  /** @type {Set<HTMLElement>} */ const sending = new Set();
  const letGo = () => {
    held = false;
    askAgain();
  };
  const askAgain = () => {
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
  document.body.addEventListener("htmx:beforeSend", (event) => {
    const { xhr, requestConfig } = /** @type {CustomEvent} */ (event).detail;
    if (requestConfig.verb !== "post") return;
    sending.add(requestConfig.elt);
    // Its own answer takes its place: that is put there right after this.
    xhr.addEventListener("readystatechange", () => xhr.readyState === XMLHttpRequest.DONE && sending.delete(requestConfig.elt));
    xhr.addEventListener("loadend", () => held || askAgain());
  });
  document.body.addEventListener("htmx:oobBeforeSwap", (event) => {
    const { detail } = /** @type {CustomEvent} */ (event);
    if (![...sending].some((form) => detail.target.contains(form))) return;
    detail.shouldSwap = false;
    missed.add("talk");
  });
}
