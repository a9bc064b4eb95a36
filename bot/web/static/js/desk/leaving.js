/** Whoever logs out, from the console or from their account's page, leaves nothing in the browser that was typed here. */

/** What begins so in the browser's storage: what was typed and not sent; what was looked for. */
export const DRAFTS = "okienko.desk.draft.";
export const SEARCHES = "okienko.desk.search.";

/** @param {Storage} storage @param {string} beginning */
function forget(storage, beginning) {
  for (const name of Object.keys(storage)) if (name.startsWith(beginning)) storage.removeItem(name);
}

document.addEventListener("submit", (event) => {
  if (!(event.target instanceof HTMLFormElement) || !event.target.getAttribute("action")?.startsWith("/desk/logout")) return;
  try {
    forget(localStorage, DRAFTS);
    forget(sessionStorage, SEARCHES);
  } catch {
    // the browser forbids keeping anything: nothing is there
  }
});
