/**
 * Why something wasn't done stays until something else is: news that comes meanwhile doesn't replace the form that says so,
 * nor what was typed in it. The conversation's head is left out: who has it is always shown.
 */

export function keepProblems() {
  let news = false;
  document.body.addEventListener("htmx:beforeSwap", (event) => {
    news = /** @type {HTMLElement} */ (event.target).id.startsWith("ask-"); // the parts are put in their places right after this
  });
  document.body.addEventListener("htmx:oobBeforeSwap", (event) => {
    const { detail } = /** @type {CustomEvent} */ (event);
    if (news && detail.target.id !== "piece-head" && detail.target.querySelector(".wrong[role=alert]")) detail.shouldSwap = false;
  });
}
