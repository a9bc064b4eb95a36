/**
 * Pages of ours that the chat opens beside itself close by themselves once they are done, where the chat is still there;
 * one that it left for in its own tab leads back to it. A bank's page gets no opener, so the way there and back is known
 * by its path (docs/decisions/one-customer-several-chats.md).
 */
export const CHAT = "okienko.chat";
export const FOLLOWED = "okienko.followed";
export const LEFT_FOR = "okienko.left_for";

/** This page is the chat: others of this browser can tell that it is open. */
export function beChat() {
  void navigator.locks?.request(CHAT, { mode: "shared" }, () => new Promise(() => {})).catch(() => {}); // until it is closed
}

/** The customer goes there from the chat, whose tab stays. @param {URL} url */
export function follow(url) {
  try {
    sessionStorage.removeItem(LEFT_FOR); // a page with an opener finds what this tab has stored
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
