/** Back to the chat: where that opened this page, it is still there behind it, and this page goes; else it is loaded anew. */
import { CHAT, FOLLOWED, LEFT_FOR } from "./beside.js";

const way = /** @type {HTMLAnchorElement|null} */ (document.getElementById("back"));
const UNCLOSED_MS = 300;

way?.addEventListener("click", (event) => {
  const aroundChat = new URL(location.href).searchParams.has("from");
  if (wasChat() || (!aroundChat && !openedByChat())) return;
  event.preventDefault();
  window.close();
  setTimeout(() => location.assign(way.href), UNCLOSED_MS); // a browser may refuse to close it
});

/** Nothing is left to be done here, and the chat says what came of it. @param {HTMLAnchorElement} link */
async function leave(link) {
  const here = new URL(link.href).origin === location.origin;
  if (link.dataset.app) location.replace(link.dataset.app); // where no app answers to it, the button stays
  else if (!here) window.close(); // opened by the chat in another site's page, which nobody can look for from here
  else if (wasChat()) location.replace(link.href);
  else if (openedByChat() && (await chatIsOpen())) window.close();
}

if (way?.hasAttribute("data-done")) void leave(way);

/** Whether the chat opened this page, or sent the customer on the way that ended here. */
function openedByChat() {
  return window.opener !== null || endsHere(() => localStorage.getItem(FOLLOWED)); // an opener is of our origin: policy.py
}

/** Whether this tab was the chat's. */
function wasChat() {
  return endsHere(() => sessionStorage.getItem(LEFT_FOR));
}

/** @param {() => string|null} begun where a way began; a browser may refuse to tell */
function endsHere(begun) {
  try {
    const path = begun();
    return path !== null && (location.pathname === path || location.pathname.startsWith(`${path}/`));
  } catch {
    return false;
  }
}

/** Whether a chat of this browser is open to go back to. */
async function chatIsOpen() {
  const locks = await navigator.locks?.query();
  return Boolean(locks?.held?.some((lock) => lock.name === CHAT));
}
