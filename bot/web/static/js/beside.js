/**
 * Pages of ours that the chat opens beside itself close by themselves once they are done, where the chat is still there.
 * A bank's page gets no opener, so the way there and back is known by its path (docs/decisions/back-to-the-chat.md).
 */
const CHAT = "okienko.chat";
const FOLLOWED = "okienko.followed";

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

/** Whether the chat opened this page, or sent the customer on the way that ended here. */
export function openedByChat() {
  if (window.opener !== null) return true; // only a page of our origin can be that: policy.py
  try {
    const path = localStorage.getItem(FOLLOWED);
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
