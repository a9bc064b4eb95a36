/**
 * Pages of ours that the chat opens beside itself close by themselves once they are done, where the chat is still there;
 * one that it left for in its own tab leads back to it. A bank's page gets no opener, so the way there and back is known
 * by its path (docs/decisions/one-customer-several-chats.md).
 */
const CHAT = "okienko.chat";
const FOLLOWED = "okienko.followed";
const LEFT_FOR = "okienko.left_for";

/** This page is the chat: others of this browser can tell that it is open. */
export function beChat() {
  void navigator.locks?.request(CHAT, { mode: "shared" }, () => new Promise(() => {})).catch(() => {}); // until it is closed
}

/** The customer goes there from the chat. @param {URL} url a page that has no opener */
export function follow(url) {
  try {
    localStorage.setItem(FOLLOWED, url.pathname);
  } catch {
    // Then that page is closed by hand.
  }
}

/** The chat's own tab goes there. @param {URL} url */
export function leaveFor(url) {
  try {
    sessionStorage.setItem(LEFT_FOR, url.pathname);
  } catch {
    // Then its button leads back.
  }
}

/** Whether the chat opened this page, or sent the customer on the way that ended here. */
export function openedByChat() {
  return window.opener !== null || endsHere(() => localStorage.getItem(FOLLOWED)); // an opener is of our origin: policy.py
}

/** Whether this tab was the chat's. */
export function wasChat() {
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
export async function chatIsOpen() {
  const locks = await navigator.locks?.query();
  return Boolean(locks?.held?.some((lock) => lock.name === CHAT));
}
