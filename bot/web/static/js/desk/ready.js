/** Ready answers: `/shortcut` and a blank in the box becomes the words; a press on one puts it where the cursor is. */

/** @returns {HTMLTextAreaElement|null} */
const box = () => /** @type {HTMLTextAreaElement|null} */ (document.getElementById("say"));

/** @param {string} shortcut */
const textOf = (shortcut) => /** @type {HTMLElement|null} */ (document.querySelector(`[data-ready="${CSS.escape(shortcut)}"]`))?.dataset.text;

/** @param {HTMLTextAreaElement} into @param {number} from @param {number} until @param {string} words */
function put(into, from, until, words) {
  into.setRangeText(words, from, until, "end");
  into.focus();
  into.dispatchEvent(new Event("input", { bubbles: true }));
}

export function offerReady() {
  document.addEventListener("input", (event) => {
    const into = event.target;
    if (!(into instanceof HTMLTextAreaElement) || into !== box()) return;
    const end = into.selectionStart;
    const typed = /(?:^|\s)\/([a-z0-9_-]+)\s$/.exec(into.value.slice(0, end));
    const words = typed && textOf(typed[1]);
    if (typed && words) put(into, end - typed[1].length - 2, end, words);
  });
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest("[data-ready]") : null;
    const into = box();
    if (!(link instanceof HTMLElement) || !into) return;
    event.preventDefault();
    put(into, into.selectionStart, into.selectionEnd, link.dataset.text ?? "");
  });
}
